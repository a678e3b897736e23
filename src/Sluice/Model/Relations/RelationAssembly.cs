using System.Collections.Immutable;
using Sluice.Model.Binding;

namespace Sluice.Model.Relations;

/// <summary>The complete relations as values of the model; their fields learn their index.</summary>
internal static class RelationAssembly
{
    public static ImmutableArray<Relation> Assemble(SchemaBinding schema)
    {
        var relations = ImmutableArray.CreateBuilder<Relation>(schema.Relations.Count);
        foreach (var binding in schema.Relations)
        {
            if (Assemble(binding) is { } relation)
            {
                binding.Forward!.RelationIndex = relations.Count;
                binding.Back!.RelationIndex = relations.Count;
                relations.Add(relation);
            }
        }

        return relations.ToImmutable();
    }

    private static Relation? Assemble(RelationBinding relation) => relation switch
    {
        { Forward: not null, Back: not null, Kind: RelationKind.ManyToMany } => new Relation.ManyToMany(
            relation.ExplicitName,
            relation.Forward.Entity.Name,
            relation.Forward.Name,
            relation.Back.Entity.Name,
            relation.Back.Name,
            "_" + relation.Name),
        { Forward: not null, Back: not null, IsInline: true, Fields: { } fields, References: { } references } =>
            new Relation.ForeignKey(
                relation.ExplicitName,
                relation.From.Name,
                relation.Forward.Name,
                [.. fields.Select(f => f.Name)],
                relation.To.Name,
                relation.Back.Name,
                [.. references.Select(f => f.Name)],
                relation.OnDelete,
                relation.OnUpdate,
                relation.ConstraintName,
                relation.Kind is RelationKind.OneToOne),
        _ => null,
    };
}
