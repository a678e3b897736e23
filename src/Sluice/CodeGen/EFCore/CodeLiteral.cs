using System.Globalization;
using System.Text;

namespace Sluice.CodeGen.EFCore;

/// <summary>Values as C# writes them.</summary>
internal static class CodeLiteral
{
    public static string Text(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"' or '\\':
                    text.Append('\\').Append(c);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029':
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        return text.Append('"').ToString();
    }

    public static string Boolean(bool value) => value ? "true" : "false";

    /// <summary>Null where the number does not fit the type: the database keeps its default, C# cannot say it.</summary>
    public static string? Number(string value, string type) => type switch
    {
        "short" => short.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? Say(number) : null,
        "int" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? Say(number) : null,
        "long" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? Say(number) + "L" : null,
        "uint" => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Say(number) + "u" : null,
        "decimal" => decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && Digits(value) <= 28
            ? Say(number) + "m"
            : null,
        "float" => float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) + "f" : null,
        "double" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) + "d" : null,
        _ => null,
    };

    private static int Digits(string value) => value.Count(char.IsAsciiDigit);

    private static string Say<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
