using Sluice.Model.Binding;
using Sluice.Model.Mistakes;

namespace Sluice.Model.Relations;

/// <summary>The side with the single row holds the reference; the list says nothing about it.</summary>
internal static class OneToManyRules
{
    public static void Check(RelationBinding relation)
    {
        RelationRules.CheckOtherSide(relation.Forward, relation.Back);
        if (relation is not { Forward: { } forward, Back: { } back })
        {
            return;
        }

        if (forward.Attribute?.Fields is not { Count: > 0 })
        {
            RelationRules.Report(forward, RelationRuleMistakes.ArgumentMissing(forward, "fields"));
        }

        if (forward.Attribute?.References is not { Count: > 0 })
        {
            RelationRules.Report(forward, RelationRuleMistakes.ArgumentMissing(forward, "references"));
        }

        if (back.Attribute is { Fields.Count: > 0 } or { References.Count: > 0 })
        {
            RelationRules.Report(back, RelationRuleMistakes.OnWrongSide(back, forward, "`fields` and `references`"));
        }

        if (back.Attribute is { HasActions: true })
        {
            RelationRules.Report(back, RelationRuleMistakes.OnWrongSide(back, forward, "`onDelete` and `onUpdate`"));
        }
    }
}
