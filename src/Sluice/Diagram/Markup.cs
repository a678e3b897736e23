using System.Text;

namespace Sluice.Diagram;

/// <summary>Text as it may stand in XML and HTML, whoever wrote it.</summary>
public static class Markup
{
    /// <summary>For text and for values in double quotes. What XML cannot hold, and what would turn the writing around, becomes �.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            escaped.Append(rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\n' => "\n",
                '\t' => " ",
                < 0x20 or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF => "\uFFFD",
                0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => "\uFFFD",
                _ => rune.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>The same on one line.</summary>
    public static string EscapeLine(string text) => Escape(text).Replace('\n', '\uFFFD');

    /// <summary>A name as an id, the name of a file or a part of an address: others' signs as their number, no two names alike, also where case counts for nothing.</summary>
    public static string Identifier(string name)
    {
        var id = new StringBuilder(name.Length);
        foreach (var sign in name)
        {
            if (sign is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')
            {
                id.Append(sign);
            }
            else
            {
                id.Append('-').Append(((int)sign).ToString("x", System.Globalization.CultureInfo.InvariantCulture)).Append('-');
            }
        }

        return id.ToString();
    }
}
