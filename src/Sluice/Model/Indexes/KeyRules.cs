using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Indexes;

/// <summary>What must hold of an entity's primary key and of its unique criteria as a whole.</summary>
internal static class KeyRules
{
    public static void Check(EntityBinding entity, ConstraintNamespace names)
    {
        if (entity.IsView)
        {
            if (entity.PrimaryKey is { } key)
            {
                entity.Report(key.Attribute.Span, ViewMistakes.PrimaryKey());
            }

            return;
        }

        CheckUniqueCriteria(entity);
        if (entity.PrimaryKey is { } primaryKey)
        {
            CheckNames(entity, primaryKey, names);
            CheckArguments(entity, primaryKey);
        }
    }

    /// <summary>Names of keys and uniques become members beside the fields in generated clients.</summary>
    public static void CheckClientNames(FieldBinding field, ConstraintNamespace names)
    {
        var entity = field.Entity;
        if (!names.IsClientName(entity, field.Name))
        {
            return;
        }

        if (entity.Indexes.FirstOrDefault(i => i.ClientName == field.Name) is { } unique)
        {
            entity.Report(entity.Syntax.Span, KeyMistakes.ClientNameIsField(unique.AttributeName, entity.Name, field.Name));
        }

        if (entity.PrimaryKey is { } key && key.ClientName == field.Name)
        {
            entity.Report(entity.Syntax.Span, KeyMistakes.ClientNameIsField(key.AttributeName, entity.Name, field.Name));
        }
    }

    /// <summary>The name that a compound key or unique gets in clients when none is written.</summary>
    public static void CheckDefaultClientName(
        EntityBinding entity, AttributeSyntax attribute, string attributeName, IReadOnlyList<IndexFieldBinding> fields)
    {
        if (fields.Count > 1)
        {
            var name = string.Join('_', fields.Select(f => f.Field.Name));
            if (entity.FieldsByName.GetValueOrDefault(name) is ScalarFieldBinding)
            {
                entity.Report(attribute.Span, KeyMistakes.DefaultClientNameIsField(attributeName, entity.Name, name));
            }
        }
    }

    public static void CheckNameLength(EntityBinding entity, string? name, TextSpan span, string attribute)
    {
        if (name is not null && entity.Schema.HasDatasource && !ConstraintNames.Fits(name))
        {
            entity.Report(span, KeyMistakes.NameTooLong(attribute, name));
        }
    }

    public static TextSpan SpanOf(AttributeSyntax attribute, string argument) =>
        attribute.Arguments.FirstOrDefault(a => a.Name?.Name == argument)?.Span ?? attribute.Span;

    private static void CheckUniqueCriteria(EntityBinding entity)
    {
        if (!entity.IsIgnored && !entity.UniqueCriteria.Any(UniqueCriteria.IsStrict))
        {
            var loose = entity.UniqueCriteria.Select(c => string.Join(", ", c.Select(f => f.Field.Name))).ToList();
            entity.Report(entity.Syntax.Span, KeyMistakes.NoUniqueCriterion(entity.Name, loose));
        }
    }

    private static void CheckNames(EntityBinding entity, PrimaryKeyBinding key, ConstraintNamespace names)
    {
        if (key.ConstraintName is not null && !entity.Schema.HasDatasource)
        {
            entity.Report(entity.Syntax.Span, KeyMistakes.NeedsDatasource(key.AttributeName, "map"));
        }

        var name = key.NameIn(entity);
        CheckNameLength(entity, name, key.Attribute.Span, key.AttributeName);
        if (names.IsIndexNameShared(entity, name))
        {
            entity.Report(SpanOf(key.Attribute, "map"), KeyMistakes.IndexNameShared(key.AttributeName, name));
        }

        if (names.IsConstraintNameShared(entity, name))
        {
            entity.Report(SpanOf(key.Attribute, "map"), KeyMistakes.ConstraintNameShared(key.AttributeName, name, entity.Name));
        }

        if (key.ClientName is { } clientName && names.IsClientNameShared(entity, clientName))
        {
            entity.Report(SpanOf(key.Attribute, "name"), KeyMistakes.ClientNameShared(key.AttributeName, clientName, entity.Name));
        }

        CheckDefaultClientName(entity, key.Attribute, key.AttributeName, key.Fields);
    }

    private static void CheckArguments(EntityBinding entity, PrimaryKeyBinding key)
    {
        var span = key.Attribute.Span;
        if (key.Fields.Count == 0)
        {
            entity.Report(span, KeyMistakes.NoFields(key.AttributeName));
        }

        if (key.Fields.Any(f => f.HasLength))
        {
            entity.Report(span, KeyMistakes.Length(key.AttributeName));
        }

        if (key.Fields.Any(f => f.Descending is not null))
        {
            entity.Report(span, KeyMistakes.SortInKey(key.AttributeName));
        }

        if (key.HasClustering)
        {
            entity.Report(span, KeyMistakes.Clustered(key.AttributeName));
        }
    }
}
