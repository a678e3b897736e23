namespace Sluice.Postgres.History;

/// <summary>A row of `_prisma_migrations`.</summary>
public sealed record HistoryRow(
    string Id,
    string Checksum,
    DateTimeOffset? FinishedAt,
    string MigrationName,
    string? Logs,
    DateTimeOffset? RolledBackAt,
    DateTimeOffset StartedAt,
    int AppliedStepsCount)
{
    public bool IsApplied => FinishedAt is not null && RolledBackAt is null;

    /// <summary>Started and neither finished nor rolled back: it failed, or the run was killed, or it is running now.</summary>
    public bool IsFailed => FinishedAt is null && RolledBackAt is null;
}
