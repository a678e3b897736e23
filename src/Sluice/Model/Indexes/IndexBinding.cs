using Sluice.Model.Binding;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

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
