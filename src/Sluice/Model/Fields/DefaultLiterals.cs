using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>Whether a literal is of the right kind for a type.</summary>
internal static class DefaultLiterals
{
    public static bool Accepts(AttributeReader reader, ScalarKind kind, string field, FieldArity arity, ExpressionSyntax value)
    {
        if (arity is FieldArity.List)
        {
            if (value is ArraySyntax array)
            {
                return array.Items.All(i => Accepts(reader, kind, i));
            }

            reader.Report(DefaultMistakes.OneForList(field));
            return false;
        }

        if (value is ArraySyntax)
        {
            reader.Report(DefaultMistakes.ListForOne(field));
            return false;
        }

        return Accepts(reader, kind, value);
    }

    public static bool AcceptsEnum(AttributeReader reader, EnumBinding type, FieldArity arity, ExpressionSyntax value)
    {
        if (arity is not FieldArity.List)
        {
            return AcceptsEnum(reader, type, value);
        }

        if (value is ArraySyntax array)
        {
            return array.Items.All(i => AcceptsEnum(reader, type, i));
        }

        reader.Report(DefaultMistakes.NotEnumExpression(type.Name, reader.Source.Slice(value.Span)));
        return false;
    }

    private static bool Accepts(AttributeReader reader, ScalarKind kind, ExpressionSyntax value)
    {
        switch (kind, value)
        {
            case (ScalarKind.String or ScalarKind.Json or ScalarKind.Bytes or ScalarKind.DateTime or ScalarKind.Decimal, StringSyntax):
            case (ScalarKind.Int or ScalarKind.BigInt or ScalarKind.Float or ScalarKind.Decimal, NumberSyntax):
            case (ScalarKind.Boolean, ConstantSyntax { Text: "true" or "false" }):
                return true;
            case (ScalarKind.Boolean, ConstantSyntax constant):
                reader.Report(constant.Span, DefaultMistakes.NotBoolean(constant.Text));
                return false;
            default:
                reader.Report(DefaultMistakes.WrongValue(kind.ToString(), reader.Source.Slice(value.Span)));
                return false;
        }
    }

    private static bool AcceptsEnum(AttributeReader reader, EnumBinding type, ExpressionSyntax value)
    {
        if (value is not ConstantSyntax constant)
        {
            reader.Report(DefaultMistakes.NotEnumExpression(type.Name, reader.Source.Slice(value.Span)));
            return false;
        }

        if (type.ValueNames.Contains(constant.Text))
        {
            return true;
        }

        reader.Report(DefaultMistakes.NotEnumValue(type.Name, constant.Text, type.Values.Select(v => v.Name)));
        return false;
    }
}
