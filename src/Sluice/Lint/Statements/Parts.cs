using Sluice.Catalog;
using Sluice.Text;

namespace Sluice.Lint.Statements;

/// <summary>An expression, of which only the words are looked at.</summary>
/// <param name="Canonical">Its tokens with a space between them, names folded: equal for what differs in spelling only.</param>
/// <param name="Text">As it was written.</param>
internal sealed record Expression(string Canonical, string Text)
{
    public static Expression Nothing { get; } = new("", "");

    /// <summary>What is called, folded.</summary>
    public EquatableArray<string> Calls { get; init; } = [];

    /// <summary>Names and keywords, folded.</summary>
    public EquatableArray<string> Words { get; init; } = [];

    /// <summary>Something in it is compared with an upper end: `id &lt; 5`, `id &lt;= 5`.</summary>
    public bool HasUpperEnd { get; init; }

    public bool IsNull => Canonical is "null" || Canonical.StartsWith("null :", StringComparison.Ordinal);
}

/// <param name="Name">In lower case, by the name that PostgreSQL shows: `integer`, `character varying`; with its schema where one is written.</param>
/// <param name="First">Length or precision.</param>
/// <param name="Second">Scale.</param>
internal sealed record SqlType(string Name, int? First = null, int? Second = null, bool IsArray = false)
{
    public bool IsSerial => Name is "serial" or "bigserial" or "smallserial";

    public override string ToString() =>
        Name + (First is { } first ? $"({first}{(Second is { } second and not 0 ? $",{second}" : "")})" : "") + (IsArray ? "[]" : "");
}

internal sealed record ColumnDefinition(string Name, SqlType Type)
{
    public bool NotNull { get; init; }

    public Expression? Default { get; init; }

    public bool Identity { get; init; }

    /// <summary>`GENERATED ALWAYS AS (…)`.</summary>
    public Expression? Generated { get; init; }

    public bool Stored { get; init; }

    public string? Collation { get; init; }

    /// <summary>What its line says beyond that: CHECK, UNIQUE, PRIMARY KEY, REFERENCES.</summary>
    public EquatableArray<ConstraintDefinition> Constraints { get; init; } = [];
}

internal enum ConstraintKind
{
    Check,
    NotNull,
    Unique,
    PrimaryKey,
    Exclude,
    ForeignKey,
}

internal sealed record ConstraintDefinition(ConstraintKind Kind, string? Name)
{
    public EquatableArray<string> Columns { get; init; } = [];

    public Expression? Check { get; init; }

    public ObjectName? References { get; init; }

    public EquatableArray<string> ReferencedColumns { get; init; } = [];

    public string? UsingIndex { get; init; }

    public bool NotValid { get; init; }

    public bool Cascades { get; init; }
}

/// <param name="Column">Null for an expression.</param>
internal sealed record IndexPart(string? Column, Expression Text);

internal enum RelationKind
{
    Table,
    ForeignTable,
    View,
    MaterializedView,
    Index,
    Sequence,
}
