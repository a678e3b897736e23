using System.Globalization;
using Sluice.Syntax;

namespace Sluice.Model.Fields;

/// <summary>Turns an accepted default into its value.</summary>
internal static class DefaultValues
{
    public static DefaultValue? Convert(FieldType type, ExpressionSyntax value) => value switch
    {
        StringSyntax text => new DefaultValue.Text(text.Value),
        NumberSyntax number => new DefaultValue.Number(number.Text),
        ConstantSyntax constant when type is FieldType.Enum => new DefaultValue.EnumMember(constant.Text),
        ConstantSyntax constant => new DefaultValue.Boolean(constant.Text is "true"),
        ArraySyntax array => new DefaultValue.List([.. array.Items.Select(i => Convert(type, i)).OfType<DefaultValue>()]),
        FunctionSyntax function => Convert(function),
        _ => null,
    };

    private static DefaultValue? Convert(FunctionSyntax function)
    {
        var argument = function.Arguments is [{ Value: var value }, ..] ? value : null;
        return function.Name.Name switch
        {
            "now" => new DefaultValue.Now(),
            "autoincrement" => new DefaultValue.AutoIncrement(),
            "dbgenerated" => new DefaultValue.DbGenerated((argument as StringSyntax)?.Value),
            "cuid" or "uuid" or "ulid" or "nanoid" => new DefaultValue.Client(function.Name.Name, Number(argument)),
            _ => null,
        };
    }

    private static int? Number(ExpressionSyntax? argument) =>
        argument is NumberSyntax number && int.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
