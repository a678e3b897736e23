using Sluice.Model.Binding;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Relations;

/// <summary>`@relation` as read; null members were not written.</summary>
/// <param name="Fields">Empty when written but wrong.</param>
/// <param name="References">Empty when written but wrong.</param>
internal sealed record RelationAttributeBinding(
    AttributeSyntax Attribute,
    string? Name,
    IReadOnlyList<ScalarFieldBinding>? Fields,
    IReadOnlyList<ScalarFieldBinding>? References,
    ReferentialAction? OnDelete,
    ReferentialAction? OnUpdate,
    string? ConstraintName)
{
    public bool HasActions => OnDelete is not null || OnUpdate is not null;

    /// <summary>The argument of that name, else the whole attribute.</summary>
    public TextSpan SpanOf(string argument) =>
        Attribute.Arguments.FirstOrDefault(a => a.Name?.Name == argument)?.Span ?? Attribute.Span;
}
