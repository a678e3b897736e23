using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>`@@map`, `@@schema` and `@@ignore`, and `@map` wherever it stands.</summary>
internal static class BlockAttributes
{
    public static void Read(EntityBinding entity, AttributeSet attributes)
    {
        if (attributes.Single("ignore") is { } ignore)
        {
            entity.IsIgnored = true;
            ignore.Finish();
            foreach (var field in entity.ScalarFields.Where(f => f.IsIgnored && f.Type is not FieldType.Unsupported))
            {
                field.Report(field.Syntax.Span, FieldMistakes.IgnoreInIgnored(field.Name, entity.Name));
            }
        }

        entity.MappedName = ReadMap(attributes);
        entity.DatabaseName = entity.MappedName ?? entity.Name;
        if (ReadSchema(attributes) is { } schema)
        {
            (entity.DatabaseSchema, entity.DatabaseSchemaSpan) = (schema.Value, schema.Span);
        }
    }

    public static void Read(EnumBinding binding, AttributeSet attributes)
    {
        binding.DatabaseName = ReadMap(attributes) ?? binding.Name;
        if (ReadSchema(attributes) is { } schema)
        {
            (binding.DatabaseSchema, binding.DatabaseSchemaSpan) = (schema.Value, schema.Span);
        }
    }

    public static string? ReadMap(AttributeSet attributes)
    {
        if (attributes.Single("map") is not { } map)
        {
            return null;
        }

        var name = map.Default("name") is { } value ? map.AsString(value) : null;
        map.Finish();
        return name;
    }

    private static StringSyntax? ReadSchema(AttributeSet attributes)
    {
        if (attributes.Single("schema") is not { } reader)
        {
            return null;
        }

        var value = reader.Default("map");
        if (value is not null and not StringSyntax)
        {
            reader.Mismatch<string>(value, "a string");
        }

        reader.Finish();
        return value as StringSyntax;
    }
}
