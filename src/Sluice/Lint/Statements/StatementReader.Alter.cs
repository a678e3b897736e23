using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Lint.Statements;

internal static partial class StatementReader
{
    private static Statement Alter(SqlCursor sql)
    {
        RelationKind? kind = sql.Take("TABLE") ? RelationKind.Table
            : sql.Take("FOREIGN", "TABLE") ? RelationKind.ForeignTable
            : sql.Take("MATERIALIZED", "VIEW") ? RelationKind.MaterializedView
            : sql.Take("VIEW") ? RelationKind.View
            : sql.Take("INDEX") ? RelationKind.Index
            : sql.Take("SEQUENCE") ? RelationKind.Sequence
            : null;
        if (kind is { } relation)
        {
            return AlterRelation(sql, relation);
        }

        if (sql.Take("TYPE"))
        {
            return AlterType(sql);
        }

        if (sql.Take("DOMAIN"))
        {
            return AlterDomain(sql);
        }

        return AlterOther(sql);
    }

    private static Statement AlterRelation(SqlCursor sql, RelationKind kind)
    {
        if (sql.Take("ALL", "IN", "TABLESPACE"))
        {
            sql.SkipRest();
            return new Statement.AlterOther("TABLESPACE", null, null);
        }

        var ifExists = sql.Take("IF", "EXISTS");
        var only = sql.Take("ONLY");
        var name = sql.Name();
        sql.TakeSymbol('*');
        var actions = ImmutableArray.CreateBuilder<AlterAction>();
        if (kind is RelationKind.Sequence && !sql.Is("RENAME") && !sql.Is("OWNER") && !sql.Is("SET", "SCHEMA"))
        {
            sql.SkipRest();
            actions.Add(new AlterAction.SetOption());
        }

        while (!sql.Ended && !sql.Failed)
        {
            actions.Add(Action(sql));
            if (!sql.TakeSymbol(','))
            {
                break;
            }
        }

        if (actions.Count == 0)
        {
            sql.Fail();
        }

        return new Statement.AlterRelation(kind, name, actions.ToImmutable()) { IfExists = ifExists, Only = only };
    }

    private static AlterAction Action(SqlCursor sql)
    {
        var verb = sql.Peek;
        sql.Advance();
        switch (verb)
        {
            case "ADD":
                return Add(sql);
            case "DROP":
                return DropPart(sql);
            case "ALTER" when sql.Take("CONSTRAINT"):
                var altered = sql.Identifier();
                Tail(sql, new(ConstraintKind.Check, altered));
                sql.SkipUntil();
                return new AlterAction.AlterConstraint(altered);
            case "ALTER":
                sql.Take("COLUMN");
                if (sql.Number() is not null)
                {
                    sql.Require("SET", "STATISTICS");
                    sql.Advance();
                    return new AlterAction.SetColumnOption("");
                }

                return AlterColumn(sql, sql.Identifier());
            case "RENAME":
                return Rename(sql);
            case "VALIDATE":
                sql.Require("CONSTRAINT");
                return new AlterAction.ValidateConstraint(sql.Identifier());
            case "OWNER":
                sql.Require("TO");
                sql.Advance();
                return new AlterAction.OwnerTo();
            case "SET" or "RESET":
                return SetRelation(sql);
            case "CLUSTER":
                sql.Require("ON");
                sql.Identifier();
                return new AlterAction.SetOption();
            case "ENABLE" or "DISABLE" or "FORCE" or "NO":
                return Switch(sql, verb);
            case "REPLICA":
                sql.Require("IDENTITY");
                if (sql.Take("USING", "INDEX"))
                {
                    return new AlterAction.ReplicaIdentity(sql.Identifier());
                }

                sql.Advance();
                return new AlterAction.ReplicaIdentity(null);
            case "ATTACH":
                sql.Require("PARTITION");
                var attached = sql.Name();
                var isDefault = sql.Is("DEFAULT");
                return new AlterAction.Attach(attached, isDefault, sql.Rest());
            case "DETACH":
                sql.Require("PARTITION");
                var detached = sql.Name();
                var concurrently = sql.Take("CONCURRENTLY") || sql.Take("FINALIZE");
                return new AlterAction.Detach(detached, concurrently);
            case "INHERIT":
                return new AlterAction.Inherit(sql.Name());
            case "OF":
                sql.Name();
                return new AlterAction.Brief("OF");
            case "NOT":
                sql.Require("OF");
                return new AlterAction.Brief("NOT OF");
            case "DEPENDS":
                sql.SkipItem();
                return new AlterAction.SetOption();
            case "MERGE" or "SPLIT" or "OPTIONS":
                sql.SkipRest();
                return new AlterAction.Brief(verb);
            default:
                sql.Fail();
                return new AlterAction.SetOption();
        }
    }

    private static AlterAction Add(SqlCursor sql)
    {
        if (IsConstraint(sql))
        {
            return new AlterAction.AddConstraint(Constraint(sql));
        }

        sql.Take("COLUMN");
        var ifNotExists = sql.Take("IF", "NOT", "EXISTS");
        return new AlterAction.AddColumn(Column(sql), ifNotExists);
    }

    private static AlterAction DropPart(SqlCursor sql)
    {
        var constraint = sql.Take("CONSTRAINT");
        if (!constraint)
        {
            sql.Take("COLUMN");
        }

        var ifExists = sql.Take("IF", "EXISTS");
        var name = sql.Identifier();
        var cascade = sql.Take("CASCADE");
        sql.Take("RESTRICT");
        return constraint ? new AlterAction.DropConstraint(name, ifExists, cascade) : new AlterAction.DropColumn(name, ifExists, cascade);
    }

    private static AlterAction AlterColumn(SqlCursor sql, string column)
    {
        if (sql.Take("TYPE") || sql.Take("SET", "DATA", "TYPE"))
        {
            var type = Type(sql);
            var collation = sql.Take("COLLATE") ? sql.Name().Name : null;
            return new AlterAction.SetType(column, type, sql.Take("USING") ? sql.Until() : null, collation);
        }

        if (sql.Take("SET", "DEFAULT"))
        {
            return new AlterAction.SetDefault(column, sql.Until());
        }

        if (sql.Take("DROP", "DEFAULT"))
        {
            return new AlterAction.DropDefault(column);
        }

        if (sql.Take("SET", "NOT", "NULL"))
        {
            return new AlterAction.SetNotNull(column);
        }

        if (sql.Take("DROP", "NOT", "NULL"))
        {
            return new AlterAction.DropNotNull(column);
        }

        if (sql.Take("SET", "STORAGE") || sql.Take("SET", "COMPRESSION"))
        {
            sql.Advance();
            return new AlterAction.SetStorage(column);
        }

        if (sql.Take("SET", "EXPRESSION", "AS"))
        {
            sql.SkipParentheses();
            return new AlterAction.SetExpression(column);
        }

        if (sql.Take("DROP", "EXPRESSION"))
        {
            sql.Take("IF", "EXISTS");
            return new AlterAction.DropExpression(column);
        }

        if (sql.Take("ADD", "GENERATED") || sql.Take("SET", "GENERATED") || sql.Take("DROP", "IDENTITY") || sql.Is("RESTART") || sql.Is("SET", "INCREMENT") || sql.Is("SET", "START") || sql.Is("SET", "CACHE"))
        {
            sql.SkipItem();
            return new AlterAction.SetIdentity(column);
        }

        if (sql.Take("SET", "STATISTICS"))
        {
            sql.SkipItem();
            return new AlterAction.SetColumnOption(column);
        }

        if (!sql.Take("RESET"))
        {
            sql.Require("SET");
        }

        if (!sql.IsOpen)
        {
            sql.Fail();
        }

        sql.SkipParentheses();
        return new AlterAction.SetColumnOption(column);
    }

    private static AlterAction Rename(SqlCursor sql)
    {
        if (sql.Take("TO"))
        {
            return new AlterAction.RenameTo(sql.Identifier());
        }

        var constraint = sql.Take("CONSTRAINT");
        if (!constraint)
        {
            sql.Take("COLUMN");
        }

        var from = sql.Identifier();
        sql.Require("TO");
        var to = sql.Identifier();
        return constraint ? new AlterAction.RenameConstraint(from, to) : new AlterAction.RenameColumn(from, to);
    }

    private static AlterAction SetRelation(SqlCursor sql)
    {
        if (sql.IsOpen)
        {
            sql.SkipParentheses();
            return new AlterAction.SetOption();
        }

        if (sql.Take("SCHEMA"))
        {
            return new AlterAction.SetSchema(sql.Identifier());
        }

        if (sql.Take("WITHOUT", "CLUSTER"))
        {
            return new AlterAction.SetOption();
        }

        if (sql.Take("WITHOUT", "OIDS"))
        {
            return new AlterAction.Brief("WITHOUT OIDS");
        }

        var place = sql.Peek;
        sql.Advance();
        if (place is "TABLESPACE" || (place is "ACCESS" && sql.Take("METHOD")))
        {
            sql.Identifier();
            sql.Take("NOWAIT");
        }
        else if (place is not ("LOGGED" or "UNLOGGED"))
        {
            sql.Fail();
        }

        return new AlterAction.SetPlace(place is "ACCESS" ? "ACCESS METHOD" : place);
    }

    private static AlterAction Switch(SqlCursor sql, string verb)
    {
        var negated = verb is "NO";
        if (negated && sql.Take("INHERIT"))
        {
            sql.Name();
            return new AlterAction.Brief("NO INHERIT");
        }

        if (negated)
        {
            sql.Require("FORCE");
        }

        if (sql.Take("ROW", "LEVEL", "SECURITY"))
        {
            return new AlterAction.RowSecurity(negated ? "NO FORCE" : verb);
        }

        if (sql.Is("ALWAYS") || sql.Is("REPLICA"))
        {
            sql.Advance();
        }

        if (sql.Take("RULE"))
        {
            sql.Identifier();
            return new AlterAction.Brief("RULE");
        }

        sql.Require("TRIGGER");
        var name = sql.Is("ALL") || sql.Is("USER") ? sql.Peek : "";
        var trigger = sql.Identifier();
        return new AlterAction.SwitchTrigger(name.Length > 0 ? name : trigger, verb is "ENABLE");
    }
}
