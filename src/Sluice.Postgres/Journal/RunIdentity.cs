namespace Sluice.Postgres.Journal;

/// <summary>Who runs what, as the journal records it.</summary>
/// <param name="CorrelationId">In every log line of the run too.</param>
/// <param name="Actor">The person or pipeline: the account on the machine that runs the tool.</param>
public sealed record RunIdentity(string CorrelationId, string Command, string ToolVersion, string Host, string Actor)
{
    public static RunIdentity Unnamed { get; } = new("", "", "", "", "");
}
