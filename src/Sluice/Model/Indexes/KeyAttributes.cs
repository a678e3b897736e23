using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

/// <summary>Reads `@id` on fields and `@@id` on blocks.</summary>
internal static class KeyAttributes
{
    public static void ReadField(ScalarFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("id") is not { } reader)
        {
            return;
        }

        var entity = field.Entity;
        if (entity.PrimaryKey is { } earlier)
        {
            entity.Report(entity.Syntax.Span, KeyMistakes.SecondId(entity.Name, earlier.Fields[0].Field.Name, field.Name));
        }
        else
        {
            entity.PrimaryKey = new PrimaryKeyBinding(reader.Syntax, field, [IndexArguments.Field(field, reader)])
            {
                ConstraintName = IndexArguments.Map(reader),
                HasClustering = IndexArguments.Clustering(reader),
            };
        }

        reader.Finish();
    }

    /// <summary>`@id` and `@unique` where they cannot stand; their arguments no longer matter.</summary>
    public static void RefuseOnRelation(RelationFieldBinding field, AttributeSet attributes)
    {
        foreach (var name in new[] { "id", "unique" })
        {
            if (attributes.Single(name) is { } reader)
            {
                var underlying = (field.Attribute?.Fields ?? []).Select(f => f.Name);
                reader.Report(KeyMistakes.OnRelationField(reader.Name, field.Name, underlying));
            }
        }
    }

    public static void ReadBlock(EntityBinding entity, AttributeSet attributes)
    {
        if (attributes.Single("id") is { } reader)
        {
            ReadBlock(entity, reader);
            reader.Finish();
        }

        if (entity is { IsIgnored: false, PrimaryKey: { SourceField: { Arity: not FieldArity.Required } source } key })
        {
            entity.Report(key.Attribute.Span, KeyMistakes.IdMustBeRequired(source.Name));
        }
    }

    private static void ReadBlock(EntityBinding entity, AttributeReader reader)
    {
        if (reader.Default("fields") is not { } value
            || IndexFieldList.Read(entity, reader, value, value.Span, followPaths: false) is not { } fields)
        {
            return;
        }

        var optional = fields.Where(f => f.Field.Arity is not FieldArity.Required).Select(f => f.Field.Name).ToList();
        if (optional.Count > 0 && !entity.IsIgnored)
        {
            reader.Report(KeyMistakes.IdFieldsMustBeRequired(optional));
        }

        if (entity.PrimaryKey is { SourceField: { } earlier })
        {
            entity.Report(entity.Syntax.Span, KeyMistakes.IdOnFieldAndBlock(entity.Name, earlier.Name));
        }

        entity.PrimaryKey = new PrimaryKeyBinding(reader.Syntax, null, fields)
        {
            ConstraintName = IndexArguments.Map(reader),
            ClientName = IndexArguments.ClientName(reader),
            HasClustering = IndexArguments.Clustering(reader),
        };
    }
}
