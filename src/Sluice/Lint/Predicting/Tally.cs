using Sluice.Catalog;
using Sluice.Lint.Known;
using Sluice.Plan;
using Sluice.Sql.Effects;

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

    /// <summary>Rows of a partitioned table are in its partitions, which are locked with it.</summary>
    public void Scan(string table, LockLevel level)
    {
        Lock(table, level);
        if (known.Find(table) is not { Partitioned: true })
        {
            scans.Add(table);
            return;
        }

        foreach (var partition in Partitions(table))
        {
            Lock(partition, level);
            scans.Add(partition);
        }
    }

    public void Rewrite(string table)
    {
        Scan(table, LockLevel.AccessExclusive);
        Empty(table);
    }

    /// <summary>Its rows go without being read.</summary>
    public void Empty(string table)
    {
        Lock(table, LockLevel.AccessExclusive);
        foreach (var held in known.Find(table) is { Partitioned: true } ? Partitions(table) : [table])
        {
            Lock(held, LockLevel.AccessExclusive);
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

    // Partitions of partitions too; a seen one is not gone into again.
    private List<string> Partitions(string table)
    {
        var (found, next) = (new List<string>(), new Queue<string>([table]));
        var seen = new HashSet<string>(StringComparer.Ordinal) { table };
        while (next.TryDequeue(out var at))
        {
            foreach (var partition in known.PartitionsOf(at).Where(p => seen.Add(p.Key)))
            {
                if (partition.Partitioned)
                {
                    next.Enqueue(partition.Key);
                }
                else
                {
                    found.Add(partition.Key);
                }
            }
        }

        return found;
    }
}
