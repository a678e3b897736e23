namespace Sluice.Model.Fields;

/// <summary>RFC 3339, the form that DateTime defaults are written in: `2024-01-31T12:00:00.5+00:00`.</summary>
internal static class DateTimeText
{
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length < 20
            || !TryDigits(text[..4], out var year) || text[4] != '-'
            || !TryDigits(text[5..7], out var month) || text[7] != '-'
            || !TryDigits(text[8..10], out var day) || text[10] is not ('T' or 't' or ' ')
            || !TryDigits(text[11..13], out var hour) || text[13] != ':'
            || !TryDigits(text[14..16], out var minute) || text[16] != ':'
            || !TryDigits(text[17..19], out var second))
        {
            return false;
        }

        var rest = text[19..];
        if (rest is ['.', ..])
        {
            var end = 1;
            while (end < rest.Length && char.IsAsciiDigit(rest[end]))
            {
                end++;
            }

            if (end == 1)
            {
                return false;
            }

            rest = rest[end..];
        }

        return month is >= 1 and <= 12
            && day >= 1 && day <= DateTime.DaysInMonth(year is 0 ? 4 : year, month)
            && hour <= 23 && minute <= 59 && second <= 60
            && IsOffset(rest);
    }

    private static bool IsOffset(ReadOnlySpan<char> text) => text is ['Z' or 'z']
        || (text is ['+' or '-', _, _, ':', _, _]
            && TryDigits(text[1..3], out var hours) && hours <= 23
            && TryDigits(text[4..6], out var minutes) && minutes <= 59);

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
