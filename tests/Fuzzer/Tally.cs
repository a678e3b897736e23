using System.Globalization;

namespace Sluice.Fuzzer;

/// <summary>What one check found: figures, and one shrunk example for each kind of disagreement.</summary>
internal sealed class Tally(string name, Func<string[], Disagreement?> ask)
{
    private readonly Dictionary<string, Cluster> clusters = new(StringComparer.Ordinal);

    public int Asked { get; private set; }

    public int Disagreed { get; private set; }

    public string Name => name;

    public void Add(int number, params string[] texts)
    {
        Asked++;
        if (ask(texts) is not { } found)
        {
            return;
        }

        Disagreed++;
        if (!clusters.TryGetValue(found.Kind, out var cluster))
        {
            clusters.Add(found.Kind, cluster = new(number, texts));
        }

        cluster.Count++;
    }

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-9} {Asked,7} asked {Asked - Disagreed,7} agree {Disagreed,6} differ  {(Asked == 0 ? 0 : 100.0 * Disagreed / Asked):0.00} %  {clusters.Count} kinds");

    /// <summary>The most frequent kinds, each with its smallest input.</summary>
    public void Report(TextWriter output, int limit)
    {
        foreach (var (kind, cluster) in ByKind(Small(limit * 4)).Take(limit))
        {
            var found = ask(cluster.Texts)!;
            output.WriteLine($"\n### {name}: {cluster.Count} × {kind}   (case {cluster.Number})");
            foreach (var (text, i) in cluster.Texts.Select((t, i) => (t, i)))
            {
                output.WriteLine($"--- {(cluster.Texts.Length == 1 ? "schema" : i == 0 ? "from" : "to")}\n{text.Trim('\n')}");
            }

            output.WriteLine($"--- expected\n{found.Expected.Trim('\n')}\n--- got\n{found.Got.Trim('\n')}");
        }
    }

    private static IEnumerable<KeyValuePair<string, Cluster>> ByKind(Dictionary<string, Cluster> clusters) =>
        clusters.OrderByDescending(c => c.Value.Count).ThenBy(c => c.Key, StringComparer.Ordinal);

    // Shrinking often uncovers that several kinds are one.
    private Dictionary<string, Cluster> Small(int limit)
    {
        var small = new Dictionary<string, Cluster>(StringComparer.Ordinal);
        foreach (var (_, cluster) in ByKind(clusters).Take(limit))
        {
            var first = ask(cluster.Texts)!;
            var texts = Shrinker.Shrink(cluster.Texts, candidate =>
                ask(candidate) is { } found && found.Family == first.Family && found.Complaints.IsSubsetOf(first.Complaints));
            var kind = ask(texts)!.Kind;
            if (!small.TryGetValue(kind, out var known))
            {
                small.Add(kind, known = new(cluster.Number, texts));
            }

            known.Count += cluster.Count;
        }

        return small;
    }

    private sealed class Cluster(int number, string[] texts)
    {
        public int Number { get; } = number;

        public string[] Texts { get; } = texts;

        public int Count { get; set; }
    }
}
