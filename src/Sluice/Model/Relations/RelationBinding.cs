using Sluice.Model.Binding;
using Sluice.Model.Indexes;
using Sluice.Syntax;

namespace Sluice.Model.Relations;

internal enum RelationKind
{
    OneToOne,
    OneToMany,

    /// <summary>Over a table of its own.</summary>
    ManyToMany,

    /// <summary>A many-to-many with `fields` or `references`, which only MongoDB has.</summary>
    EmbeddedManyToMany,
}

/// <summary>Two relation fields that belong together, or one whose other side is missing.</summary>
/// <param name="Forward">The field that holds the references; of a many-to-many, the one on the side A.</param>
/// <param name="Back">The other one.</param>
/// <param name="Found">The field at which the relation was found.</param>
internal sealed record RelationBinding(
    RelationKind Kind,
    RelationFieldBinding? Forward,
    RelationFieldBinding? Back,
    RelationFieldBinding Found)
{
    public EntityBinding From => Forward?.Entity ?? Found.Target;

    public EntityBinding To => Back?.Entity ?? Found.Target;

    /// <summary>The name as written, null when it was not.</summary>
    public string? ExplicitName => Found.Attribute?.Name;

    public string Name => RelationNames.Of(Found);

    public bool IsInline => Kind is RelationKind.OneToOne or RelationKind.OneToMany;

    public bool IsComplete => Forward is not null && Back is not null;

    public IReadOnlyList<ScalarFieldBinding>? Fields => Forward?.Attribute?.Fields;

    public IReadOnlyList<ScalarFieldBinding>? References => Forward?.Attribute?.References;

    /// <summary>One required field is enough to make the whole reference required.</summary>
    public bool IsRequired =>
        Forward?.Arity is FieldArity.Required || (Fields?.Any(f => f.Arity is FieldArity.Required) ?? false);

    public ReferentialAction OnDelete =>
        Forward?.Attribute?.OnDelete ?? (IsRequired ? ReferentialAction.Restrict : ReferentialAction.SetNull);

    public ReferentialAction OnUpdate => Forward?.Attribute?.OnUpdate ?? ReferentialAction.Cascade;

    /// <summary>The foreign key's name in the database, written or by default.</summary>
    public string ConstraintName =>
        Forward?.Attribute?.ConstraintName
        ?? ConstraintNames.ForeignKey(From.DatabaseName, (Fields ?? []).Select(f => f.ColumnName));
}
