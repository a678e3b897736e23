using System.Globalization;
using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

/// <summary>The arguments that keys and indexes share.</summary>
internal static class IndexArguments
{
    /// <summary>`map:`, the name in the database.</summary>
    public static string? Map(AttributeReader reader) => Text(reader, "map");

    /// <summary>`name:`, the name in generated clients.</summary>
    public static string? Name(AttributeReader reader) => Text(reader, "name");

    /// <summary>`name:` where it becomes an identifier.</summary>
    public static string? ClientName(AttributeReader reader)
    {
        var name = Name(reader);
        if (name is not null && !name.All(c => c is '_' || char.IsAsciiLetterOrDigit(c)))
        {
            reader.Report(KeyMistakes.ClientNameCharacters(reader.Name, name));
        }

        return name;
    }

    /// <summary>`clustered:`, which only SQL Server has; whether it was written.</summary>
    public static bool Clustering(AttributeReader reader)
    {
        if (reader.Optional("clustered") is not { } value)
        {
            return false;
        }

        if (value is ConstantSyntax { Text: "true" or "false" })
        {
            return true;
        }

        reader.Mismatch<string>(value, "`true` or `false`");
        return false;
    }

    /// <summary>One field of an index, with the arguments `sort` and `length` of `@id` and `@unique`.</summary>
    public static IndexFieldBinding Field(ScalarFieldBinding field, AttributeReader reader) => new(field)
    {
        HasLength = reader.Optional("length") is { } length && IsInteger(reader, length),
        Descending = reader.Optional("sort") is { } sort ? Descending(reader, sort) : null,
    };

    public static bool? Descending(AttributeReader reader, ExpressionSyntax value)
    {
        switch (reader.AsConstant(value))
        {
            case "Asc":
                return false;
            case "Desc":
                return true;
            case { } other:
                reader.Report(value.Span, IndexMistakes.UnknownSort(other));
                return null;
            default:
                return null;
        }
    }

    public static bool IsInteger(AttributeReader reader, ExpressionSyntax value)
    {
        if (value is NumberSyntax number && long.TryParse(number.Text, CultureInfo.InvariantCulture, out _))
        {
            return true;
        }

        reader.Mismatch<string>(value, "a whole number");
        return false;
    }

    private static string? Text(AttributeReader reader, string argument)
    {
        var text = reader.OptionalString(argument);
        if (text is not "")
        {
            return text;
        }

        reader.Report(KeyMistakes.EmptyName(reader.Name, argument));
        return null;
    }
}
