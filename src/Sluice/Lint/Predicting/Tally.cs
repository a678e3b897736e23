using Sluice.Catalog;
using Sluice.Lint.Known;
using Sluice.Plan;

namespace Sluice.Lint.Predicting;

/// <summary>Gathers what the parts of a statement do.</summary>
internal sealed class Tally(KnownSchema known)
{
    private readonly SortedDictionary<string, LockLevel> locks = new(StringComparer.Ordinal);
    private readonly SortedSet<string> rewrites = new(StringComparer.Ordinal);
    private readonly SortedSet<string> scans = new(StringComparer.Ordinal);
    private readonly SortedSet<string> indexes = new(StringComparer.Ordinal);

    public KnownSchema Known => known;

    public string? Unclear { get; set; }

    public void Lock(string table, LockLevel level)
    {
        if (table.Length > 0)
        {
            locks[table] = locks.TryGetValue(table, out var held) && held > level ? held : level;
        }
    }

    public void Lock(ObjectName table, LockLevel level) => Lock(KnownSchema.KeyOf(table), level);

    public LockLevel LockOn(string table) => locks.GetValueOrDefault(table);

    /// <summary>It and all that is below it: partitions, inheritors.</summary>
    public void LockWhole(string table, LockLevel level)
    {
        Lock(table, level);
        foreach (var below in known.Below(table))
        {
            Lock(below.Key, level);
        }
    }

    /// <summary>Rows of a partitioned table are in its partitions, which are locked with it.</summary>
    public void Scan(string table, LockLevel level)
    {
        Lock(table, level);
        if (known.Find(table) is not { Partitioned: true })
        {
            scans.Add(table);
            return;
        }

        LockWhole(table, level);
        scans.UnionWith(Partitions(table));
    }

    public void Rewrite(string table)
    {
        Scan(table, LockLevel.AccessExclusive);
        Empty(table);
    }

    /// <summary>Its rows go without being read.</summary>
    public void Empty(string table)
    {
        var partitioned = known.Find(table) is { Partitioned: true };
        if (partitioned)
        {
            LockWhole(table, LockLevel.AccessExclusive);
        }

        Lock(table, LockLevel.AccessExclusive);
        foreach (var held in partitioned ? Partitions(table) : [table])
        {
            rewrites.Add(held);
            Rebuild(known.Find(held)?.Indexes.Select(i => i.Name) ?? []);
        }
    }

    public void Rebuild(IEnumerable<string> built) => indexes.UnionWith(built);

    public Prediction Sum() => new(
        [.. locks.Where(l => l.Value > LockLevel.None).Select(l => new TableLock(l.Key, l.Value))],
        [.. rewrites],
        [.. scans],
        [.. indexes],
        Unclear);

    private IEnumerable<string> Partitions(string table) => known.Below(table).Where(p => !p.Partitioned).Select(p => p.Key);
}
