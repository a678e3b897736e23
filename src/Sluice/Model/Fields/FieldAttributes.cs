using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>`@map`, `@ignore` and `@updatedAt`, and those that stand on the wrong kind of field.</summary>
internal static class FieldAttributes
{
    public static void Read(ScalarFieldBinding field, AttributeSet attributes)
    {
        field.MappedName = BlockAttributes.ReadMap(attributes);
        field.ColumnName = field.MappedName ?? field.Name;
        if (attributes.Single("ignore") is { } ignore)
        {
            if (field.Type is FieldType.Unsupported && field.Composite is null)
            {
                ignore.Report(FieldMistakes.IgnoreOnUnsupported(field.Name));
            }

            field.IsIgnored = true;
            ignore.Finish();
        }

        if (attributes.Single("updatedAt") is { } updatedAt)
        {
            ReadUpdatedAt(field, updatedAt);
        }
    }

    public static void ReadOnRelation(RelationFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("ignore") is { } ignore)
        {
            field.IsIgnored = true;
            ignore.Finish();
        }

        attributes.Single("default")?.Report(FieldMistakes.OnRelation(
            "@default", field.Name, "Put it on the scalar field that holds the key."));
        if (attributes.Single("map") is { } map)
        {
            map.Report(FieldMistakes.OnRelation(
                "@map", field.Name, "Map the scalar field; the name of the foreign key is the argument `map` of `@relation`."));
            map.Default("name");
        }
    }

    /// <summary>Clashes need the mapped names of all fields, so they come after the fields.</summary>
    public static void CheckColumnNames(EntityBinding entity)
    {
        HashSet<string>? mapped = null;
        foreach (var field in entity.ScalarFields)
        {
            if (field.MappedName is not { } column)
            {
                continue;
            }

            mapped ??= new HashSet<string>(StringComparer.Ordinal);
            if (!mapped.Add(column))
            {
                field.Report(field.Syntax.Span, FieldMistakes.ColumnTwice(entity.Name, column));
            }

            if (entity.FieldsByName.TryGetValue(column, out var other)
                && other != field
                && other is ScalarFieldBinding { ColumnName: var taken }
                && taken == column)
            {
                field.Report(field.Syntax.Span, FieldMistakes.ColumnTwice(entity.Name, column));
            }
        }
    }

    private static void ReadUpdatedAt(ScalarFieldBinding field, AttributeReader reader)
    {
        if (field.Scalar is not ScalarKind.DateTime)
        {
            reader.Report(FieldMistakes.UpdatedAtType(field.Name, field.Syntax.Type.Name));
        }

        if (field.Arity is FieldArity.List)
        {
            reader.Report(FieldMistakes.UpdatedAtList(field.Name));
        }

        field.IsUpdatedAt = true;
        reader.Finish();
    }
}
