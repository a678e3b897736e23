using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Sql.Objects;

public static partial class ObjectSql
{
    /// <summary>The commands that change one object into another of the same name where it stands; for the kinds that PostgreSQL lets change.</summary>
    internal static ImmutableArray<string> Alter(SqlObject from, SqlObject to)
    {
        var (id, text) = to;
        return id.Kind switch
        {
            ObjectKind.Function or ObjectKind.Procedure => [text],
            ObjectKind.View => [$"CREATE OR REPLACE VIEW {Name(id)} {text}"],
            ObjectKind.Trigger or ObjectKind.Rule => ["CREATE OR REPLACE" + text["CREATE".Length..]],
            ObjectKind.ColumnOptions => Options($"ALTER TABLE {Name(id)} {Facets.Column(id)}", from.Definition, text),
            ObjectKind.TableOptions => Options($"ALTER TABLE {Name(id)}", from.Definition, text),
            ObjectKind.IndexOptions => Options($"ALTER INDEX {InSchema(id)}", from.Definition, text),
            ObjectKind.SequenceOptions => SequenceLines.Alter(Name(id), from.Definition, text),
            ObjectKind.Sequence => Sequence(id, from.Definition, text),
            ObjectKind.Identity => Identity(id, from.Definition, text),
            ObjectKind.Domain => Domain(id, from.Definition, text),
            ObjectKind.CompositeType => [$"ALTER TYPE {Name(id)} {Attributes.Change(from.Definition, text)}"],
            ObjectKind.Publication => Publication(id, from.Definition, text),
            ObjectKind.Partition => Partition(id, from.Definition, text),
            ObjectKind.Check or ObjectKind.ForeignKey => [$"ALTER TABLE {Name(id)} VALIDATE CONSTRAINT {Part(id)}"],
            ObjectKind.Grant or ObjectKind.DefaultGrant => [.. Less(from.Definition, text).Select(Right.Of(id).Take), .. Less(text, from.Definition).Select(Right.Of(id).Give)],
            ObjectKind.Revoke or ObjectKind.DefaultRevoke => [.. Less(from.Definition, text).Select(Right.Of(id).Give), .. Less(text, from.Definition).Select(Right.Of(id).Take)],
            _ => [CreateOne(to)],
        };
    }

    private static ImmutableArray<string> Options(string prefix, string from, string to)
    {
        var gone = Keys(from).Split(", ").Except(Keys(to).Split(", "), StringComparer.Ordinal).ToList();
        return
        [
            .. gone.Count > 0 ? [$"{prefix} RESET ({string.Join(", ", gone)})"] : ImmutableArray<string>.Empty,
            $"{prefix} SET ({Commas(to)})",
        ];
    }

    // The type first: it decides what the limits usually are.
    private static ImmutableArray<string> Sequence(ObjectId id, string from, string to)
    {
        var type = Facets.First(to);
        return
        [
            .. Facets.First(from) == type ? ImmutableArray<string>.Empty : [$"ALTER SEQUENCE {Name(id)} {type}"],
            .. SequenceLines.Change(from, to).Length == 0 ? [] : SequenceLines.Alter(Name(id), from, to),
        ];
    }

    private static ImmutableArray<string> Identity(ObjectId id, string from, string to)
    {
        var options = SequenceLines.Change(from, to, "SET ");
        return
        [
            .. options.Contains("SET MINVALUE", StringComparison.Ordinal) && SequenceLines.LeastValue(to) is { } least
                ? [SequenceLines.Lift($"pg_get_serial_sequence({SqlNames.Literal(Name(id))}, {SqlNames.Literal(id.Part)})", least)]
                : ImmutableArray<string>.Empty,
            $"ALTER TABLE {Name(id)} {Facets.Column(id)} SET GENERATED {(to.StartsWith("GENERATED ALWAYS", StringComparison.Ordinal) ? "ALWAYS" : "BY DEFAULT")}{(options.Length > 0 ? " " + options : "")}",
        ];
    }

    private static ImmutableArray<string> Domain(ObjectId id, string from, string to)
    {
        var (previous, next) = (DomainFacets(from), DomainFacets(to));
        var commands = new List<string>();
        if (previous.Default != next.Default)
        {
            commands.Add(next.Default.Length > 0 ? "SET " + next.Default : "DROP DEFAULT");
        }

        if (previous.NotNull != next.NotNull)
        {
            commands.Add(next.NotNull ? "SET NOT NULL" : "DROP NOT NULL");
        }

        return [.. commands.Select(c => $"ALTER DOMAIN {Name(id)} {c}")];
    }

    private static (bool NotNull, string Default) DomainFacets(string text)
    {
        const string NotNull = "NOT NULL";
        var rest = text.Contains('\n', StringComparison.Ordinal) ? Facets.Second(text) : "";
        var isRequired = rest.StartsWith(NotNull, StringComparison.Ordinal);
        return (isRequired, isRequired ? rest[NotNull.Length..].TrimStart('\n') : rest);
    }

    private static ImmutableArray<string> Publication(ObjectId id, string from, string to) =>
    [
        .. Facets.First(from) == Facets.First(to) ? ImmutableArray<string>.Empty : [$"ALTER PUBLICATION {Name(id)} SET {Facets.First(to)["FOR ".Length..]}"],
        .. Facets.Second(from) == Facets.Second(to) ? ImmutableArray<string>.Empty : [$"ALTER PUBLICATION {Name(id)} SET {Facets.Second(to)["WITH ".Length..]}"],
    ];

    // The rows stay in it.
    private static ImmutableArray<string> Partition(ObjectId id, string from, string to)
    {
        var (previous, next) = (from.Split('\n'), to.Split('\n'));
        return
        [
            $"ALTER TABLE {previous[0]["PARTITION OF ".Length..]} DETACH PARTITION {Name(id)}",
            $"ALTER TABLE {next[0]["PARTITION OF ".Length..]} ATTACH PARTITION {Name(id)} {next[1]}",
        ];
    }

    /// <summary>What the first list of rights has and the second has not, as one list; nothing where there is none.</summary>
    private static IEnumerable<string> Less(string rights, string others) =>
        string.Join(", ", rights.Split(", ").Except(others.Split(", "), StringComparer.Ordinal)) is { Length: > 0 } less ? [less] : [];

    /// <summary>An identity column takes over where the values of its table have come to.</summary>
    internal static ImmutableArray<string> Create(PlanStep.CreateObject step)
    {
        if (step is not { OnNewTable: false, Object.Id: { Kind: ObjectKind.Identity } id })
        {
            return Create(step.Object);
        }

        var (table, column) = (Name(id), SqlNames.Quote(id.Part));
        return
        [
            .. Create(step.Object),
            $"SELECT setval(pg_get_serial_sequence({SqlNames.Literal(table)}, {SqlNames.Literal(id.Part)}), max({column})) FROM {table} HAVING max({column}) > 0",
        ];
    }

    /// <summary>The comment over a step: `CreateView`, `AlterTable` for a table's facets.</summary>
    internal static string Title(string verb, ObjectKind kind) => kind switch
    {
        ObjectKind.Comment or ObjectKind.Grant or ObjectKind.Revoke => kind.ToString(),
        ObjectKind.DefaultGrant or ObjectKind.DefaultRevoke => "AlterDefaultPrivileges",
        ObjectKind.DomainCheck => "AlterDomain",
        ObjectKind.SequenceOptions or ObjectKind.SequenceOwner => "AlterSequence",
        ObjectKind.EventTriggerState => "AlterEventTrigger",
        ObjectKind.IndexOptions => "AlterIndex",
        ObjectKind.CompositeType or ObjectKind.RangeType => verb + "Type",
        ObjectKind.Check or ObjectKind.Exclusion or ObjectKind.UniqueConstraint => verb == "Create" ? "AddConstraint" : "AlterTable",
        ObjectKind.PrimaryKey => verb == "Create" ? "AddPrimaryKey" : "AlterTable",
        ObjectKind.ForeignKey => verb == "Create" ? "AddForeignKey" : "DropForeignKey",
        ObjectKind.Index or ObjectKind.Statistics or ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Rule or ObjectKind.Trigger or ObjectKind.Policy
            or ObjectKind.EventTrigger or ObjectKind.Publication or ObjectKind.Partition or (>= ObjectKind.Collation and <= ObjectKind.Cast) => verb + kind,
        _ => "AlterTable",
    };
}
