using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Lint.Statements;

internal static partial class StatementReader
{
    private static Statement Create(SqlCursor sql)
    {
        var orReplace = sql.Take("OR", "REPLACE");
        if (sql.Is("GLOBAL") || sql.Is("LOCAL"))
        {
            sql.Advance();
        }

        var temporary = sql.Take("TEMPORARY") || sql.Take("TEMP");
        var unlogged = sql.Take("UNLOGGED");
        switch (sql.Peek)
        {
            case "TABLE":
                sql.Advance();
                var table = CreateTable(sql);
                return table with { Name = temporary ? table.Name with { Schema = SqlCursor.Temporary } : table.Name, Temporary = temporary, Unlogged = unlogged };
            case "FOREIGN" when sql.Take("FOREIGN", "TABLE"):
                return CreateTable(sql);
            case "UNIQUE" or "INDEX":
                return CreateIndex(sql);
            case "VIEW" or "RECURSIVE" or "MATERIALIZED":
                var view = CreateView(sql, orReplace);
                return temporary ? view with { Name = view.Name with { Schema = SqlCursor.Temporary } } : view;
            case "TYPE":
                sql.Advance();
                return CreateType(sql);
            case "DOMAIN":
                sql.Advance();
                return CreateDomain(sql);
            case "FUNCTION" or "PROCEDURE":
                sql.Advance();
                return CreateFunction(sql, orReplace);
            case "TRIGGER" or "CONSTRAINT":
                return CreateTrigger(sql);
            case "POLICY":
                sql.Advance();
                return On(sql, (name, table) => new Statement.CreatePolicy(name, table));
            case "RULE":
                sql.Advance();
                var rule = sql.Identifier();
                sql.SkipUntil("TO");
                sql.Require("TO");
                var ruled = sql.Name();
                sql.SkipRest();
                return new Statement.CreateRule(rule, ruled);
            case "STATISTICS":
                var sources = sql.Sources();
                sql.SkipRest();
                return new Statement.CreateStatistics(sources is [var first, ..] ? first : null);
            case "PUBLICATION":
                sql.Advance();
                return CreatePublication(sql);
            default:
                return CreateOther(sql);
        }
    }

    private static Statement On(SqlCursor sql, Func<string, ObjectName, Statement> make)
    {
        var name = sql.Identifier();
        sql.Require("ON");
        var table = sql.Name();
        sql.SkipRest();
        return make(name, table);
    }

    private static Statement.CreateOther CreateOther(SqlCursor sql)
    {
        foreach (var kind in new[] { "EXTENSION", "SCHEMA", "SEQUENCE", "DATABASE", "TABLESPACE", "SUBSCRIPTION", "ROLE", "USER", "GROUP", "SERVER", "COLLATION", "CONVERSION" })
        {
            if (!sql.Take(kind))
            {
                continue;
            }

            var ifNotExists = sql.Take("IF", "NOT", "EXISTS");
            var name = sql.IsName && !sql.Is("AUTHORIZATION") && !(kind is "USER" && sql.Is("MAPPING")) ? sql.Name() : (ObjectName?)null;
            var password = kind is "ROLE" or "USER" or "GROUP" && sql.Contains("PASSWORD") && !sql.Contains("PASSWORD", "NULL");
            sql.SkipRest();
            return new Statement.CreateOther(kind, name, ifNotExists) { HasPassword = password };
        }

        var verb = sql.Peek;
        if (verb is not ("AGGREGATE" or "CAST" or "OPERATOR" or "LANGUAGE" or "TRUSTED" or "PROCEDURAL" or "TEXT" or "ACCESS" or "EVENT" or "FOREIGN" or "TRANSFORM" or "DEFAULT"))
        {
            sql.Fail();
        }

        sql.SkipRest();
        return new Statement.CreateOther(verb, null, false);
    }

    private static Statement.CreateIndex CreateIndex(SqlCursor sql)
    {
        var unique = sql.Take("UNIQUE");
        sql.Require("INDEX");
        var concurrently = sql.Take("CONCURRENTLY");
        var ifNotExists = sql.Take("IF", "NOT", "EXISTS");
        var name = sql.Is("ON") ? null : sql.Name().Name;
        sql.Require("ON");
        var only = sql.Take("ONLY");
        var table = sql.Name();
        var method = sql.Take("USING") ? sql.Identifier() : null;
        var parts = ImmutableArray.CreateBuilder<IndexPart>();
        if (!sql.TakeOpen())
        {
            sql.Fail();
        }

        do
        {
            var part = sql.Until();
            parts.Add(new IndexPart(part.Words.Items is [var column, ..] && part.Calls.Count == 0 && !part.Canonical.StartsWith('(') ? column : null, part));
        }
        while (sql.TakeSymbol(',') && !sql.Failed);
        sql.Close();
        if (sql.Take("INCLUDE"))
        {
            sql.SkipParentheses();
        }

        _ = sql.Take("NULLS", "NOT", "DISTINCT") || sql.Take("NULLS", "DISTINCT");

        if (sql.Take("WITH"))
        {
            sql.SkipParentheses();
        }

        if (sql.Take("TABLESPACE"))
        {
            sql.Identifier();
        }

        var where = sql.Take("WHERE") ? sql.Rest() : null;
        return new Statement.CreateIndex(name, table)
        {
            Unique = unique, Method = method, Concurrently = concurrently, IfNotExists = ifNotExists, Only = only, Parts = parts.ToImmutable(), Where = where,
        };
    }

    private static Statement.CreateView CreateView(SqlCursor sql, bool orReplace)
    {
        sql.Take("RECURSIVE");
        var materialized = sql.Take("MATERIALIZED");
        sql.Require("VIEW");
        sql.Take("IF", "NOT", "EXISTS");
        var name = sql.Name();
        sql.SkipParentheses();
        if (sql.Take("USING"))
        {
            sql.Identifier();
        }

        if (sql.Take("WITH"))
        {
            sql.SkipParentheses();
        }

        if (sql.Take("TABLESPACE"))
        {
            sql.Identifier();
        }

        sql.Require("AS");
        var sources = sql.Sources();
        return new Statement.CreateView(name, orReplace, materialized, sql.Rest()) { Sources = sources };
    }

    private static Statement.CreateType CreateType(SqlCursor sql)
    {
        var name = sql.Name();
        if (!sql.Take("AS", "ENUM"))
        {
            sql.SkipRest();
            return new Statement.CreateType(name, null);
        }

        var labels = ImmutableArray.CreateBuilder<string>();
        if (!sql.TakeOpen())
        {
            sql.Fail();
        }

        while (sql.IsString)
        {
            labels.Add(sql.String());
            sql.TakeSymbol(',');
        }

        sql.Close();
        return new Statement.CreateType(name, labels.ToImmutable());
    }

    private static Statement.CreateDomain CreateDomain(SqlCursor sql)
    {
        var name = sql.Name();
        sql.Take("AS");
        var type = Type(sql);
        var rest = sql.Rest().Canonical;
        return new Statement.CreateDomain(name, type, rest.Contains("check (", StringComparison.Ordinal) || rest.Contains("not null", StringComparison.Ordinal));
    }

    private static Statement.CreateFunction CreateFunction(SqlCursor sql, bool orReplace)
    {
        var name = sql.Name();
        var statement = new Statement.CreateFunction(name, orReplace)
        {
            Volatile = !sql.Contains("IMMUTABLE") && !sql.Contains("STABLE"),
            SecurityDefiner = sql.Contains("SECURITY", "DEFINER"),
            FixesSearchPath = sql.Contains("SET", "SEARCH_PATH"),
        };
        if (!sql.IsOpen)
        {
            sql.Fail();
        }

        sql.SkipRest();
        return statement;
    }

    private static Statement.CreateTrigger CreateTrigger(SqlCursor sql)
    {
        sql.Take("CONSTRAINT");
        sql.Require("TRIGGER");
        var name = sql.Identifier();
        while (!sql.Ended && !sql.Is("ON"))
        {
            sql.Advance(); // BEFORE INSERT OR UPDATE OF a, b
        }

        sql.Require("ON");
        var table = sql.Name();
        sql.SkipRest();
        return new Statement.CreateTrigger(name, table);
    }

    private static Statement.CreatePublication CreatePublication(SqlCursor sql)
    {
        var name = sql.Identifier();
        var all = sql.Contains("FOR", "ALL", "TABLES");
        var tables = ImmutableArray.CreateBuilder<ObjectName>();
        if (sql.Take("FOR", "TABLE"))
        {
            do
            {
                sql.Take("TABLE");
                sql.Take("ONLY");
                tables.Add(sql.Name());
                sql.TakeSymbol('*');
                sql.SkipUntil("WITH");
            }
            while (sql.TakeSymbol(',') && !sql.Is("TABLES") && !sql.Failed);
        }

        sql.SkipRest();
        return new Statement.CreatePublication(name, tables.ToImmutable(), all);
    }
}
