namespace Sluice.Model.Mistakes;

/// <summary>Finds what a misspelt word may have meant.</summary>
internal static class Spelling
{
    // A broken file can have thousands of unknown words; looking further for each would take longer than reading the file.
    private const int MostCandidates = 300;

    private const int MostChanges = 2;

    private const int LongestWord = 100;

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

    /// <summary>How many letters differ, two that changed places counting once; at most one more than is near.</summary>
    private static int Changes(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > MostChanges || right.Length > LongestWord)
        {
            return MostChanges + 1;
        }

        Span<int> rows = stackalloc int[3 * (LongestWord + 1)];
        var before = rows[..(right.Length + 1)];
        var above = rows.Slice(LongestWord + 1, right.Length + 1);
        var row = rows.Slice(2 * (LongestWord + 1), right.Length + 1);
        for (var j = 0; j <= right.Length; j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            // Cells further off the diagonal than the changes allowed cannot be part of an answer.
            var from = Math.Max(1, i - MostChanges);
            var to = Math.Min(right.Length, i + MostChanges);
            row[from - 1] = from is 1 ? i : MostChanges + 1;
            var least = row[from - 1];
            if (to > 0 && to == i + MostChanges)
            {
                above[to] = MostChanges + 1;
            }

            for (var j = from; j <= to; j++)
            {
                var changed = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(above[j - 1] + changed, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }

                least = Math.Min(least, row[j]);
            }

            if (least > MostChanges)
            {
                return MostChanges + 1;
            }

            var oldest = before;
            before = above;
            above = row;
            row = oldest;
        }

        return above[^1];
    }
}
