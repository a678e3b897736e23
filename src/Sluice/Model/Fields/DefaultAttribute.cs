using System.Globalization;
using Sluice.Model.Binding;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>Reads `@default`.</summary>
internal static class DefaultAttribute
{
    public static void Read(ScalarFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("default") is not { } reader)
        {
            return;
        }

        field.DefaultAttribute = reader.Syntax;
        if (reader.Default("value") is { } value)
        {
            field.Default = Convert(field, value);
        }

        reader.Finish();
    }

    private static DefaultValue? Convert(ScalarFieldBinding field, ExpressionSyntax value) => value switch
    {
        StringSyntax text => new DefaultValue.Text(text.Value),
        NumberSyntax number => new DefaultValue.Number(number.Text),
        ConstantSyntax constant => field.Type is FieldType.Enum
            ? new DefaultValue.EnumMember(constant.Text)
            : new DefaultValue.Boolean(constant.Text == "true"),
        ArraySyntax array => new DefaultValue.List([.. array.Items.Select(i => Convert(field, i)).OfType<DefaultValue>()]),
        FunctionSyntax function => Convert(function),
        _ => null,
    };

    private static DefaultValue? Convert(FunctionSyntax function)
    {
        var argument = function.Arguments.Length > 0 ? function.Arguments[0].Value : null;
        return function.Name.Name switch
        {
            "now" => new DefaultValue.Now(),
            "autoincrement" => new DefaultValue.AutoIncrement(),
            "dbgenerated" => new DefaultValue.DbGenerated((argument as StringSyntax)?.Value),
            "cuid" or "uuid" or "ulid" or "nanoid" => new DefaultValue.Client(
                function.Name.Name,
                argument is NumberSyntax number && int.TryParse(number.Text, CultureInfo.InvariantCulture, out var n) ? n : null),
            _ => null,
        };
    }
}
