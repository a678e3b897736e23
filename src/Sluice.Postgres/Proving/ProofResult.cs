namespace Sluice.Postgres.Proving;

/// <param name="Reason">Why it is not proved; what stays lost although it is.</param>
/// <param name="Difference">How the catalogs differ, where they do.</param>
public sealed record ProofResult(string Migration, ProofVerdict Verdict, string? Reason, ShapeDifference Difference);

public enum ProofVerdict
{
    /// <summary>Up, down and up again: nothing differs.</summary>
    Proved,

    /// <summary>There is nothing to prove: no down script.</summary>
    Unproved,

    /// <summary>The down script fails, or leads elsewhere.</summary>
    Failed,
}
