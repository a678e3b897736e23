using Sluice.Plan;
using Sluice.Sql.Effects;
using Sluice.Text;

namespace Sluice.Lint.Predicting;

/// <summary>What a statement will do to others, told before it runs; the rules read it, and a trace on a server can be held against it.</summary>
/// <param name="Locks">The strongest lock on each table and view that was there before, by name.</param>
/// <param name="Rewrites">Those that are written anew.</param>
/// <param name="Scans">Those that are read to their end, while the lock is held.</param>
/// <param name="Indexes">Indexes that are built again.</param>
/// <param name="Unclear">What the text does not decide, where the worse was assumed; null when nothing is open.</param>
internal sealed record Prediction(
    EquatableArray<TableLock> Locks,
    EquatableArray<string> Rewrites,
    EquatableArray<string> Scans,
    EquatableArray<string> Indexes,
    string? Unclear)
{
    public LockLevel LockOn(string table) => Locks.Items.FirstOrDefault(l => l.Table == table)?.Level ?? LockLevel.None;

    public bool Rewriting(string table) => Rewrites.Items.Contains(table);

    public bool Scanning(string table) => Scans.Items.Contains(table);
}
