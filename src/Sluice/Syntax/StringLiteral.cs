using System.Globalization;
using System.Text;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>The escapes of a quoted string, which are JSON's.</summary>
internal static class StringLiteral
{
    /// <summary>The value of a literal; a bad escape counts as nothing.</summary>
    public static string Value(string text, TextSpan literal)
    {
        var content = text.AsSpan(literal.Start + 1, literal.Length - 2);
        if (content.IndexOf('\\') < 0)
        {
            return content.ToString();
        }

        var value = new StringBuilder();
        foreach (var (_, _, resolved) in Parts(text, literal))
        {
            value.Append(resolved);
        }

        return value.ToString();
    }

    public static IEnumerable<(BadEscape Kind, TextSpan Span)> BadEscapes(string text, TextSpan literal) =>
        text.IndexOf('\\', literal.Start, literal.Length) < 0
            ? []
            : Parts(text, literal).Where(p => p.Bad is not null).Select(p => (p.Bad!.Value, p.Span));

    private static IEnumerable<(TextSpan Span, BadEscape? Bad, string Value)> Parts(string text, TextSpan literal)
    {
        var end = literal.End - 1;
        var i = literal.Start + 1;
        while (i < end)
        {
            var stop = text.IndexOf('\\', i, end - i);
            if (stop != i)
            {
                stop = stop < 0 ? end : stop;
                yield return (TextSpan.FromBounds(i, stop), null, text[i..stop]);
                i = stop;
                continue;
            }

            var part = text[i + 1] == 'u' ? Unicode(text, i, end) : Simple(text, i, end);
            yield return part;
            i = part.Span.End;
        }
    }

    private static (TextSpan Span, BadEscape? Bad, string Value) Simple(string text, int start, int end)
    {
        var value = text[start + 1] switch
        {
            '"' => "\"",
            '\\' => "\\",
            '/' => "/",
            'b' => "\b",
            'f' => "\f",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            _ => null,
        };

        var length = value is null && char.IsHighSurrogate(text[start + 1]) && start + 2 < end ? 3 : 2;
        return (new TextSpan(start, length), value is null ? BadEscape.Unknown : null, value ?? "");
    }

    private static (TextSpan Span, BadEscape? Bad, string Value) Unicode(string text, int start, int end)
    {
        var (length, first) = CodeUnit(text, start, end);
        if (first is not { } high)
        {
            return (new TextSpan(start, length), BadEscape.Unicode, "");
        }

        if (!char.IsSurrogate(high))
        {
            return (new TextSpan(start, length), null, high.ToString());
        }

        var (secondLength, second) = CodeUnit(text, start + length, end);
        if (second is not { } low)
        {
            return (new TextSpan(start, length), BadEscape.Unicode, "");
        }

        var span = new TextSpan(start, length + secondLength);
        return char.IsSurrogatePair(high, low) ? (span, null, $"{high}{low}") : (span, BadEscape.Unicode, "");
    }

    private static (int Length, char? Unit) CodeUnit(string text, int start, int end)
    {
        if (end - start < 2 || text[start] != '\\' || text[start + 1] != 'u')
        {
            return (0, null);
        }

        var digits = start + 2;
        while (digits < end && digits < start + 6 && char.IsAsciiHexDigit(text[digits]))
        {
            digits++;
        }

        return digits < start + 6
            ? (digits - start, null)
            : (6, (char)ushort.Parse(text.AsSpan(start + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}

internal enum BadEscape
{
    Unknown,
    Unicode,
}
