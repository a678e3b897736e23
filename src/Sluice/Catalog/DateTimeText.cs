namespace Sluice.Catalog;

/// <summary>RFC 3339 times as Prisma writes them into SQL.</summary>
internal static class DateTimeText
{
    /// <summary>`2020-01-02T03:04:05.120Z` to `2020-01-02 03:04:05.120 +00:00`: a fraction has 3, 6 or 9 digits, or is left out when zero.</summary>
    public static string Format(string text)
    {
        if (text.Length < 20)
        {
            return text;
        }

        var date = text[..10];
        var time = text[11..19];
        var end = 19;
        if (text[end] == '.')
        {
            end++;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }
        }

        var zone = text[end..];
        return $"{date} {time}{Fraction(text.AsSpan(19, end - 19))} {(zone is "Z" or "z" or "-00:00" ? "+00:00" : zone)}";
    }

    private static string Fraction(ReadOnlySpan<char> written)
    {
        var digits = written.TrimStart('.');
        var nanoseconds = digits.Length > 9 ? digits[..9] : digits;
        var significant = nanoseconds.TrimEnd('0').Length;
        return significant switch
        {
            0 => "",
            <= 3 => "." + nanoseconds[..significant].ToString().PadRight(3, '0'),
            <= 6 => "." + nanoseconds[..significant].ToString().PadRight(6, '0'),
            _ => "." + nanoseconds[..significant].ToString().PadRight(9, '0'),
        };
    }
}
