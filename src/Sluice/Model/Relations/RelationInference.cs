using Sluice.Model.Binding;
using Sluice.Model.Indexes;
using Sluice.Syntax;

namespace Sluice.Model.Relations;

/// <summary>Pairs relation fields and gives each pair its relation; the rules follow in <see cref="RelationRules"/>.</summary>
internal static class RelationInference
{
    public static void Infer(SchemaBinding schema)
    {
        var fields = schema.Entities.SelectMany(e => e.RelationFields).ToList();
        var candidates = fields.ToLookup(f => (f.Entity, f.Target, f.Attribute?.Name));
        foreach (var field in fields)
        {
            var opposite = candidates[(field.Target, field.Entity, field.Attribute?.Name)].FirstOrDefault(o => o != field);
            if (Relate(field, opposite) is not { } relation)
            {
                continue;
            }

            schema.Relations.Add(relation);
            field.Relation = relation;
            if (opposite is not null)
            {
                opposite.Relation = relation;
            }
        }
    }

    /// <summary>Null where the relation is found at the other field.</summary>
    private static RelationBinding? Relate(RelationFieldBinding field, RelationFieldBinding? opposite) =>
        (field.Arity, opposite?.Arity) switch
        {
            (FieldArity.List, FieldArity.List) => ManyToMany(field, opposite!),
            (FieldArity.List, null) => new RelationBinding(RelationKind.OneToMany, null, field, field),
            (FieldArity.List, _) => null,
            (_, FieldArity.List) => new RelationBinding(RelationKind.OneToMany, field, opposite, field),
            (_, null) => new RelationBinding(OneSidedKind(field), field, null, field),
            (FieldArity.Required, FieldArity.Optional) => OneToOne(field, opposite!),
            (FieldArity.Optional, FieldArity.Required) => null,

            // Required on both sides is refused later, so the order does not matter there.
            (FieldArity.Required, _) => Precedes(field, opposite!) ? OneToOne(field, opposite!) : null,

            // Optional on both sides: the one that says `fields` holds the references.
            _ when field.Attribute?.Fields is not null => OneToOne(field, opposite!),
            _ when opposite!.Attribute?.Fields is not null => null,
            _ => Precedes(field, opposite) ? OneToOne(field, opposite) : null,
        };

    private static RelationBinding OneToOne(RelationFieldBinding forward, RelationFieldBinding back) =>
        new(RelationKind.OneToOne, forward, back, forward);

    private static RelationBinding? ManyToMany(RelationFieldBinding field, RelationFieldBinding opposite)
    {
        if (!Precedes(field, opposite))
        {
            return null;
        }

        var kind = field.Attribute?.Fields is null && opposite.Attribute?.Fields is null
            ? RelationKind.ManyToMany
            : RelationKind.EmbeddedManyToMany;
        return new RelationBinding(kind, field, opposite, field);
    }

    private static RelationKind OneSidedKind(RelationFieldBinding field)
    {
        var fields = field.Attribute?.Fields;
        return fields is not null && UniqueCriteria.Are(field.Entity, fields)
            ? RelationKind.OneToOne
            : RelationKind.OneToMany;
    }

    /// <summary>By entity, within one entity by field: the order that decides which side is A.</summary>
    private static bool Precedes(RelationFieldBinding field, RelationFieldBinding opposite)
    {
        var order = string.CompareOrdinal(field.Entity.Name, opposite.Entity.Name);
        return order < 0 || (order == 0 && string.CompareOrdinal(field.Name, opposite.Name) <= 0);
    }
}
