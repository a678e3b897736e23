using Sluice.Lint.Predicting;
using Sluice.Plan;
using Sluice.Text;

namespace Sluice.Lint.Measuring;

/// <summary>What a statement was seen to do on a server, to tables and views that were there before its script.</summary>
/// <param name="Locks">The strongest lock on each that its transaction held after it.</param>
/// <param name="Taken">Those of them that it took itself, or made stronger.</param>
/// <param name="Rewrites">Tables that got a new file.</param>
/// <param name="Scans">Tables that were read to their end; null where the server does not say.</param>
/// <param name="Indexes">Indexes that got a new file.</param>
/// <param name="WalBytes">What was written to the log meanwhile, by whomever.</param>
public sealed record Measurement(
    EquatableArray<TableLock> Locks,
    EquatableArray<TableLock> Taken,
    EquatableArray<string> Rewrites,
    EquatableArray<string>? Scans,
    EquatableArray<string> Indexes,
    long WalBytes,
    TimeSpan Duration)
{
    public LockLevel LockOn(string table) => Locks.Items.FirstOrDefault(l => l.Table == table)?.Level ?? LockLevel.None;
}

/// <summary>A statement with what was told of it and what was seen.</summary>
/// <param name="Seen">Null where it was not run, or is nothing but the border of a transaction.</param>
public sealed record MeasuredStatement(TextSpan Span, Prediction Told, Measurement? Seen)
{
    /// <summary>Why it could not be traced.</summary>
    public string? Refusal { get; init; }

    /// <summary>Why it was run once more without rows: what the server says of those that were there.</summary>
    public string? RowRefusal { get; init; }
}
