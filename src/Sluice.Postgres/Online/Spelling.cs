using System.Text;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Online;

/// <summary>Names and literals as SQL has them.</summary>
internal static class Spelling
{
    private const int LongestName = 63;

    public static string Quote(string name) => ServerConnection.Quote(name);

    public static string Quote(ObjectName name) => $"{Quote(name.Schema)}.{Quote(name.Name)}";

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The part of a name that fits, never cut inside a character.</summary>
    public static string Cut(string name, int bytes = LongestName)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var end = Math.Min(bytes, text.Length);
        while (end < text.Length && (text[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return Encoding.UTF8.GetString(text, 0, end);
    }
}
