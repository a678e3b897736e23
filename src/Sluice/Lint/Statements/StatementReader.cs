using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Sluice.Catalog;
using Sluice.Sql.Lexing;

namespace Sluice.Lint.Statements;

/// <summary>
/// Reads what a statement does from its text: recursive descent without recursion, since whatever is nested is an expression,
/// and of those only the words matter. Grammar of PostgreSQL 15 to 18 as far as migrations use it.
/// </summary>
internal static partial class StatementReader
{
    public static Statement Read(string text, TransactionControl control = TransactionControl.None, Func<string, bool>? isTemporary = null)
    {
        if (control is not TransactionControl.None)
        {
            return new Statement.Transaction(control);
        }

        var sql = new SqlCursor(text, isTemporary);
        var statement = Dispatch(sql);
        return sql.Failed ? new Statement.Unknown(sql.FailedAt)
            : !sql.Ended ? new Statement.Unknown(sql.Peek)
            : statement;
    }

    private static Statement Dispatch(SqlCursor sql)
    {
        switch (sql.Peek)
        {
            case "CREATE":
                sql.Advance();
                return Create(sql);
            case "ALTER":
                sql.Advance();
                return Alter(sql);
            case "DROP":
                sql.Advance();
                return Drop(sql);
            case "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "COPY":
                return Write(sql);
            case "WITH":
                return With(sql);
            case "SELECT" or "VALUES" or "TABLE" or "(":
                var query = Query(sql);
                return (Statement?)SettingOf(query.Text.Canonical) ?? query;
            case "TRUNCATE":
                sql.Advance();
                return Truncate(sql);
            case "LOCK":
                sql.Advance();
                return Lock(sql);
            case "REINDEX":
                sql.Advance();
                return Reindex(sql);
            case "CLUSTER":
                sql.Advance();
                return Cluster(sql);
            case "VACUUM":
                sql.Advance();
                return Vacuum(sql);
            case "ANALYZE" or "ANALYSE":
                sql.Advance();
                return Analyze(sql);
            case "REFRESH":
                return Refresh(sql);
            case "COMMENT":
                return Comment(sql);
            case "GRANT" or "REVOKE":
                return Grant(sql);
            case "SET":
                sql.Advance();
                return Set(sql);
            case "RESET":
                sql.Advance();
                var reset = sql.Rest();
                return new Statement.Setting(reset.Canonical, "default", false);
            case "DO":
                sql.Advance();
                return Block(sql);
            case "CALL" or "EXECUTE":
                var verb = sql.Peek;
                sql.SkipRest();
                return new Statement.Call(verb);
            case "EXPLAIN":
                sql.Advance();
                return Explain(sql);
            case "PREPARE":
                sql.Advance();
                return Prepare(sql);
            case "SAVEPOINT" or "RELEASE" or "ROLLBACK" or "COMMIT" or "SHOW" or "LISTEN" or "UNLISTEN" or "NOTIFY" or "DISCARD" or "CHECKPOINT"
                or "LOAD" or "SECURITY" or "IMPORT" or "REASSIGN" or "DEALLOCATE" or "DECLARE" or "FETCH" or "MOVE" or "CLOSE":
                var other = sql.Peek;
                sql.SkipRest();
                return new Statement.Other(other);
            default:
                sql.Fail();
                return new Statement.Unknown("");
        }
    }

    private static Statement.Write Write(SqlCursor sql, ImmutableArray<ObjectName>? sources = null)
    {
        var read = sources ?? sql.Sources();
        var verb = sql.Peek;
        sql.Advance();
        switch (verb)
        {
            case "INSERT":
                sql.Require("INTO");
                var into = sql.Name();
                var literal = sql.Contains("VALUES") || sql.Contains("DEFAULT", "VALUES");
                sql.SkipRest();
                return new Statement.Write(verb, into) { Literal = literal && !sql.Contains("SELECT"), Narrowed = true, Sources = read };
            case "COPY" when sql.IsOpen:
                sql.SkipRest();
                return new Statement.Write(verb, new ObjectName("", "")) { Literal = true, Narrowed = true };
            case "COPY":
                var copied = sql.Name();
                sql.SkipRest();
                return new Statement.Write(sql.Contains("FROM") ? verb : "", copied) { Narrowed = true };
            case "MERGE":
                sql.Require("INTO");
                sql.Take("ONLY");
                var merged = sql.Name();
                sql.SkipRest();
                return new Statement.Write(verb, merged) { Narrowed = true, Sources = read, MergesAway = sql.Contains("THEN", "DELETE") };
            case "DELETE":
                sql.Require("FROM");
                sql.Take("ONLY");
                var emptied = sql.Name();
                return Narrow(sql, new Statement.Write(verb, emptied) { Sources = [.. read.Where(r => r != emptied)] });
            default:
                sql.Take("ONLY");
                var changed = sql.Name();
                return Narrow(sql, new Statement.Write(verb, changed) { Sources = [.. read.Where(r => r != changed)] });
        }
    }

    // UPDATE t [AS] a SET a = x, (b, c) = (…) FROM … WHERE …
    private static Statement.Write Narrow(SqlCursor sql, Statement.Write write)
    {
        var assigned = ImmutableArray.CreateBuilder<string>();
        sql.TakeSymbol('*');
        if (write.Verb is "UPDATE")
        {
            if (!sql.Is("SET"))
            {
                sql.SkipUntil("SET");
            }

            sql.Require("SET");
            do
            {
                if (sql.IsOpen)
                {
                    assigned.AddRange(sql.Columns());
                }
                else
                {
                    assigned.Add(sql.Identifier());
                    while (sql.TakeSymbol('.'))
                    {
                        assigned[^1] = sql.Identifier();
                    }
                }

                sql.SkipUntil("FROM", "WHERE", "RETURNING");
            }
            while (sql.TakeSymbol(',') && !sql.Failed);
        }

        while (!sql.Ended && !sql.Is("WHERE"))
        {
            sql.SkipUntil("WHERE");
            if (!sql.TakeSymbol(',') && !sql.Is("WHERE") && !sql.Ended)
            {
                sql.Advance();
            }
        }

        var where = sql.Take("WHERE") ? sql.Until("RETURNING") : Expression.Nothing;
        sql.SkipRest();
        var condition = where.Canonical;
        return write with
        {
            Assigned = assigned.ToImmutable(),
            Narrowed = condition is not ("" or "true" or "1 = 1"),
            Bounded = where.Words.Items.Contains("limit") || where.Words.Items.Contains("between") || where.Words.Items.Contains("fetch")
                || where.HasUpperEnd || IsPoint(condition),
        };
    }

    // `id = 5`, `id IN (1, 2)`, `key = 'x'`: a handful of rows named one by one.
    private static bool IsPoint(string condition)
    {
        var words = condition.Split(' ');
        return words is [_, "=", var value] && (char.IsDigit(value[0]) || value[0] is '\'' or '$')
            || words is [_, "in", "(", not "select", ..];
    }

    // Without ANALYZE nothing is run.
    private static Statement Explain(SqlCursor sql)
    {
        var options = sql.IsOpen ? $" {sql.Parenthesized().Canonical} " : "";
        var runs = options.Contains(" analy", StringComparison.Ordinal) && !OffOptions.Any(o => options.Contains(o, StringComparison.Ordinal));
        while (sql.Is("ANALYZE") || sql.Is("ANALYSE") || sql.Is("VERBOSE"))
        {
            runs |= !sql.Is("VERBOSE");
            sql.Advance();
        }

        return runs ? Carried(sql) : Ended(sql, new Statement.Other("EXPLAIN"));
    }

    private static readonly string[] OffOptions = [.. from word in new[] { "analyze", "analyse" } from off in new[] { "false", "off", "0", "'false'", "'off'" } select $" {word} {off} "];

    // Judged where it stands, since EXECUTE does not say what it runs.
    private static Statement Prepare(SqlCursor sql)
    {
        if (sql.Take("TRANSACTION"))
        {
            return Ended(sql, new Statement.Other("PREPARE"));
        }

        sql.Identifier();
        sql.SkipParentheses();
        sql.Require("AS");
        return Carried(sql);
    }

    // The server takes no EXPLAIN in an EXPLAIN either; a long row of them must not go deep.
    private static Statement Carried(SqlCursor sql)
    {
        if (sql.Is("EXPLAIN") || sql.Is("PREPARE"))
        {
            sql.Fail();
        }

        return Dispatch(sql);
    }

    private static Statement With(SqlCursor sql, bool isInside = false)
    {
        var sources = sql.Sources();
        sql.Advance();
        sql.Take("RECURSIVE");
        var writes = ImmutableArray.CreateBuilder<Statement.Write>();
        do
        {
            sql.Identifier();
            sql.Columns();
            sql.Require("AS");
            _ = sql.Take("NOT", "MATERIALIZED") || sql.Take("MATERIALIZED");

            var body = sql.Parenthesized();
            if (!isInside && body.Words.Items is ["insert" or "update" or "delete" or "merge" or "with", ..])
            {
                Inner(sql, body, writes);
            }

            while (!sql.Ended && !sql.Failed && sql.Peek is "SEARCH" or "CYCLE")
            {
                sql.Advance();
                sql.SkipUntil("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES");
            }
        }
        while (sql.TakeSymbol(',') && !sql.Failed);
        return sql.Peek is "INSERT" or "UPDATE" or "DELETE" or "MERGE" ? Write(sql, sources) with { Inner = writes.ToImmutable() }
            : writes.Count == 0 ? Query(sql, sources)
            : Ended(sql, writes[^1] with { Sources = sources, Inner = [.. writes.SkipLast(1)] });
    }

    // What a part of WITH changes. Its own WITH can only read; what it reads, the statement around it is said to read.
    private static void Inner(SqlCursor sql, Expression body, ImmutableArray<Statement.Write>.Builder writes)
    {
        var inside = sql.Inside(body.Text);
        if ((inside.Is("WITH") ? With(inside, isInside: true) : Write(inside, [])) is Statement.Write write)
        {
            writes.Add(write);
        }

        if (inside.Failed)
        {
            sql.Fail();
        }
    }

    private static Statement Ended(SqlCursor sql, Statement statement)
    {
        sql.SkipRest();
        return statement;
    }

    // `SELECT set_config('search_path', 'app', false)` is SET in another dress; dumps begin so.
    private static Statement.Setting? SettingOf(string query) =>
        SetConfig().Match(query) is { Success: true } set ? new(set.Groups["name"].Value.ToLowerInvariant(), set.Groups["value"].Value, set.Groups["local"].Value is "true") : null;

    [GeneratedRegex(@"^select (?:pg_catalog \. )?set_config \( '(?<name>[^']*)' , '(?<value>[^']*)' , (?<local>true|false) \)$", RegexOptions.CultureInvariant)]
    private static partial Regex SetConfig();

    private static Statement.Query Query(SqlCursor sql, ImmutableArray<ObjectName>? sources = null)
    {
        var read = sources ?? sql.Sources();
        if (sql.Is("TABLE"))
        {
            sql.Advance();
            read = [sql.Name()];
        }

        return new Statement.Query(read, sql.Rest());
    }
}
