using Sluice.Model.Indexes;
using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>`@id` or `@@id` as read.</summary>
/// <param name="SourceField">The field that carries `@id`, null for `@@id`.</param>
internal sealed record PrimaryKeyBinding(
    AttributeSyntax Attribute,
    ScalarFieldBinding? SourceField,
    IReadOnlyList<IndexFieldBinding> Fields)
{
    /// <summary>`map:`, else null.</summary>
    public string? ConstraintName { get; init; }

    /// <summary>`name:`, else null.</summary>
    public string? ClientName { get; init; }

    public bool HasClustering { get; init; }

    public string AttributeName => SourceField is null ? "@@id" : "@id";

    /// <summary>The constraint's name in the database, written or by default.</summary>
    public string NameIn(EntityBinding entity) => ConstraintName ?? ConstraintNames.PrimaryKey(entity.DatabaseName);
}

internal enum IndexKind
{
    Plain,
    Unique,
    FullText,
}

/// <summary>`@unique`, `@@unique`, `@@index` or `@@fulltext` as read.</summary>
/// <param name="SourceField">The field that carries `@unique`, null for block attributes.</param>
internal sealed record IndexBinding(
    AttributeSyntax Attribute,
    IndexKind Kind,
    ScalarFieldBinding? SourceField,
    IReadOnlyList<IndexFieldBinding> Fields)
{
    public IndexType? Type { get; init; }

    /// <summary>`map:`, else null.</summary>
    public string? ConstraintName { get; init; }

    /// <summary>`name:` of `@@unique`, else null.</summary>
    public string? ClientName { get; init; }

    /// <summary>The predicate of a partial index as SQL, without parentheses around it.</summary>
    public string? Where { get; init; }

    public bool HasClustering { get; init; }

    public bool IsUnique => Kind is IndexKind.Unique;

    public string AttributeName => Kind switch
    {
        IndexKind.Unique => SourceField is null ? "@@unique" : "@unique",
        IndexKind.FullText => "@@fulltext",
        _ => "@@index",
    };

    /// <summary>The index's name in the database, written or by default.</summary>
    public string NameIn(EntityBinding entity)
    {
        var columns = Fields.Select(f => f.ColumnName);
        return ConstraintName ?? (IsUnique
            ? ConstraintNames.Unique(entity.DatabaseName, columns)
            : ConstraintNames.Index(entity.DatabaseName, columns));
    }
}

/// <summary>One field of a key or index, with its arguments.</summary>
internal sealed record IndexFieldBinding(ScalarFieldBinding Field)
{
    /// <summary>The last field of a path into a composite type, `address.street`; such a schema never becomes valid.</summary>
    public CompositeFieldBinding? Inner { get; init; }

    /// <summary>The column, or the path as written.</summary>
    public string ColumnName { get; init; } = Field.ColumnName;

    /// <summary>Null when `sort` was not written.</summary>
    public bool? Descending { get; init; }

    public bool HasLength { get; init; }

    /// <summary>`ops: Name`.</summary>
    public OperatorClass? NamedClass { get; init; }

    /// <summary>`ops: raw("name")`.</summary>
    public string? RawClass { get; init; }

    /// <summary>As PostgreSQL calls it.</summary>
    public string? OperatorClass => NamedClass?.SqlName ?? RawClass;
}
