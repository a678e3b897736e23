using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Catalog;

namespace Sluice.Sql.Objects;

/// <summary>Objects spelled as PostgreSQL's commands. Every name stands with its schema, as the server's own texts have it.</summary>
public static partial class ObjectSql
{
    /// <summary>The commands that make it, without semicolons; none for what only its table or column can bring along.</summary>
    public static ImmutableArray<string> Create(SqlObject made) => made.Id.Kind switch
    {
        ObjectKind.GeneratedColumn or ObjectKind.PartitionKey => [],
        ObjectKind.SequenceOptions => SequenceLines.Alter(Name(made.Id), "", made.Definition),
        _ => [CreateOne(made)],
    };

    private static string CreateOne(SqlObject made)
    {
        var (id, text) = made;
        return id.Kind switch
        {
            ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Aggregate or ObjectKind.Index or ObjectKind.Statistics
                or ObjectKind.Rule or ObjectKind.Trigger => text,
            ObjectKind.CompositeType => $"CREATE TYPE {Name(id)} AS ({(text.Length > 0 ? $"\n    {text.Replace("\n", ",\n    ", StringComparison.Ordinal)}\n" : "")})",
            ObjectKind.Domain or ObjectKind.RangeType or ObjectKind.Collation or ObjectKind.Sequence or ObjectKind.View or ObjectKind.MaterializedView
                or ObjectKind.EventTrigger => $"CREATE {Word(id.Kind)} {Name(id)} {text}",
            ObjectKind.Publication => $"CREATE PUBLICATION {Name(id)} {text.TrimStart('\n')}",
            ObjectKind.Partition => $"CREATE TABLE {Name(id)} {text}",
            ObjectKind.Operator => $"CREATE OPERATOR {OperatorName(id)} {text}",
            ObjectKind.Cast => $"CREATE CAST {id.Name} {text}",
            ObjectKind.Policy => $"CREATE POLICY {Part(id)} ON {Name(id)} {text}",
            ObjectKind.DomainCheck => $"ALTER DOMAIN {Name(id)} ADD CONSTRAINT {Part(id)} {text}",
            ObjectKind.PrimaryKey or ObjectKind.UniqueConstraint or ObjectKind.Check or ObjectKind.Exclusion or ObjectKind.ForeignKey =>
                $"ALTER TABLE {Name(id)} ADD CONSTRAINT {Part(id)} {text}",
            ObjectKind.SequenceOwner => $"ALTER SEQUENCE {Name(id)} OWNED BY {text}",
            ObjectKind.IndexOptions => $"ALTER INDEX {InSchema(id)} SET ({Commas(text)})",
            ObjectKind.Comment => $"COMMENT ON {id.Part} IS {SqlNames.Literal(text)}",
            ObjectKind.Grant or ObjectKind.DefaultGrant => Right.Of(id).Give(text),
            ObjectKind.Revoke or ObjectKind.DefaultRevoke => Right.Of(id).Take(text),
            ObjectKind.EventTriggerState => $"ALTER EVENT TRIGGER {Name(id)} {text}",
            _ => $"ALTER TABLE {Name(id)} {Facets.Set(id, text)}",
        };
    }

    /// <summary>The command that takes it away, and with it nothing else: there is no CASCADE.</summary>
    public static string Drop(SqlObject dropped)
    {
        var (id, text) = dropped;
        return id.Kind switch
        {
            ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Aggregate => $"DROP ROUTINE {Name(id)}({id.Part})",
            ObjectKind.CompositeType or ObjectKind.RangeType => $"DROP TYPE {Name(id)}",
            ObjectKind.Domain or ObjectKind.Collation or ObjectKind.Sequence or ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.EventTrigger
                or ObjectKind.Publication or ObjectKind.Statistics => $"DROP {Word(id.Kind)} {Name(id)}",
            ObjectKind.Partition => $"DROP TABLE {Name(id)}",
            ObjectKind.Operator => $"DROP OPERATOR {OperatorName(id)} ({id.Part})",
            ObjectKind.Cast => $"DROP CAST {id.Name}",
            ObjectKind.Policy or ObjectKind.Trigger or ObjectKind.Rule => $"DROP {Word(id.Kind)} {Part(id)} ON {Name(id)}",
            ObjectKind.Index => $"DROP INDEX {InSchema(id)}",
            ObjectKind.DomainCheck => $"ALTER DOMAIN {Name(id)} DROP CONSTRAINT {Part(id)}",
            ObjectKind.PrimaryKey or ObjectKind.UniqueConstraint or ObjectKind.Check or ObjectKind.Exclusion or ObjectKind.ForeignKey =>
                $"ALTER TABLE {Name(id)} DROP CONSTRAINT {Part(id)}",
            ObjectKind.SequenceOptions => $"ALTER SEQUENCE {Name(id)} {SequenceLines.Change(text, "")}",
            ObjectKind.SequenceOwner => $"ALTER SEQUENCE {Name(id)} OWNED BY NONE",
            ObjectKind.IndexOptions => $"ALTER INDEX {InSchema(id)} RESET ({Keys(text)})",
            ObjectKind.Comment => $"COMMENT ON {id.Part} IS NULL",
            ObjectKind.Grant or ObjectKind.DefaultGrant => Right.Of(id).Take(text),
            ObjectKind.Revoke or ObjectKind.DefaultRevoke => Right.Of(id).Give(text),
            ObjectKind.EventTriggerState => $"ALTER EVENT TRIGGER {Name(id)} ENABLE",
            ObjectKind.PartitionKey => "",
            _ => $"ALTER TABLE {Name(id)} {Facets.Unset(id, text)}",
        };
    }

    internal static string Word(ObjectKind kind) => kind switch
    {
        ObjectKind.RangeType or ObjectKind.CompositeType => "TYPE",
        ObjectKind.Domain => "DOMAIN",
        ObjectKind.Collation => "COLLATION",
        ObjectKind.Sequence => "SEQUENCE",
        ObjectKind.View => "VIEW",
        ObjectKind.MaterializedView => "MATERIALIZED VIEW",
        ObjectKind.EventTrigger => "EVENT TRIGGER",
        ObjectKind.Publication => "PUBLICATION",
        ObjectKind.Statistics => "STATISTICS",
        ObjectKind.Policy => "POLICY",
        ObjectKind.Trigger => "TRIGGER",
        ObjectKind.Rule => "RULE",
        _ => throw new UnreachableException(kind.ToString()),
    };

    private static string Name(ObjectId id) => id.Schema.Length == 0 ? SqlNames.Quote(id.Name) : $"{SqlNames.Quote(id.Schema)}.{SqlNames.Quote(id.Name)}";

    private static string Part(ObjectId id) => SqlNames.Quote(id.Part);

    /// <summary>Indexes are called by their own name, beside their table's.</summary>
    private static string InSchema(ObjectId id) => $"{SqlNames.Quote(id.Schema)}.{SqlNames.Quote(id.Part)}";

    private static string OperatorName(ObjectId id) => $"{SqlNames.Quote(id.Schema)}.{id.Name}";

    internal static string Commas(string lines) => lines.Replace("\n", ", ", StringComparison.Ordinal);

    /// <summary>The names of options, `name = 'value'` a line.</summary>
    internal static string Keys(string lines) => string.Join(", ", lines.Split('\n').Select(l => l[..l.IndexOf(" = ", StringComparison.Ordinal)]));
}
