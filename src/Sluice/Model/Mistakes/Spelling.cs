namespace Sluice.Model.Mistakes;

/// <summary>Finds what a misspelt word may have meant.</summary>
internal static class Spelling
{
    // A broken file can have thousands of unknown words; looking further for each would take longer than reading the file.
    private const int MostCandidates = 300;

    private const int MostChanges = 2;

    /// <summary>The candidate nearest to the word, null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var best = (Name: (string?)null, Changes: MostChanges + 1);
        foreach (var candidate in candidates.Take(MostCandidates))
        {
            var changes = candidate.Equals(word, StringComparison.OrdinalIgnoreCase) ? 0 : Changes(word, candidate);
            if (changes < best.Changes && changes < Math.Max(word.Length, candidate.Length))
            {
                best = (candidate, changes);
            }
        }

        // Of a short word, two changes leave too little to recognise it by.
        return best.Changes * 2 < word.Length ? best.Name : null;
    }

    /// <summary>How many letters differ, at most one more than is near.</summary>
    private static int Changes(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > MostChanges)
        {
            return MostChanges + 1;
        }

        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            var least = row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = left[i - 1] == right[j - 1] ? diagonal : diagonal + 1;
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
                least = Math.Min(least, row[j]);
            }

            if (least > MostChanges)
            {
                return MostChanges + 1;
            }
        }

        return row[^1];
    }
}
