using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Sql.Lexing;

/// <summary>Cuts a script into its statements where the server's parser would.</summary>
public static class StatementSplitter
{
    private const int KeywordsKept = 6;

    public static ImmutableArray<SqlStatement> Split(string script)
    {
        var statements = ImmutableArray.CreateBuilder<SqlStatement>();
        var lexer = new SqlLexer(script);
        var current = new Borders(script);
        while (true)
        {
            var token = lexer.Next();
            if (token.Kind is SqlTokenKind.End || (token.Kind is SqlTokenKind.Semicolon && !current.IsNested))
            {
                if (current.Finish() is { } statement)
                {
                    statements.Add(statement);
                }

                if (token.Kind is SqlTokenKind.End)
                {
                    return statements.ToImmutable();
                }

                current = new Borders(script);
            }
            else if (token.Kind is not SqlTokenKind.Comment)
            {
                current.Take(token);
            }
        }
    }

    /// <summary>What has been seen of the statement at hand.</summary>
    private struct Borders(string script)
    {
        private readonly List<string> keywords = [];
        private int start = -1;
        private int end;
        private int parentheses;
        private int bodyDepth;
        private bool keywordsEnded;
        private bool previousWasBegin;
        private bool returning;

        // `CREATE RULE … DO (a; b)` holds semicolons in parentheses, a SQL-standard body between BEGIN ATOMIC and END.
        public readonly bool IsNested => parentheses > 0 || bodyDepth > 0;

        public void Take(SqlToken token)
        {
            if (start < 0)
            {
                start = token.Start;
            }

            end = token.End;
            switch (token.Kind)
            {
                case SqlTokenKind.OpenParenthesis:
                    parentheses++;
                    break;
                case SqlTokenKind.CloseParenthesis:
                    parentheses = Math.Max(0, parentheses - 1);
                    break;
                case SqlTokenKind.Word:
                    TakeWord(script.AsSpan(token.Start, token.End - token.Start));
                    return;
            }

            keywordsEnded = true;
            previousWasBegin = false;
        }

        public readonly SqlStatement? Finish() => start < 0
            ? null
            : new SqlStatement(TextSpan.FromBounds(start, end), [.. keywords], Control(), MayReturnRows());

        private void TakeWord(ReadOnlySpan<char> word)
        {
            if (!keywordsEnded && keywords.Count < KeywordsKept)
            {
                keywords.Add(word.ToString().ToUpperInvariant());
            }

            if (previousWasBegin && Is(word, "ATOMIC") && keywords is ["CREATE", ..])
            {
                bodyDepth = 1;
            }
            else if (bodyDepth > 0 && Is(word, "CASE"))
            {
                bodyDepth++;
            }
            else if (bodyDepth > 0 && Is(word, "END"))
            {
                bodyDepth--;
            }

            previousWasBegin = Is(word, "BEGIN");
            returning |= Is(word, "RETURNING");
        }

        private readonly TransactionControl Control() => keywords switch
        {
            ["BEGIN", ..] or ["START", "TRANSACTION", ..] => TransactionControl.Begin,
            ["COMMIT" or "ROLLBACK", "PREPARED", ..] => TransactionControl.None,
            ["ROLLBACK", "TO", ..] or ["ROLLBACK", "WORK" or "TRANSACTION", "TO", ..] => TransactionControl.None,
            ["PREPARE", "TRANSACTION", ..] => TransactionControl.End,
            ["COMMIT" or "END" or "ROLLBACK" or "ABORT", ..] => keywords is [.., "AND", "CHAIN"]
                ? TransactionControl.EndAndBegin
                : TransactionControl.End,
            _ => TransactionControl.None,
        };

        private readonly bool MayReturnRows() => returning || keywords switch
        {
            [] => true, // begins with a parenthesis: (SELECT …)
            ["SELECT" or "WITH" or "VALUES" or "TABLE" or "SHOW" or "EXPLAIN" or "EXECUTE" or "FETCH" or "CALL", ..] => true,
            _ => false,
        };

        private static bool Is(ReadOnlySpan<char> word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);
    }
}
