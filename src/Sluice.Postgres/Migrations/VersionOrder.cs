namespace Sluice.Postgres.Migrations;

/// <summary>By version: as numbers when every version is one, else ordinally; 9 comes before 10 and before 010_x.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    private readonly bool numbers;

    /// <param name="migrations">All names that will be compared: one version that is no number changes the order of all.</param>
    public VersionOrder(IEnumerable<string> migrations) =>
        numbers = migrations.All(m => VersionedName.VersionOf(m).All(char.IsAsciiDigit));

    public int Compare(string? x, string? y)
    {
        var byVersion = CompareVersions(VersionedName.VersionOf(x ?? ""), VersionedName.VersionOf(y ?? ""));
        return byVersion != 0 ? byVersion : string.CompareOrdinal(x, y);
    }

    /// <summary>0 for versions that mean the same one: 1 and 001 where all are numbers.</summary>
    public int CompareVersions(string x, string y)
    {
        if (!numbers)
        {
            return string.CompareOrdinal(x, y);
        }

        // Of any length: a time stamp with fractions does not fit a number type.
        var (a, b) = (x.TrimStart('0'), y.TrimStart('0'));
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
    }
}
