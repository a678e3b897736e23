using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>`@id` or `@@id` as read.</summary>
/// <param name="ConstraintName">`map:`, else null.</param>
internal sealed record PrimaryKeyBinding(
    AttributeSyntax Attribute,
    ScalarFieldBinding? SourceField,
    IReadOnlyList<IndexFieldBinding> Fields,
    string? ConstraintName,
    string? ClientName);

/// <summary>`@unique`, `@@unique` or `@@index` as read.</summary>
/// <param name="SourceField">The field that carries `@unique`, null for block attributes.</param>
/// <param name="ConstraintName">`map:`, else null.</param>
internal sealed record IndexBinding(
    AttributeSyntax Attribute,
    ScalarFieldBinding? SourceField,
    bool IsUnique,
    IReadOnlyList<IndexFieldBinding> Fields,
    IndexType? Type,
    string? ConstraintName,
    string? ClientName,
    string? Where);

internal sealed record IndexFieldBinding(ScalarFieldBinding Field, bool? Descending, string? OperatorClass);
