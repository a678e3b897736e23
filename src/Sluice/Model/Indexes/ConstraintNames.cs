using System.Text;

namespace Sluice.Model.Indexes;

/// <summary>The names that keys, indexes and foreign keys have when nobody gave one.</summary>
internal static class ConstraintNames
{
    // PostgreSQL cuts longer identifiers by itself, and then not where we would.
    private const int Limit = 63;

    public static string PrimaryKey(string table) => Fit(table, "_pkey");

    public static string Unique(string table, IEnumerable<string> columns) => Fit(Join(table, columns), "_key");

    public static string Index(string table, IEnumerable<string> columns) => Fit(Join(table, columns), "_idx");

    public static string ForeignKey(string table, IEnumerable<string> columns) => Fit(Join(table, columns), "_fkey");

    public static bool Fits(string name) => Encoding.UTF8.GetByteCount(name) <= Limit;

    private static string Join(string table, IEnumerable<string> columns) => $"{table}_{string.Join('_', columns)}";

    /// <summary>Cuts the stem, never the suffix, at a character boundary of its UTF-8 form.</summary>
    private static string Fit(string stem, string suffix)
    {
        var room = Limit - suffix.Length;
        if (stem.Length * 3 <= room || Encoding.UTF8.GetByteCount(stem) <= room)
        {
            return stem + suffix;
        }

        var end = 0;
        var bytes = 0;
        foreach (var rune in stem.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > room)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        return stem[..end] + suffix;
    }
}
