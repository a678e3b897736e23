using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Cli.Output;

/// <summary>Text that a terminal shows and does not obey: names, notices and messages come from files and servers.</summary>
internal static partial class VisibleText
{
    /// <param name="colored">The colours of <see cref="Ink"/> stand in the text and stay.</param>
    public static string Of(string text, bool colored)
    {
        if (!text.Any(IsHidden))
        {
            return text;
        }

        var visible = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (colored && text[i] == '\e' && Color().Match(text, i) is { Success: true } color)
            {
                visible.Append(color.ValueSpan);
                i += color.Length - 1;
            }
            else if (!IsHidden(text[i]))
            {
                visible.Append(text[i]);
            }
            else if (text[i] != '\r' || i + 1 == text.Length || text[i + 1] != '\n')
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }
        }

        return visible.ToString();
    }

    // Marks that turn the reading direction make a text look like another one.
    private static bool IsHidden(char c) => (char.IsControl(c) && c is not ('\n' or '\t')) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    [GeneratedRegex(@"\G\e\[(?:1;3[1-3]|3[1-369]|[0-2])m", RegexOptions.CultureInvariant)]
    private static partial Regex Color();
}
