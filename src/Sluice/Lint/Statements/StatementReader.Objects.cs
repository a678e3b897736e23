using Sluice.Catalog;

namespace Sluice.Lint.Statements;

internal static partial class StatementReader
{
    private static Statement AlterType(SqlCursor sql)
    {
        var type = sql.Name();
        if (sql.Take("ADD", "VALUE"))
        {
            var ifNotExists = sql.Take("IF", "NOT", "EXISTS");
            var value = sql.String();
            var placed = sql.Take("BEFORE") || sql.Take("AFTER");
            if (placed)
            {
                sql.String();
            }

            return new Statement.AddEnumValue(type, value, placed, ifNotExists);
        }

        if (sql.Take("RENAME", "VALUE"))
        {
            var from = sql.String();
            sql.Require("TO");
            return new Statement.RenameEnumValue(type, from, sql.String());
        }

        var renamed = sql.Take("RENAME", "TO") ? sql.Identifier() : null;
        sql.SkipRest();
        return new Statement.AlterOther("TYPE", type, renamed);
    }

    private static Statement.AlterDomain AlterDomain(SqlCursor sql)
    {
        var name = sql.Name();
        DomainChange change = sql.Is("ADD") ? new DomainChange.AddConstraint(sql.Contains("NOT", "VALID"))
            : sql.Is("VALIDATE") ? new DomainChange.Validate()
            : sql.Is("SET", "NOT", "NULL") ? new DomainChange.SetNotNull()
            : sql.Take("RENAME", "TO") ? new DomainChange.Rename(sql.Identifier())
            : new DomainChange.Other();
        sql.SkipRest();
        return new Statement.AlterDomain(name, change);
    }

    private static Statement.AlterOther AlterOther(SqlCursor sql)
    {
        var kind = sql.Peek;
        sql.Advance();
        if (kind is not ("SCHEMA" or "FUNCTION" or "PROCEDURE" or "ROUTINE" or "AGGREGATE" or "POLICY" or "TRIGGER" or "RULE" or "ROLE" or "USER" or "GROUP" or "DATABASE" or "SYSTEM"
            or "EXTENSION" or "PUBLICATION" or "SUBSCRIPTION" or "SERVER" or "COLLATION" or "CONVERSION" or "OPERATOR" or "STATISTICS" or "TABLESPACE" or "DEFAULT" or "LANGUAGE" or "EVENT"
            or "FOREIGN" or "TEXT" or "LARGE"))
        {
            sql.Fail();
        }

        var name = sql.IsName && kind is not ("SYSTEM" or "DEFAULT" or "OPERATOR" or "TEXT" or "FOREIGN" or "LARGE" or "EVENT") ? sql.Name() : (ObjectName?)null;
        var password = kind is "ROLE" or "USER" && sql.Contains("PASSWORD") && !sql.Contains("PASSWORD", "NULL");
        var on = kind is "POLICY" or "TRIGGER" or "RULE" && sql.Take("ON") ? sql.Name() : (ObjectName?)null;
        sql.SkipParentheses();
        var renamed = sql.Take("RENAME", "TO") ? sql.Identifier() : null;
        sql.SkipRest();
        return new Statement.AlterOther(kind, name, renamed) { HasPassword = password, On = on };
    }

    private static Statement.Drop Drop(SqlCursor sql)
    {
        var kind = sql.Peek;
        sql.Advance();
        switch (kind)
        {
            case "MATERIALIZED" or "FOREIGN" when sql.Take("VIEW") || sql.Take("TABLE"):
                kind += kind is "FOREIGN" ? " TABLE" : " VIEW";
                break;
            case "TABLE" or "VIEW" or "INDEX" or "SEQUENCE" or "TYPE" or "DOMAIN" or "SCHEMA" or "DATABASE" or "EXTENSION" or "TRIGGER" or "POLICY" or "RULE" or "STATISTICS"
                or "ROLE" or "USER" or "GROUP" or "PUBLICATION" or "SUBSCRIPTION" or "COLLATION" or "TABLESPACE":
                break;
            case "FUNCTION" or "PROCEDURE" or "ROUTINE" or "AGGREGATE" or "OWNED" or "CAST" or "OPERATOR" or "SERVER" or "LANGUAGE" or "EVENT" or "TEXT" or "ACCESS" or "TRANSFORM" or "CONVERSION" or "FOREIGN":
                var falls = sql.Contains("CASCADE");
                sql.SkipRest();
                return new Statement.Drop(kind, [], null) { Cascade = falls };
            default:
                sql.Fail();
                break;
        }

        var concurrently = sql.Take("CONCURRENTLY");
        var ifExists = sql.Take("IF", "EXISTS");
        var names = sql.Names();
        var on = sql.Take("ON") ? sql.Name() : (ObjectName?)null;
        if (kind is "DATABASE")
        {
            sql.Take("WITH");
            sql.SkipParentheses();
        }

        var cascade = sql.Take("CASCADE");
        sql.Take("RESTRICT");
        return new Statement.Drop(kind, names, on) { IfExists = ifExists, Cascade = cascade, Concurrently = concurrently };
    }
}
