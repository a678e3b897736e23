using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Lint.Statements;

internal static partial class StatementReader
{
    private static Statement.Truncate Truncate(SqlCursor sql)
    {
        sql.Take("TABLE");
        var names = sql.Names();
        _ = sql.Take("RESTART", "IDENTITY") || sql.Take("CONTINUE", "IDENTITY");

        var cascade = sql.Take("CASCADE");
        sql.Take("RESTRICT");
        return new Statement.Truncate(names, cascade);
    }

    private static Statement.LockTable Lock(SqlCursor sql)
    {
        sql.Take("TABLE");
        var names = sql.Names();
        var level = LockLevel.AccessExclusive;
        if (sql.Take("IN"))
        {
            level = sql.Take("ACCESS", "SHARE") ? LockLevel.AccessShare
                : sql.Take("ROW", "SHARE") ? LockLevel.RowShare
                : sql.Take("ROW", "EXCLUSIVE") ? LockLevel.RowExclusive
                : sql.Take("SHARE", "UPDATE", "EXCLUSIVE") ? LockLevel.ShareUpdateExclusive
                : sql.Take("SHARE", "ROW", "EXCLUSIVE") ? LockLevel.ShareRowExclusive
                : sql.Take("SHARE") ? LockLevel.Share
                : sql.Take("EXCLUSIVE") ? LockLevel.Exclusive
                : LockLevel.AccessExclusive;
            sql.Take("ACCESS", "EXCLUSIVE");
            sql.Require("MODE");
        }

        return new Statement.LockTable(names, level, sql.Take("NOWAIT"));
    }

    private static Statement.Reindex Reindex(SqlCursor sql)
    {
        var options = sql.IsOpen ? sql.Parenthesized() : Expression.Nothing;
        var kind = sql.Peek;
        sql.Advance();
        var concurrently = sql.Take("CONCURRENTLY") || options.Words.Items.Contains("concurrently");
        return new Statement.Reindex(kind, sql.Ended ? new ObjectName("", "") : sql.Name(), concurrently);
    }

    private static Statement.Cluster Cluster(SqlCursor sql)
    {
        sql.SkipParentheses();
        sql.Take("VERBOSE");
        if (sql.Ended)
        {
            return new Statement.Cluster(null);
        }

        var name = sql.Name();
        if (sql.Take("ON"))
        {
            name = sql.Name(); // CLUSTER index ON table, of before 8.3
        }
        else if (sql.Take("USING"))
        {
            sql.Identifier();
        }

        return new Statement.Cluster(name);
    }

    private static Statement.Vacuum Vacuum(SqlCursor sql)
    {
        var options = sql.IsOpen ? sql.Parenthesized() : Expression.Nothing;
        var full = options.Words.Items.Contains("full") && !options.Canonical.Contains("full false", StringComparison.Ordinal) && !options.Canonical.Contains("full off", StringComparison.Ordinal);
        while (sql.Peek is "FULL" or "FREEZE" or "VERBOSE" or "ANALYZE")
        {
            full |= sql.Is("FULL");
            sql.Advance();
        }

        return new Statement.Vacuum(full, Tables(sql));
    }

    private static Statement.Analyze Analyze(SqlCursor sql)
    {
        sql.SkipParentheses();
        sql.Take("VERBOSE");
        return new Statement.Analyze(Tables(sql));
    }

    private static ImmutableArray<ObjectName> Tables(SqlCursor sql)
    {
        var names = ImmutableArray.CreateBuilder<ObjectName>();
        while (!sql.Ended && !sql.Failed)
        {
            sql.Take("ONLY");
            names.Add(sql.Name());
            sql.Columns();
            if (!sql.TakeSymbol(','))
            {
                break;
            }
        }

        return names.ToImmutable();
    }

    private static Statement.Refresh Refresh(SqlCursor sql)
    {
        sql.Require("REFRESH", "MATERIALIZED", "VIEW");
        var concurrently = sql.Take("CONCURRENTLY");
        var name = sql.Name();
        _ = sql.Take("WITH", "NO", "DATA") || sql.Take("WITH", "DATA");

        return new Statement.Refresh(name, concurrently);
    }

    private static Statement.Comment Comment(SqlCursor sql)
    {
        sql.Require("COMMENT", "ON");
        var kind = sql.Peek;
        sql.Advance();
        if (kind is not ("TABLE" or "COLUMN") || !sql.IsName)
        {
            sql.SkipRest();
            return new Statement.Comment(kind, new ObjectName("", ""));
        }

        var parts = new List<string> { sql.Identifier() };
        while (sql.TakeSymbol('.'))
        {
            parts.Add(sql.Identifier());
        }

        sql.Require("IS");
        sql.SkipRest();
        var name = kind is "COLUMN" ? parts[..^1] : parts;
        return new Statement.Comment(kind, new ObjectName(name.Count > 1 ? name[^2] : "", name.Count > 0 ? name[^1] : ""));
    }

    private static Statement.Grant Grant(SqlCursor sql)
    {
        var revokes = sql.Is("REVOKE");
        var all = sql.Contains("GRANT", "ALL");
        var statement = new Statement.Grant(revokes)
        {
            All = all,
            ToPublic = sql.Contains("TO", "PUBLIC"),
            WithGrantOption = sql.Contains("WITH", "GRANT", "OPTION") || sql.Contains("WITH", "ADMIN"),
        };
        sql.SkipRest();
        return statement;
    }

    private static Statement Set(SqlCursor sql)
    {
        if (sql.Is("CONSTRAINTS") || sql.Is("TRANSACTION") || sql.Is("SESSION", "CHARACTERISTICS"))
        {
            sql.SkipRest();
            return new Statement.Other("SET");
        }

        var local = sql.Take("LOCAL");
        if (!local)
        {
            sql.Take("SESSION");
        }

        if (sql.Take("AUTHORIZATION"))
        {
            sql.SkipRest();
            return new Statement.Setting("session_authorization", "", local);
        }

        if (sql.Is("TIME", "ZONE") || sql.Is("ROLE") || sql.Is("SCHEMA") || sql.Is("NAMES"))
        {
            var kind = sql.Peek is "TIME" ? "timezone" : sql.Peek.ToLowerInvariant();
            sql.Advance();
            sql.Take("ZONE");
            return new Statement.Setting(kind is "schema" ? "search_path" : kind, Value(sql), local);
        }

        var name = sql.Identifier();
        while (sql.TakeSymbol('.'))
        {
            name += "." + sql.Identifier();
        }

        if (!sql.TakeSymbol('='))
        {
            sql.Require("TO");
        }

        return new Statement.Setting(name, Value(sql), local);
    }

    private static string Value(SqlCursor sql)
    {
        var value = sql.IsString ? sql.String() : "";
        var rest = sql.Rest();
        return value.Length > 0 && rest.Canonical.Length == 0 ? value : value + rest.Text;
    }

    private static Statement.Block Block(SqlCursor sql)
    {
        if (sql.Take("LANGUAGE"))
        {
            sql.Advance();
        }

        var isEscaped = sql.Peek is ['E', '\'', ..] or ['U', '&', ..];
        var body = sql.String();
        if (sql.Take("LANGUAGE"))
        {
            sql.Advance();
        }

        return new Statement.Block(body, isEscaped);
    }
}
