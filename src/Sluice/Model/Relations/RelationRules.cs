using Sluice.Model.Binding;
using Sluice.Model.Indexes;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Relations;

/// <summary>What must hold of relations once every attribute has been read without a mistake.</summary>
internal static class RelationRules
{
    public static void Check(SchemaBinding schema, ConstraintNamespace names)
    {
        var cycles = RelationCycles.Find(schema);
        foreach (var relation in schema.Relations)
        {
            if (!relation.IsInline)
            {
                ManyToManyRules.Check(relation);
                continue;
            }

            if (cycles.Contains(relation))
            {
                Report(relation.Forward!, RelationRuleMistakes.Cycle(relation));
            }

            if (relation.Forward is { } forward)
            {
                CheckReferences(relation, forward);
                CheckTypes(relation, forward);
            }

            CheckName(relation, names);
            if (relation.Forward is not null)
            {
                CheckSetNull(relation, relation.Forward);
            }

            if (relation.Kind is RelationKind.OneToOne)
            {
                OneToOneRules.Check(relation);
            }
            else
            {
                OneToManyRules.Check(relation);
            }
        }
    }

    /// <summary>Reports on the whole field.</summary>
    internal static void Report(RelationFieldBinding field, Mistake mistake) => field.Report(field.Syntax.Span, mistake);

    internal static void CheckOtherSide(RelationFieldBinding? forward, RelationFieldBinding? back)
    {
        if ((forward is null || back is null) && (forward ?? back) is { } lonely)
        {
            Report(lonely, RelationRuleMistakes.OtherSideMissing(lonely));
        }
    }

    private static void CheckReferences(RelationBinding relation, RelationFieldBinding forward)
    {
        if (relation.References is { Count: > 0 } references)
        {
            CheckUnique(relation.To, forward, references);
        }

        if (relation.Fields is { } own && relation.References is { } others && own.Count != others.Count)
        {
            forward.Report(
                forward.Attribute!.Attribute.Span, RelationRuleMistakes.DifferentLengths(own.Count, others.Count));
        }

        var optional = (relation.Fields ?? []).Where(f => f.Arity is FieldArity.Optional).Select(f => f.Name).ToList();
        if (forward.Arity is FieldArity.Required && optional.Count > 0)
        {
            Report(forward, RelationRuleMistakes.MustBeOptional(forward.Name, forward.Target.Name, optional));
        }
    }

    private static void CheckUnique(
        EntityBinding target, RelationFieldBinding forward, IReadOnlyList<ScalarFieldBinding> references)
    {
        if (!UniqueCriteria.AreInAnyOrder(target, references))
        {
            Report(forward, RelationRuleMistakes.ReferencesNotUnique(target.Name, references));
        }
        else if (!forward.Entity.Schema.HasDatasource && !UniqueCriteria.Are(target, references))
        {
            // PostgreSQL does not mind, others do.
            Report(forward, RelationRuleMistakes.ReferencesInOtherOrder(target.Name, references));
        }
    }

    private static void CheckTypes(RelationBinding relation, RelationFieldBinding forward)
    {
        var targets = relation.References
            ?? relation.To.UniqueCriteria.FirstOrDefault(UniqueCriteria.IsStrict)?.Select(f => f.Field)
            ?? [];
        foreach (var (field, target) in (relation.Fields ?? []).Zip(targets))
        {
            if (field.Type != target.Type)
            {
                Report(forward, RelationRuleMistakes.DifferentTypes(field, target, isWarning: Numbers(field) <= Numbers(target)));
            }
        }
    }

    // A foreign key of PostgreSQL may go from each kind of numbers to itself and to those after it.
    private static int? Numbers(ScalarFieldBinding field) => field.Arity is FieldArity.List ? null : field.Scalar switch
    {
        ScalarKind.Int or ScalarKind.BigInt => 1,
        ScalarKind.Decimal => 2,
        ScalarKind.Float => 3,
        _ => null,
    };

    private static void CheckName(RelationBinding relation, ConstraintNamespace names)
    {
        if (!names.IsConstraintNameShared(relation.From, relation.ConstraintName))
        {
            return;
        }

        var mistake = KeyMistakes.ConstraintNameShared("@relation", relation.ConstraintName, relation.From.Name);
        if (relation.Forward is not { } forward)
        {
            relation.To.Report(relation.To.Syntax.Span, mistake);
        }
        else if (forward.Attribute is { ConstraintName: not null } attribute)
        {
            forward.Report(attribute.SpanOf("map"), mistake);
        }
        else
        {
            Report(forward, mistake);
        }
    }

    private static void CheckSetNull(RelationBinding relation, RelationFieldBinding forward)
    {
        if (forward.Attribute is not { } attribute
            || (relation.Fields is { } fields && fields.All(f => f.Arity is not FieldArity.Required)))
        {
            return;
        }

        // PostgreSQL takes such a foreign key and only fails when the action happens.
        var schema = forward.Entity.Schema;
        var isWarning = schema.HasDatasource && schema.RelationMode is RelationMode.ForeignKeys;
        foreach (var (argument, action) in new[] { ("onDelete", attribute.OnDelete), ("onUpdate", attribute.OnUpdate) })
        {
            if (action is ReferentialAction.SetNull)
            {
                Report(forward, RelationRuleMistakes.SetNullOnRequired(argument, isWarning));
            }
        }
    }
}
