using Sluice.Sql.Lexing;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Sql.Lexing;

public sealed class StatementSplitterTests
{
    [Theory]
    [InlineData("a; b", "a|b")]
    [InlineData(";;a;;", "a")]
    [InlineData("", "")]
    [InlineData("-- only a comment; here\n", "")]
    [InlineData("/* a /* b; */ ; */ x; y", "x|y")]
    [InlineData("-- head\na -- tail;\n b; c -- end", "a -- tail;\n b|c")]
    [InlineData("select ';', ''';', \";\"\";\" ; b", "select ';', ''';', \";\"\";\"|b")]
    [InlineData(@"select E'\';' ; b", @"select E'\';'|b")]
    [InlineData("select E'a'\n  'b\\';' ; c", "select E'a'\n  'b\\';'|c")]
    [InlineData(@"select '\' ; b", @"select '\'|b")]
    [InlineData(@"select U&'\0041;', U&""x;"" ; b", @"select U&'\0041;', U&""x;""|b")]
    [InlineData("select $$;$$, $a$;$$;$a$ ; b", "select $$;$$, $a$;$$;$a$|b")]
    [InlineData("select a$b$, c$b$ ; d", "select a$b$, c$b$|d")]
    [InlineData("select $1; b", "select $1|b")]
    [InlineData("select 1$$;$$ ; b", "select 1$$;$$|b")]
    [InlineData("create rule r as on insert to t do (a; b); c", "create rule r as on insert to t do (a; b)|c")]
    [InlineData(
        "create function f() returns int begin atomic select 1; select case when a then 2 end; end; x",
        "create function f() returns int begin atomic select 1; select case when a then 2 end; end|x")]
    [InlineData("begin; select case when a then b end; end; c", "begin|select case when a then b end|end|c")]
    [InlineData("select 'open ; b", "select 'open ; b")]
    [InlineData("select $x$ open ; b", "select $x$ open ; b")]
    [InlineData("select /* open ; b", "select /* open ; b")]
    [InlineData("/* open ; b", "/* open ; b")]
    [InlineData("select ); b", "select )|b")]
    [InlineData("größe; ünïcode\u00A0x", "größe|ünïcode\u00A0x")]
    public void A_script_is_cut_where_the_server_would(string script, string statements)
    {
        var found = StatementSplitter.Split(script).Select(s => s.Text(script));

        Assert.Equal(statements, string.Join('|', found));
    }

    [Theory]
    [InlineData("BEGIN", TransactionControl.Begin)]
    [InlineData("begin isolation level serializable", TransactionControl.Begin)]
    [InlineData("START TRANSACTION READ ONLY", TransactionControl.Begin)]
    [InlineData("commit work", TransactionControl.End)]
    [InlineData("END", TransactionControl.End)]
    [InlineData("ABORT", TransactionControl.End)]
    [InlineData("ROLLBACK", TransactionControl.End)]
    [InlineData("PREPARE TRANSACTION 'x'", TransactionControl.End)]
    [InlineData("COMMIT AND CHAIN", TransactionControl.EndAndBegin)]
    [InlineData("COMMIT WORK AND NO CHAIN", TransactionControl.End)]
    [InlineData("ROLLBACK TO SAVEPOINT s", TransactionControl.None)]
    [InlineData("ROLLBACK WORK TO s", TransactionControl.None)]
    [InlineData("ROLLBACK PREPARED 'x'", TransactionControl.None)]
    [InlineData("COMMIT PREPARED 'x'", TransactionControl.None)]
    [InlineData("PREPARE p AS SELECT 1", TransactionControl.None)]
    [InlineData("/* BEGIN */ SELECT 1", TransactionControl.None)]
    public void Transaction_control_is_told_by_the_first_words(string statement, TransactionControl control)
    {
        Assert.Equal(control, Assert.Single(StatementSplitter.Split(statement)).Transaction);
    }

    [Theory]
    [InlineData("(select 1)", true)]
    [InlineData("with x as (select 1) insert into y select 1", true)]
    [InlineData("insert into a values (1) returning id", true)]
    [InlineData("insert into a values (1)", false)]
    [InlineData("create table a as select 1", false)]
    [InlineData("call p()", true)]
    public void Statements_that_may_answer_with_rows_are_known(string statement, bool rows)
    {
        Assert.Equal(rows, Assert.Single(StatementSplitter.Split(statement)).ReturnsRows);
    }

    [Fact]
    public void Megabytes_of_anything_are_cut_in_a_moment()
    {
        string[] pieces = ["'", "$$", "$a$", "/*", "*/", "--", "(", ")", ";", "E'\\", "U&'", "\"", "begin atomic ", "case ", "end ", "$", "\n", "x"];
        foreach (var piece in pieces)
        {
            var script = "create " + string.Concat(Enumerable.Repeat(piece, 2_000_000 / piece.Length));
            Assert.True(ThreadClock.Measure(() => StatementSplitter.Split(script)) < TimeSpan.FromSeconds(2), piece);
        }
    }

    [Fact]
    public void Random_text_never_fails_and_every_statement_lies_within_it()
    {
        const string Alphabet = "'\"$;()-/*EeUu&xab \n\\0é";
        var random = new Random(17);
        for (var i = 0; i < 20_000; i++)
        {
            var script = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var end = 0;
            foreach (var statement in StatementSplitter.Split(script))
            {
                Assert.True(statement.Span.Start >= end && statement.Span.End <= script.Length && statement.Span.Length > 0, script);
                end = statement.Span.End;
            }
        }
    }
}
