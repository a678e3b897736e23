using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Relations;

/// <summary>Reads `@relation`.</summary>
internal static class RelationAttributes
{
    public static void Read(RelationFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("relation") is not { } reader)
        {
            return;
        }

        var fields = reader.Optional("fields") is { } own ? Fields(field.Entity, reader, own, own.Span) : null;
        var references = reader.Optional("references") is { } theirs
            ? Fields(field.Target, reader, theirs, reader.Syntax.Span)
            : null;
        field.Attribute = new RelationAttributeBinding(
            reader.Syntax,
            Name(reader),
            fields,
            references,
            Action(reader, "onDelete"),
            Action(reader, "onUpdate"),
            Text(reader, reader.Optional("map"), "map"));
        reader.Finish();
    }

    /// <summary>`@relation` where it cannot stand.</summary>
    public static void RefuseOnScalar(ScalarFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("relation") is { } reader)
        {
            reader.Report(RelationMistakes.OnScalarField(field.Name, field.Syntax.Type.Name));
            reader.Finish();
        }
    }

    private static string? Name(AttributeReader reader)
    {
        var named = reader.Optional("name");
        var unnamed = reader.Unnamed();
        if (named is null || unnamed is null)
        {
            return Text(reader, named ?? unnamed, "name");
        }

        // Prisma drops both without a word, so the relation goes on without a name.
        reader.Report(named.Span, RelationMistakes.NamedTwice());
        return null;
    }

    private static string? Text(AttributeReader reader, ExpressionSyntax? value, string argument)
    {
        if (value is null)
        {
            return null;
        }

        var text = reader.AsString(value);
        if (text is not "")
        {
            return text;
        }

        reader.Report(KeyMistakes.EmptyName(reader.Name, argument));
        return null;
    }

    private static ReferentialAction? Action(AttributeReader reader, string argument)
    {
        if (reader.Optional(argument) is not { } value)
        {
            return null;
        }

        switch (reader.AsConstant(value))
        {
            case null:
                return null;
            case "Cascade":
                return ReferentialAction.Cascade;
            case "Restrict":
                return ReferentialAction.Restrict;
            case "NoAction":
                return ReferentialAction.NoAction;
            case "SetNull":
                return ReferentialAction.SetNull;
            case "SetDefault":
                return ReferentialAction.SetDefault;
            case { } other:
                reader.Report(value.Span, RelationMistakes.UnknownAction(argument, other));
                return null;
        }
    }

    /// <summary>The scalar fields of a list; empty when an item is wrong, which has then been reported.</summary>
    private static List<ScalarFieldBinding> Fields(
        EntityBinding entity, AttributeReader reader, ExpressionSyntax value, TextSpan place)
    {
        if (reader.AsConstants(value) is not { } names)
        {
            return [];
        }

        var fields = new List<ScalarFieldBinding>(names.Count);
        var unknown = new List<string>();
        var columnless = new List<string>();
        foreach (var name in names.Select(n => n.Text))
        {
            switch (entity.FieldsByName.GetValueOrDefault(name))
            {
                case ScalarFieldBinding scalar when fields.Contains(scalar):
                    reader.Report(KeyMistakes.FieldRepeated(reader.Name, name));
                    return [];
                case ScalarFieldBinding scalar:
                    fields.Add(scalar);
                    break;
                case RelationFieldBinding:
                case null when entity.Declares(name):
                    columnless.Add(name);
                    break;
                default:
                    unknown.Add(name);
                    break;
            }
        }

        if (unknown.Count > 0)
        {
            reader.Report(place, KeyMistakes.UnknownFields(reader.Name, entity, unknown));
        }

        if (columnless.Count > 0)
        {
            reader.Report(place, KeyMistakes.FieldsWithoutColumn(reader.Name, columnless, []));
        }

        return unknown.Count + columnless.Count == 0 ? fields : [];
    }
}
