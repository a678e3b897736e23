using Sluice.Model;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Catalog;

/// <summary>The shape of a database, from a schema (<see cref="CatalogBuilder"/>) or from a live server (Sluice.Postgres, Reading).</summary>
/// <param name="Origin">Where it was read; some of the SQL that Prisma writes depends on it.</param>
/// <param name="QualifyNames">True when the schema declares `schemas`: SQL then names every object with its schema.</param>
/// <param name="DefaultSchema">The schema that unqualified names live in: `public`, or `?schema=` of the connection.</param>
/// <param name="Schemas">The schemas a schema file declares, or a server has, sorted; the default one only where it is declared.</param>
public sealed record Database(
    CatalogOrigin Origin,
    bool QualifyNames,
    string DefaultSchema,
    EquatableArray<string> Schemas,
    EquatableArray<Extension> Extensions,
    EquatableArray<EnumType> Enums,
    EquatableArray<Sequence> Sequences,
    EquatableArray<Table> Tables,
    EquatableArray<View> Views)
{
    /// <summary>False where partial indexes are out of sight: a schema without the preview feature cannot say them, so they are nobody's difference.</summary>
    public bool SeesPartialIndexes { get; init; } = true;

    /// <summary>What the language cannot say, by kind and name; empty unless it was asked for. Then no index or key listed here is one of its table's too.</summary>
    public EquatableArray<SqlObject> Objects { get; init; } = [];

    /// <summary>Whether it was looked for <see cref="Objects"/>. Where it was not, they are nobody's difference.</summary>
    public bool SeesObjects { get; init; }

    /// <summary>Who needs whom, among <see cref="Objects"/> and what the language says.</summary>
    public EquatableArray<Dependency> Dependencies { get; init; } = [];

    /// <summary>What is known of how things were called before: a schema's hints, and what a person answered.</summary>
    public EquatableArray<Rename> Renames { get; init; } = [];

    public static Database Empty { get; } = new(CatalogOrigin.Nothing, false, "public", [], [], [], [], [], []);
}

public enum CatalogOrigin
{
    Nothing,
    Schema,
    Server,
}

/// <summary>An object's full name. <see cref="Schema"/> is always concrete; whether it is written is the catalog's business.</summary>
public readonly record struct ObjectName(string Schema, string Name);

public sealed record Extension(string Name, string? Version, string? Schema)
{
    /// <summary>Whether the server can move it to another schema; unknown (false) from a schema file.</summary>
    public bool IsRelocatable { get; init; }
}

public sealed record EnumType(ObjectName Name, EquatableArray<string> Values)
{
    public string? Comment { get; init; }
}

/// <summary>A sequence, as `pg_sequences` describes it. Only those read from a server are listed.</summary>
/// <param name="OwnedBy">Table and column it belongs to (SERIAL), else null.</param>
public sealed record Sequence(ObjectName Name, SequenceOwner? OwnedBy);

public sealed record SequenceOwner(ObjectName Table, string Column);

/// <param name="Traits">What PostgreSQL has and the language has not (partition, row-level security, checks …): for introspection's warnings.</param>
public sealed record Table(
    ObjectName Name,
    EquatableArray<Column> Columns,
    PrimaryKey? PrimaryKey,
    EquatableArray<Index> Indexes,
    EquatableArray<ForeignKey> ForeignKeys)
{
    public TableTraits Traits { get; init; } = TableTraits.None;

    /// <summary>An <see cref="ObjectKind.PartitionKey"/>; null unless objects were asked for.</summary>
    public string? PartitionBy { get; init; }

    public Column? Column(string name) => Columns.Items.FirstOrDefault(c => c.Name == name);
}

/// <summary>Facts beside the diff, never compared.</summary>
public sealed record TableTraits(
    bool IsPartition,
    bool HasSubclasses,
    bool RowSecurity,
    string? Comment,
    EquatableArray<string> CheckConstraints,
    EquatableArray<string> ExclusionConstraints,
    EquatableArray<string> DeferrableConstraints,
    EquatableArray<string> ExpressionIndexes,
    EquatableArray<string> NullsOrderIndexes)
{
    public EquatableArray<string> GeneratedColumns { get; init; } = [];

    public static TableTraits None { get; } = new(false, false, false, null, [], [], [], [], []);
}

/// <param name="AutoIncrement">Backed by a sequence (`SERIAL`, or `nextval` default on an owned sequence).</param>
/// <param name="IsIdentity">`GENERATED … AS IDENTITY`.</param>
public sealed record Column(
    string Name,
    ColumnType Type,
    FieldArity Arity,
    ColumnDefault? Default,
    bool AutoIncrement)
{
    public bool IsIdentity { get; init; }

    /// <summary>
    /// How the server makes its values, an <see cref="ObjectKind.GeneratedColumn"/> or <see cref="ObjectKind.Identity"/>; then
    /// it has neither a default nor a sequence of its own. Null unless objects were asked for.
    /// </summary>
    public string? Generated { get; init; }

    /// <summary>Its values are computed from others of its row.</summary>
    public bool IsComputed => Generated?.StartsWith("GENERATED ALWAYS AS (", StringComparison.Ordinal) is true;

    /// <summary>Its values are made by the client (`uuid()`, `cuid()`, …): the database has no default.</summary>
    public bool HasClientDefault { get; init; }

    public string? Comment { get; init; }
}

public abstract record ColumnType
{
    private ColumnType()
    {
    }

    public sealed record Native(NativeType Type) : ColumnType;

    public sealed record Enum(ObjectName Name) : ColumnType;

    /// <param name="Text">The type as the server's `format_type` says it, or as `Unsupported("…")` does.</param>
    public sealed record Unsupported(string Text) : ColumnType;
}

public abstract record ColumnDefault
{
    private ColumnDefault()
    {
    }

    public sealed record Text(string Value) : ColumnDefault;

    public sealed record Number(string Value) : ColumnDefault;

    public sealed record Boolean(bool Value) : ColumnDefault;

    public sealed record Bytes(EquatableArray<byte> Value) : ColumnDefault;

    /// <param name="Value">The label in the database.</param>
    public sealed record EnumLabel(string Value) : ColumnDefault;

    public sealed record List(EquatableArray<ColumnDefault> Items) : ColumnDefault;

    public sealed record Now : ColumnDefault;

    /// <summary>`nextval` of a sequence; <paramref name="Sequence"/> is the sequence's name without schema.</summary>
    public sealed record NextValue(string Sequence) : ColumnDefault;

    /// <param name="Sql">The expression's text, null where the schema says `dbgenerated()` without one.</param>
    public sealed record Expression(string? Sql) : ColumnDefault;
}

public sealed record PrimaryKey(string Name, EquatableArray<IndexColumn> Columns);

/// <param name="IsConstraint">A UNIQUE constraint rather than a plain unique index (dropped differently).</param>
/// <param name="Where">A partial index's predicate, as the server deparses it or the schema states it.</param>
public sealed record Index(
    string Name,
    bool IsUnique,
    IndexType Type,
    EquatableArray<IndexColumn> Columns,
    bool IsConstraint,
    string? Where);

/// <param name="OperatorClass">Null for the type's default class, unless the schema names it.</param>
public sealed record IndexColumn(string Name, bool Descending, string? OperatorClass)
{
    /// <summary>The schema says `sort: Asc`; then the SQL says it too. Never compared.</summary>
    public bool SaysAscending { get; init; }
}

public sealed record ForeignKey(
    string Name,
    EquatableArray<string> Columns,
    ObjectName ReferencedTable,
    EquatableArray<string> ReferencedColumns,
    ReferentialAction OnDelete,
    ReferentialAction OnUpdate);

/// <param name="Definition">The server's deparsed query, null from a schema.</param>
public sealed record View(ObjectName Name, EquatableArray<Column> Columns, string? Definition)
{
    public string? Comment { get; init; }
}
