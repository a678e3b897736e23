using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>`@relation` as read; null members were not written.</summary>
internal sealed record RelationAttributeBinding(
    AttributeSyntax Attribute,
    string? Name,
    IReadOnlyList<ScalarFieldBinding>? Fields,
    IReadOnlyList<ScalarFieldBinding>? References,
    ReferentialAction? OnDelete,
    ReferentialAction? OnUpdate,
    string? ConstraintName);
