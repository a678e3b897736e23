using Sluice.Model.Binding;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

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
