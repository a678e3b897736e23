using System.Text.RegularExpressions;

namespace Sluice.Fuzzer;

/// <summary>Makes a disagreement small: whole blocks, then lines, then words go, as long as the same kind of disagreement remains.</summary>
internal static partial class Shrinker
{
    public static string[] Shrink(string[] texts, Func<string[], bool> remains, int budget = 3000)
    {
        var before = "";
        while (before != string.Join('\0', texts) && budget > 0)
        {
            before = string.Join('\0', texts);
            texts = WithoutNames(texts, remains, ref budget);
            foreach (var unit in (Func<string, List<string>>[])[Blocks, Lines, Words])
            {
                // The same block or line is likely to stand on both sides of a pair: try it on both at once first.
                texts = Together(texts, unit, remains, ref budget);
                for (var side = 0; side < texts.Length; side++)
                {
                    texts = OneSide(texts, side, unit, remains, ref budget);
                }
            }
        }

        return texts;
    }

    /// <summary>Leaves out one name and every line that mentions it, and both sides of a relation at once.</summary>
    private static string[] WithoutNames(string[] texts, Func<string[], bool> remains, ref int budget)
    {
        foreach (var name in NamePattern().Matches(string.Join('\n', texts)).Select(m => m.Value).Distinct().Reverse().ToList())
        {
            var mentions = new Regex($@"(?<!\w){Regex.Escape(name)}(?!\w)");
            var lines = texts.SelectMany(Lines).Where(l => mentions.IsMatch(l) && !l.EndsWith("{\n", StringComparison.Ordinal)).ToHashSet();
            var partners = lines.Where(l => l.Contains("@relation", StringComparison.Ordinal) || l.Contains("[]", StringComparison.Ordinal));
            foreach (var gone in (HashSet<string>[])[lines, [.. lines, .. partners.SelectMany(l => Partners(texts, l))]])
            {
                var candidate = texts.Select(t => string.Concat(Blocks(t).Where(b => !Heads(b, mentions)).Select(b => string.Concat(Lines(b).Where(l => !gone.Contains(l)))))).ToArray();
                if (budget-- > 0 && remains(candidate))
                {
                    texts = candidate;
                    break;
                }
            }
        }

        return texts;
    }

    private static bool Heads(string block, Regex name) =>
        Lines(block).Find(l => l.EndsWith("{\n", StringComparison.Ordinal)) is { } head && name.IsMatch(head);

    /// <summary>The lines of the model that a relation field points to which point back.</summary>
    private static IEnumerable<string> Partners(string[] texts, string line)
    {
        foreach (var blocks in texts.Select(Blocks))
        {
            var owner = blocks.Find(b => b.Contains(line, StringComparison.Ordinal));
            if (owner is null || Word(line, 1) is not { } other || Word(owner.TrimStart('\n'), 1) is not { } name)
            {
                continue;
            }

            foreach (var back in blocks.Where(b => Word(b.TrimStart('\n'), 1) == other).SelectMany(Lines).Where(l => Word(l, 1) == name))
            {
                yield return back;
            }
        }
    }

    private static string? Word(string text, int index) =>
        text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(index)?.TrimEnd('?', '[', ']');

    private static string[] Together(string[] texts, Func<string, List<string>> unit, Func<string[], bool> remains, ref int budget)
    {
        if (texts.Length < 2)
        {
            return texts;
        }

        foreach (var piece in unit(texts[0]).Where(p => p.Trim().Length > 0).Reverse())
        {
            if (budget <= 0 || !texts.All(t => t.Contains(piece, StringComparison.Ordinal)))
            {
                continue;
            }

            var candidate = texts.Select(t => Without(t, piece)).ToArray();
            budget--;
            texts = remains(candidate) ? candidate : texts;
        }

        return texts;
    }

    private static string[] OneSide(string[] texts, int side, Func<string, List<string>> unit, Func<string[], bool> remains, ref int budget)
    {
        var pieces = unit(texts[side]);
        for (var i = pieces.Count - 1; i >= 0 && budget > 0; i--)
        {
            var rest = pieces.Where((_, at) => at != i);
            var candidate = texts.ToArray();
            candidate[side] = string.Concat(rest);
            budget--;
            if (remains(candidate))
            {
                pieces.RemoveAt(i);
                texts = candidate;
            }
        }

        return texts;
    }

    private static string Without(string text, string piece)
    {
        var at = text.IndexOf(piece, StringComparison.Ordinal);
        return text.Remove(at, piece.Length);
    }

    private static List<string> Blocks(string text) => [.. BlockPattern().Split(text).Where(p => p.Length > 0)];

    private static List<string> Lines(string text) => [.. LinePattern().Matches(text).Select(m => m.Value)];

    private static List<string> Words(string text) => [.. WordPattern().Matches(text).Select(m => m.Value)];

    [GeneratedRegex(@"[^\W\d]\w*\d+\w*")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"(?<=^\}\n)", RegexOptions.Multiline)]
    private static partial Regex BlockPattern();

    [GeneratedRegex(@"[^\n]*\n|[^\n]+$")]
    private static partial Regex LinePattern();

    [GeneratedRegex("""\s*(?:@{0,2}[\w.]+(?:\((?:[^()"\n]|"(?:[^"\\\n]|\\.)*"|\([^()\n]*\))*\))?\??|,|.|\n)""")]
    private static partial Regex WordPattern();
}
