using System.Collections.Immutable;

namespace Sluice.Diff;

/// <summary>The difference of two lists whose items have a key. Every list keeps the order it came in; pairs are in the order of the left one.</summary>
internal sealed record KeyedDifference<T>(
    ImmutableArray<T> Added,
    ImmutableArray<T> Removed,
    ImmutableArray<(T From, T To)> Common);

internal static class KeyedDifference
{
    public static KeyedDifference<T> Of<T, TKey>(IEnumerable<T> from, IEnumerable<T> to, Func<T, TKey> key)
        where TKey : notnull
    {
        var wanted = new Dictionary<TKey, T>();
        foreach (var item in to)
        {
            wanted[key(item)] = item;
        }

        var known = new HashSet<TKey>();
        var removed = ImmutableArray.CreateBuilder<T>();
        var common = ImmutableArray.CreateBuilder<(T, T)>();
        foreach (var item in from)
        {
            var name = key(item);
            known.Add(name);
            if (wanted.TryGetValue(name, out var other))
            {
                common.Add((item, other));
            }
            else
            {
                removed.Add(item);
            }
        }

        return new([.. to.Where(item => !known.Contains(key(item)))], removed.ToImmutable(), common.ToImmutable());
    }
}
