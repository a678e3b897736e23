using System.Collections.Immutable;

namespace Sluice.Postgres.Journal;

/// <summary>What a look at the journal found.</summary>
/// <param name="Runs">How many it holds.</param>
/// <param name="Head">The last run and its hash; null for an empty journal.</param>
/// <param name="Unfinished">Runs without an end: killed, or at work now.</param>
public sealed record JournalReport(int Runs, int Statements, JournalHead? Head, ImmutableArray<JournalFinding> Findings, ImmutableArray<UnfinishedRun> Unfinished);

/// <summary>Something in the journal that is not as it was written.</summary>
/// <param name="Row">The row of `sluice.statements`; null for the run's own.</param>
public sealed record JournalFinding(long Run, long? Row, string Text);

/// <summary>The journal's end as of a run's own: whoever keeps it elsewhere can tell later whether the end was cut off.</summary>
/// <param name="Database">The database's number on its server: one that was made anew under the same name has another.</param>
public sealed record JournalHead(long Run, string Hash, long Database);

public sealed record UnfinishedRun(long Run, string Command, string Host, DateTimeOffset Started);
