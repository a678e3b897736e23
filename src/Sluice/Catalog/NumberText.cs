namespace Sluice.Catalog;

/// <summary>Decimal numbers of any length as text.</summary>
public static class NumberText
{
    /// <summary>Without leading zeros and without a negative zero; the fraction's digits stay as they are.</summary>
    public static string Format(string number)
    {
        var text = number.Trim();
        var negative = text.StartsWith('-');
        var digits = text.TrimStart('-', '+');
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var whole = (point < 0 ? digits : digits[..point]).TrimStart('0');
        var fraction = point < 0 ? "" : digits[point..];
        var isZero = whole.Length == 0 && fraction.AsSpan().TrimStart('.').Trim('0').IsEmpty;
        return $"{(negative && !isZero ? "-" : "")}{(whole.Length == 0 ? "0" : whole)}{fraction}";
    }

    /// <summary>The same text for equal numbers: no trailing zeros in the fraction.</summary>
    public static string Canonical(string number)
    {
        var text = Format(number);
        return text.Contains('.', StringComparison.Ordinal) && !text.Contains('e', StringComparison.OrdinalIgnoreCase)
            ? text.TrimEnd('0').TrimEnd('.')
            : text;
    }
}
