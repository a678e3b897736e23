using Sluice.Model.Binding;
using Sluice.Model.Indexes;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Relations;

/// <summary>One side holds the reference, in fields that are unique; the other is optional and says nothing about it.</summary>
internal static class OneToOneRules
{
    public static void Check(RelationBinding relation)
    {
        RelationRules.CheckOtherSide(relation.Forward, relation.Back);
        if (relation is { Forward: { } forward, Back: { } back })
        {
            CheckArgument(forward, back, "fields", f => f.Attribute?.Fields is { Count: > 0 });
            CheckArgument(forward, back, "references", f => f.Attribute?.References is { Count: > 0 });
            CheckActions(forward, back);
        }

        CheckUnique(relation);
        if (relation.IsComplete)
        {
            CheckSides(relation.Forward!, relation.Back!);
        }
    }

    /// <summary>`fields` and `references` stand on one side, and on one side only.</summary>
    private static void CheckArgument(
        RelationFieldBinding forward, RelationFieldBinding back, string argument, Func<RelationFieldBinding, bool> has)
    {
        var (onForward, onBack) = (has(forward), has(back));
        if (onForward != onBack)
        {
            return;
        }

        foreach (var (field, other) in new[] { (forward, back), (back, forward) })
        {
            RelationRules.Report(field, onForward
                ? RelationRuleMistakes.ArgumentOnBothSides(field, other, argument)
                : RelationRuleMistakes.ArgumentOnNeitherSide(field, other, argument));
        }
    }

    private static void CheckActions(RelationFieldBinding forward, RelationFieldBinding back)
    {
        if (back.Attribute is not { HasActions: true })
        {
            return;
        }

        if (forward.Attribute is not { HasActions: true })
        {
            RelationRules.Report(back, RelationRuleMistakes.OnWrongSide(back, forward, "`onDelete` and `onUpdate`"));
            return;
        }

        RelationRules.Report(back, RelationRuleMistakes.ArgumentOnBothSides(back, forward, "onDelete` or `onUpdate"));
        RelationRules.Report(forward, RelationRuleMistakes.ArgumentOnBothSides(forward, back, "onDelete` or `onUpdate"));
    }

    private static void CheckUnique(RelationBinding relation)
    {
        if (relation is { Forward: { } forward, Fields: { } fields } && !UniqueCriteria.Are(relation.From, fields))
        {
            RelationRules.Report(forward, RelationRuleMistakes.OneToOneNotUnique(relation.From.Name, fields));
        }
    }

    // The rest only makes sense where everything so far is right.
    private static void CheckSides(RelationFieldBinding forward, RelationFieldBinding back)
    {
        var findings = forward.Entity.Schema.Findings;
        if (!findings.HasErrors)
        {
            CheckMixture(forward, back);
        }

        if (!findings.HasErrors && back.Arity is FieldArity.Required)
        {
            RelationRules.Report(back, BackMistake(forward, back));
        }

        if (!findings.HasErrors
            && forward.Arity is FieldArity.Required
            && (back.Attribute?.Fields ?? back.Attribute?.References) is not null)
        {
            RelationRules.Report(back, RelationRuleMistakes.OnOptionalSide(back, forward));
        }
    }

    // Where both sides are required, the one that refers to the other is right to be.
    private static Mistake BackMistake(RelationFieldBinding forward, RelationFieldBinding back) =>
        RelationRuleMistakes.BackMustBeOptional(back.Attribute?.Fields is null ? back : forward);

    private static void CheckMixture(RelationFieldBinding forward, RelationFieldBinding back)
    {
        if (forward.Attribute is { Fields.Count: > 0 } && back.Attribute is { References.Count: > 0 })
        {
            RelationRules.Report(forward, RelationRuleMistakes.ArgumentsApart(forward, back));
            RelationRules.Report(back, RelationRuleMistakes.ArgumentsApart(back, forward));
        }

        if (forward.Attribute is { References.Count: > 0 } && back.Attribute is { Fields.Count: > 0 })
        {
            RelationRules.Report(forward, RelationRuleMistakes.ArgumentsApart(forward, back));
        }
    }
}
