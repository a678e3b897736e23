using System.Globalization;
using Sluice.Text;

namespace Sluice.CodeGen.EFCore;

/// <summary>Values as C# writes them.</summary>
internal static class CodeLiteral
{
    // C# ends a line at these, too.
    public static string Text(string value) => QuotedText.Write(value, "\u0085\u2028\u2029");

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
