using System.Text;

namespace Sluice.Postgres.Reading;

/// <summary>The text form of a one-dimensional array: `{a,"b c",d}`.</summary>
internal static class ArrayLiteral
{
    /// <returns>Null when the text is something else: nested arrays, bounds, NULL elements.</returns>
    public static List<string>? Read(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length < 2 || trimmed[0] != '{' || trimmed[^1] != '}')
        {
            return null;
        }

        var items = new List<string>();
        var inside = trimmed[1..^1];
        if (inside.AsSpan().Trim().IsEmpty)
        {
            return items;
        }

        for (var at = 0; ;)
        {
            if (ReadElement(inside, ref at) is not { } item)
            {
                return null;
            }

            items.Add(item);
            if (at >= inside.Length)
            {
                return items;
            }

            if (inside[at++] != ',')
            {
                return null;
            }
        }
    }

    private static string? ReadElement(string text, ref int at)
    {
        at = SkipBlanks(text, at);
        var quoted = at < text.Length && text[at] == '"';
        at += quoted ? 1 : 0;
        var value = new StringBuilder();
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '\\' && at + 1 < text.Length)
            {
                value.Append(text[++at]);
            }
            else if (quoted && c == '"')
            {
                at = SkipBlanks(text, at + 1);
                return value.ToString();
            }
            else if (!quoted && c is '{' or '}' or '"')
            {
                return null;
            }
            else if (!quoted && c == ',')
            {
                break;
            }
            else
            {
                value.Append(c);
            }
        }

        var bare = value.ToString().Trim();
        return quoted || bare.Length == 0 || bare.Equals("NULL", StringComparison.OrdinalIgnoreCase) ? null : bare;
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }
}
