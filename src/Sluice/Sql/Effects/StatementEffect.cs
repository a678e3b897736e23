using Sluice.Plan;
using Sluice.Text;

namespace Sluice.Sql.Effects;

/// <summary>What a statement will do to others, told before it runs.</summary>
/// <param name="Locks">The strongest lock on each table that exists already.</param>
/// <param name="Rewrites">Tables that are written anew, with all their indexes.</param>
/// <param name="Scans">Tables that are read to their end, the rewritten ones among them.</param>
/// <param name="Note">What the text alone does not decide; null when nothing is open.</param>
public sealed record StatementEffect(
    EquatableArray<TableLock> Locks,
    EquatableArray<string> Rewrites,
    EquatableArray<string> Scans,
    string? Note)
{
    // Measured on an ordinary machine, and low on purpose: an outage that ends early disturbs nobody.
    private const double RewrittenBytesASecond = 30e6;
    private const double ScannedBytesASecond = 200e6;

    public static StatementEffect None { get; } = new([], [], [], null);

    /// <summary>The table it makes, which nobody else knows yet.</summary>
    public string? Creates { get; init; }

    /// <summary>The same without tables that are new: a lock on them disturbs nobody, and they hold nothing.</summary>
    public StatementEffect Without(IReadOnlySet<string> tables) => this with
    {
        Locks = [.. Locks.Items.Where(l => !tables.Contains(l.Table))],
        Rewrites = [.. Rewrites.Items.Where(t => !tables.Contains(t))],
        Scans = [.. Scans.Items.Where(t => !tables.Contains(t))],
    };

    /// <summary>A rough time from the sizes of the tables with their indexes; zero for one that is not known.</summary>
    public TimeSpan Estimate(Func<string, long> bytes)
    {
        var rewritten = Rewrites.Items.Sum(t => bytes(t) / RewrittenBytesASecond);
        var scanned = Scans.Items.Except(Rewrites.Items).Sum(t => bytes(t) / ScannedBytesASecond);
        return TimeSpan.FromSeconds(rewritten + scanned);
    }
}

/// <param name="Table">As the statement names it: folded, with its schema where it is written.</param>
public sealed record TableLock(string Table, LockLevel Level);
