using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>How much two things have in common, added up trait by trait; the weights of all traits make one.</summary>
internal sealed record Likeness(double Score, ImmutableArray<string> Reasons)
{
    public static Likeness None { get; } = new(0, []);

    /// <param name="share">How far the two agree in it, from 0 to 1.</param>
    public Likeness With(double weight, double share, string reason) =>
        new(Score + (weight * share), share >= 0.5 ? Reasons.Add(reason) : Reasons);

    public RenameCandidate Candidate(Rename rename, ObjectName holder) =>
        new(rename, Math.Round(Score, 2), Reasons) { Holder = holder };

    public static double Same<T>(T left, T right) => EqualityComparer<T>.Default.Equals(left, right) ? 1 : 0;

    /// <summary>The share of the things in both among those in either.</summary>
    public static double Common<T>(IEnumerable<T> left, IEnumerable<T> right)
    {
        var (one, two) = (left.ToHashSet(), right.ToHashSet());
        var all = one.Union(two).Count();
        return all == 0 ? 1 : (double)one.Intersect(two).Count() / all;
    }

    /// <summary>Blind to case and underscores; a name within the other one counts for more than its letters.</summary>
    public static double OfNames(string left, string right)
    {
        var (one, two) = (Letters(left), Letters(right));
        if (one.Length == 0 || two.Length == 0)
        {
            return 0;
        }

        var alike = 1 - ((double)Distance(one, two) / Math.Max(one.Length, two.Length));
        var contained = Math.Min(one.Length, two.Length) > 2 && (one.Contains(two, StringComparison.Ordinal) || two.Contains(one, StringComparison.Ordinal));
        return contained ? Math.Max(alike, 0.7) : alike;
    }

    private static string Letters(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>How many letters must be put in, taken out or replaced.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var (corner, above) = (row[0], 0);
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, corner + (left[i - 1] == right[j - 1] ? 0 : 1));
                corner = above;
            }
        }

        return row[^1];
    }
}
