using Sluice.Model.Binding;
using Sluice.Model.Mistakes;

namespace Sluice.Model.Relations;

/// <summary>An implicit many-to-many has a table of its own, which refers to the ids of both sides.</summary>
internal static class ManyToManyRules
{
    public static void Check(RelationBinding relation)
    {
        RelationFieldBinding[] sides = [relation.Forward!, relation.Back!];
        if (relation.Kind is RelationKind.EmbeddedManyToMany)
        {
            Report(sides, RelationRuleMistakes.ManyToManyEmbedded());
            return;
        }

        if (Array.Exists(sides, s => s.Entity.IsView))
        {
            Report(sides, RelationRuleMistakes.ManyToManyWithView());
        }

        foreach (var side in sides)
        {
            CheckTarget(side);
        }

        foreach (var side in sides)
        {
            CheckArguments(side);
        }
    }

    private static void CheckTarget(RelationFieldBinding side)
    {
        if (side.Target.PrimaryKey is not { Fields: [var id] })
        {
            RelationRules.Report(side, RelationRuleMistakes.ManyToManyWithoutId(side));
        }
        else if (side.Attribute?.References is { } references && !(references is [var only] && only == id.Field))
        {
            RelationRules.Report(side, RelationRuleMistakes.ManyToManyReferences(side, id.Field.Name));
        }
    }

    private static void CheckArguments(RelationFieldBinding side)
    {
        if (side.Attribute is not { } attribute)
        {
            return;
        }

        if (attribute.OnDelete is not null)
        {
            side.Report(attribute.SpanOf("onDelete"), RelationRuleMistakes.ManyToManyAction(side.Name));
        }

        if (attribute.OnUpdate is not null)
        {
            side.Report(attribute.SpanOf("onUpdate"), RelationRuleMistakes.ManyToManyAction(side.Name));
        }

        if (attribute.References is not null)
        {
            RelationRules.Report(side, RelationRuleMistakes.ManyToManyArgument(side.Name));
        }
    }

    private static void Report(RelationFieldBinding[] sides, Mistake mistake)
    {
        foreach (var side in sides)
        {
            RelationRules.Report(side, mistake);
        }
    }
}
