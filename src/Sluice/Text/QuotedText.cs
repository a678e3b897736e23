using System.Globalization;
using System.Text;

namespace Sluice.Text;

/// <summary>Text between double quotes, as the schema language and C# both write it.</summary>
internal static class QuotedText
{
    /// <param name="alsoByNumber">Characters beyond ASCII that are written by their number, as control characters are.</param>
    public static string Write(string value, string alsoByNumber = "")
    {
        // Nearly always a name, and of those a large schema has tens of thousands.
        if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~') && !value.AsSpan().ContainsAny('"', '\\'))
        {
            return $"\"{value}\"";
        }

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
                case < ' ' or '\u007f':
                case var _ when alsoByNumber.Contains(c):
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        return text.Append('"').ToString();
    }
}
