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
    /// <summary>How long its script ran; null while it does.</summary>
    public TimeSpan? Took { get => field ?? FinishedAt - StartedAt; init; }

    /// <summary>Who applied it, where the history itself says so.</summary>
    public string? AppliedBy { get; init; }

    public bool IsApplied => FinishedAt is not null && RolledBackAt is null;

    /// <summary>Started and neither finished nor rolled back: it failed, or the run was killed, or it is running now.</summary>
    public bool IsFailed => FinishedAt is null && RolledBackAt is null;
}
