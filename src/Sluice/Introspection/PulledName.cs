using System.Text;

namespace Sluice.Introspection;

/// <summary>What a database object is called in the schema.</summary>
/// <param name="Map">The name in the database where the two differ.</param>
/// <param name="Origin">Why it is called so.</param>
internal sealed record PulledName(string Name, string? Map, NameOrigin Origin)
{
    /// <summary>Nothing of the name can stand in a schema; <see cref="Name"/> is then the database's, for a comment.</summary>
    public bool IsUnsayable => Origin is NameOrigin.Unsayable;

    /// <summary>Letters, digits and underscores, beginning with a letter; may become empty.</summary>
    public static string Sanitise(string name)
    {
        var start = 0;
        while (start < name.Length && !char.IsAsciiLetter(name[start]))
        {
            start++;
        }

        var clean = new StringBuilder(name.Length - start);
        foreach (var rune in name.AsSpan(start).EnumerateRunes())
        {
            clean.Append(rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == '_') ? (char)rune.Value : '_');
        }

        return clean.ToString();
    }
}

internal enum NameOrigin
{
    Same,
    Previous,
    Sanitised,
    Reserved,
    Duplicate,
    Unsayable,
}
