namespace Sluice.Fuzzer;

/// <summary>Chance that is the same for the same seed on every machine and runtime.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>From 0 up to and without <paramref name="limit"/>.</summary>
    public int Roll(int limit) => (int)(Next() % (ulong)limit);

    public int Between(int first, int last) => first + Roll(last - first + 1);

    public bool Chance(int percent) => Roll(100) < percent;

    public T Pick<T>(IReadOnlyList<T> items) => items[Roll(items.Count)];

    /// <summary>Some of the items, in a random order.</summary>
    public List<T> Some<T>(IReadOnlyList<T> items, int count)
    {
        var rest = items.ToList();
        var picked = new List<T>();
        while (picked.Count < count && rest.Count > 0)
        {
            var at = Roll(rest.Count);
            picked.Add(rest[at]);
            rest.RemoveAt(at);
        }

        return picked;
    }

    // splitmix64
    private ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
