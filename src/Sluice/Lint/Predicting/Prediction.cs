using Sluice.Catalog;
using Sluice.Lint.Known;
using Sluice.Plan;
using Sluice.Text;

namespace Sluice.Lint.Predicting;

/// <summary>What a statement will do to others, told before it runs; the rules read it, and what is measured on a server is held against it.</summary>
/// <param name="Locks">The strongest lock on each table and view that was there before, by name.</param>
/// <param name="Rewrites">Those that are written anew.</param>
/// <param name="Scans">Those that are read to their end, while the lock is held; the rewritten ones among them.</param>
/// <param name="Indexes">Indexes that are built again.</param>
/// <param name="Unclear">What the text does not decide, where the worse was assumed; null when nothing is open.</param>
public sealed record Prediction(
    EquatableArray<TableLock> Locks,
    EquatableArray<string> Rewrites,
    EquatableArray<string> Scans,
    EquatableArray<string> Indexes,
    string? Unclear)
{
    // Measured on an ordinary machine, and low on purpose: an outage that ends early disturbs nobody.
    private const double RewrittenBytesASecond = 30e6;
    private const double ScannedBytesASecond = 200e6;

    public static Prediction None { get; } = new([], [], [], [], null);

    public LockLevel LockOn(string table) => Locks.Items.FirstOrDefault(l => l.Table == table)?.Level ?? LockLevel.None;

    public bool Rewriting(string table) => Rewrites.Items.Contains(table);

    public bool Scanning(string table) => Scans.Items.Contains(table);

    /// <summary>A rough time from the sizes of the tables with their indexes; zero for one that is not known.</summary>
    public TimeSpan Estimate(Func<string, long> bytes)
    {
        var rewritten = Rewrites.Items.Sum(t => bytes(t) / RewrittenBytesASecond);
        var scanned = Scans.Items.Except(Rewrites.Items).Sum(t => bytes(t) / ScannedBytesASecond);
        return TimeSpan.FromSeconds(rewritten + scanned);
    }

    /// <summary>The same without tables that are new: a lock on them disturbs nobody, and they hold nothing.</summary>
    internal Prediction WithoutNew(KnownSchema known)
    {
        var fresh = Locks.Items.Select(l => known.Find(l.Table)).OfType<Relation>().Where(r => r.New).ToDictionary(r => r.Key);
        var indexes = fresh.Values.SelectMany(r => r.Indexes).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        return fresh.Count == 0 ? this : Where(t => !fresh.ContainsKey(t)) with { Indexes = [.. Indexes.Items.Where(i => !indexes.Contains(i))] };
    }

    /// <summary>What it says of some tables.</summary>
    public Prediction Where(Func<string, bool> isOne) => this with
    {
        Locks = [.. Locks.Items.Where(l => isOne(l.Table))],
        Rewrites = [.. Rewrites.Items.Where(isOne)],
        Scans = [.. Scans.Items.Where(isOne)],
    };
}

/// <param name="Table">Its name without `public`, and without the schema that is searched first; a dot inside of a name puts it in quotes.</param>
public sealed record TableLock(string Table, LockLevel Level)
{
    /// <summary>The name of a table as predictions have it.</summary>
    /// <param name="name">Its schema is empty where it is the one that is searched first.</param>
    public static string NameOf(ObjectName name) => KnownSchema.KeyOf(name);
}
