using System.Collections.Immutable;
using Sluice.Postgres.Backup;

namespace Sluice.Postgres.Maintaining;

/// <summary>What is to be kept in order, and how; what nobody asks for is left alone, except tables and indexes.</summary>
public sealed record MaintenancePolicy
{
    /// <summary>These tables alone, and nothing else; empty for all that needs it.</summary>
    public ImmutableArray<string> Tables { get; init; } = [];

    /// <summary>Null: no index is rebuilt.</summary>
    public ReindexPolicy? Reindex { get; init; } = new(0.5, 10 << 20);

    public ImmutableArray<PartitionPolicy> Partitions { get; init; } = [];

    /// <summary>Functions and procedures without arguments, as they are called.</summary>
    public ImmutableArray<string> CleanUp { get; init; } = [];

    /// <summary>For each of them.</summary>
    public TimeSpan CleanUpLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Null: no backup is removed.</summary>
    public RetentionPolicy? Backups { get; init; }

    public string BackupFolder { get; init; } = "";

    /// <summary>Null: no log is removed.</summary>
    public TimeSpan? LogAge { get; init; }

    public string LogFolder { get; init; } = "";

    /// <summary>For all; null for as long as it takes.</summary>
    public TimeSpan? MaxTime { get; init; }
}

/// <param name="Bloat">The share of it that is empty.</param>
/// <param name="MinBytes">A smaller one is not worth it.</param>
public sealed record ReindexPolicy(double Bloat, long MinBytes);

/// <summary>A table that is partitioned by month.</summary>
/// <param name="Ahead">How many months are there before they begin.</param>
/// <param name="Keep">How many months that are over stay; null for all.</param>
public sealed record PartitionPolicy(string Table, int Ahead, int? Keep);
