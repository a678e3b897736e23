using Sluice.Model.Binding;
using Sluice.Model.Mistakes;

namespace Sluice.Model.Relations;

/// <summary>Finds relation fields of one entity that could each be the other side of the same relation.</summary>
internal sealed class RelationAmbiguity(SchemaBinding schema)
{
    private readonly ILookup<(EntityBinding Entity, EntityBinding Target, string Name), RelationFieldBinding> fields =
        schema.Entities.SelectMany(e => e.RelationFields).ToLookup(f => (f.Entity, f.Target, RelationNames.Of(f)));

    /// <summary>Whether the field is ambiguous; then it has been reported.</summary>
    public bool Report(RelationFieldBinding field)
    {
        var rivals = fields[(field.Entity, field.Target, RelationNames.Of(field))].Select(f => f.Name).ToList();
        var isSelf = field.Entity == field.Target;

        // The two ends of a self relation stand in one entity and share their name.
        if (rivals.Count < 2 || (isSelf && rivals.Count == 2 && field.Attribute?.Name is not null))
        {
            return false;
        }

        field.Report(field.Syntax.Span, RelationFieldMistakes.Ambiguous(
            field.Entity.Name, rivals, field.Target.Name, field.Attribute?.Name));
        return true;
    }
}
