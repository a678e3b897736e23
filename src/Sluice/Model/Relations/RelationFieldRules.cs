using Sluice.Model.Binding;
using Sluice.Model.Indexes;
using Sluice.Model.Mistakes;

namespace Sluice.Model.Relations;

/// <summary>What must hold of each relation field by itself.</summary>
internal static class RelationFieldRules
{
    public static void Check(RelationFieldBinding field)
    {
        if (field.Target.IsIgnored && !field.IsIgnored && !field.Entity.IsIgnored)
        {
            field.Report(field.Syntax.Span, RelationFieldMistakes.TargetIgnored(field.Name, field.Target.Name));
        }

        if (field.Attribute is not { } attribute)
        {
            return;
        }

        if (attribute.ConstraintName is not null && !field.Entity.Schema.HasDatasource)
        {
            field.Report(attribute.Attribute.Span, KeyMistakes.NeedsDatasource("@relation", "map"));
        }

        KeyRules.CheckNameLength(field.Entity, attribute.ConstraintName, attribute.Attribute.Span, "@relation");
        if (field.Entity.Schema.RelationMode is RelationMode.Prisma)
        {
            CheckEmulated(field, attribute, "onDelete", attribute.OnDelete);
            CheckEmulated(field, attribute, "onUpdate", attribute.OnUpdate);
            CheckIndexed(field, attribute);
        }
    }

    private static void CheckEmulated(
        RelationFieldBinding field, RelationAttributeBinding attribute, string argument, ReferentialAction? action)
    {
        if (action is ReferentialAction.NoAction or ReferentialAction.SetDefault)
        {
            field.Report(attribute.SpanOf(argument), RelationFieldMistakes.NotEmulated(argument, action.Value));
        }
    }

    /// <summary>Without a foreign key nobody reminds one of the index that keeps look-ups quick.</summary>
    private static void CheckIndexed(RelationFieldBinding field, RelationAttributeBinding attribute)
    {
        var entity = field.Entity;
        if (attribute.Fields is { Count: > 0 } fields && !entity.IndexesOn(fields[0]).Any(i => StartsWith(i, fields)))
        {
            field.Report(attribute.Attribute.Span, RelationFieldMistakes.NotIndexed(field.Name, fields.Select(f => f.Name)));
        }
    }

    private static bool StartsWith(IReadOnlyList<IndexFieldBinding> index, IReadOnlyList<ScalarFieldBinding> fields) =>
        index.Count >= fields.Count && index.Take(fields.Count).Select(f => f.Field).SequenceEqual(fields);
}
