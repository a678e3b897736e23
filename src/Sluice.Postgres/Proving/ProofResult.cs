using System.Collections.Immutable;

namespace Sluice.Postgres.Proving;

/// <param name="Reason">Why it is not proved.</param>
/// <param name="Difference">How the catalogs differ, where they do.</param>
public sealed record ProofResult(string Migration, ProofVerdict Verdict, string? Reason, ShapeDifference Difference)
{
    /// <summary>How it fared with rows in the tables; null where it came to no such trial.</summary>
    public RowsProof? Rows { get; init; }

    /// <summary>What the down script says does not come back.</summary>
    public ImmutableArray<string> Irreversible { get; init; } = [];

    /// <summary>The scratch database is no longer the one that history makes.</summary>
    internal bool LeavesRows { get; init; }
}

public enum ProofVerdict
{
    /// <summary>Up, down and up again: nothing differs, nor do rows that are not declared lost.</summary>
    Proved,

    /// <summary>There is nothing to prove: no down script.</summary>
    Unproved,

    /// <summary>The down script fails, or leads elsewhere.</summary>
    Failed,
}

/// <summary>The trial with invented rows.</summary>
/// <param name="Rows">How many were there before the migration and came back the same, and how many written after it were looked for.</param>
/// <param name="Tables">In how many tables.</param>
/// <param name="Remarks">Rows that could not be made, or were not kept: a sentence each.</param>
public sealed record RowsProof(long Rows, int Tables, ImmutableArray<string> Remarks);
