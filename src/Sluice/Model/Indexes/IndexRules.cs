using Sluice.Model.Binding;
using Sluice.Model.Mistakes;

namespace Sluice.Model.Indexes;

/// <summary>What must hold of each unique or plain index.</summary>
internal static class IndexRules
{
    public static void Check(EntityBinding entity, IndexBinding index, ConstraintNamespace names)
    {
        if (entity.IsView)
        {
            CheckOnView(entity, index);
        }
        else
        {
            CheckNames(entity, index, names);
            CheckArguments(entity, index);
        }

        if (index.IsUnique)
        {
            KeyRules.CheckDefaultClientName(entity, index.Attribute, index.AttributeName, index.Fields);
        }
    }

    private static void CheckNames(EntityBinding entity, IndexBinding index, ConstraintNamespace names)
    {
        var name = index.NameIn(entity);
        if (names.IsIndexNameShared(entity, name))
        {
            var argument = index.Attribute.Arguments.Any(a => a.Name?.Name == "map") ? "map" : "name";
            entity.Report(KeyRules.SpanOf(index.Attribute, argument), KeyMistakes.IndexNameShared(index.AttributeName, name));
        }

        if (index.ClientName is { } clientName && names.IsClientNameShared(entity, clientName))
        {
            entity.Report(
                KeyRules.SpanOf(index.Attribute, "name"),
                KeyMistakes.ClientNameShared(index.AttributeName, clientName, entity.Name));
        }

        KeyRules.CheckNameLength(entity, index.ConstraintName, index.Attribute.Span, index.AttributeName);
    }

    private static void CheckArguments(EntityBinding entity, IndexBinding index)
    {
        var span = index.Attribute.Span;
        if (index.Fields.Count == 0)
        {
            entity.Report(span, KeyMistakes.NoFields(index.AttributeName));
        }

        if (index.Fields.Any(f => f.HasLength))
        {
            entity.Report(span, KeyMistakes.Length(index.AttributeName));
        }

        if (index.Type is not (null or IndexType.BTree) && !entity.Schema.HasDatasource)
        {
            entity.Report(KeyRules.SpanOf(index.Attribute, "type"), KeyMistakes.NeedsDatasource(index.AttributeName, "type"));
        }
        else if (index.Type is IndexType.Hash && index.Fields.Any(f => f.Descending is not null))
        {
            entity.Report(span, IndexMistakes.SortInHash());
        }

        if (index.Kind is IndexKind.FullText)
        {
            entity.Report(span, IndexMistakes.FullText());
        }

        if (index.HasClustering)
        {
            entity.Report(span, KeyMistakes.Clustered(index.AttributeName));
        }

        if (index.Kind is not IndexKind.Plain && index.Fields.Any(f => f.OperatorClass is not null))
        {
            entity.Report(span, OperatorClassMistakes.OnlyInPlainIndexes(index.AttributeName));
        }

        if (index is { IsUnique: true, Fields.Count: > 1 }
            && index.Fields.FirstOrDefault(f => (f.Inner is null ? f.Field.Composite : f.Inner.Composite) is not null) is { } composite)
        {
            entity.Report(span, IndexMistakes.CompositeInUnique(index.AttributeName, composite.Field.Name));
        }

        if (index.Where is not null && !entity.Schema.PreviewFeatures.Contains("partialIndexes"))
        {
            entity.Report(span, IndexMistakes.PartialIndexesOff(index.AttributeName));
        }
    }

    private static void CheckOnView(EntityBinding entity, IndexBinding index)
    {
        var span = index.Attribute.Span;
        if (!index.IsUnique)
        {
            entity.Report(span, ViewMistakes.Index(index.AttributeName));
        }

        if (index.ConstraintName is not null)
        {
            entity.Report(span, ViewMistakes.ConstraintName(index.AttributeName));
        }

        if (index.HasClustering)
        {
            entity.Report(span, ViewMistakes.Clustered(index.AttributeName));
        }

        foreach (var field in index.Fields.Where(f => f.HasLength || f.OperatorClass is not null || f.Descending is not null))
        {
            entity.Report(span, ViewMistakes.FieldArguments(index.AttributeName, field.Field.Name));
        }
    }
}
