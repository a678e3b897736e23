using System.Collections.Immutable;
using Sluice.Postgres.Backup;

namespace Sluice.Postgres.Drill;

/// <summary>What is tried, on what, and what it is measured against.</summary>
public sealed record DrillRequest
{
    /// <summary>The folder of the backups.</summary>
    public required string Folder { get; init; }

    /// <summary>A folder for the scratch servers; it must not exist, and is gone at the end.</summary>
    public required string Scratch { get; init; }

    public string? StateFolder { get; init; }

    public BackupKey? Key { get; init; }

    public int Jobs { get; init; } = 1;

    public DrillObjectives Objectives { get; init; } = DrillObjectives.Default;

    public ImmutableArray<DrillScenario> Scenarios { get; init; } = [.. Enum.GetValues<DrillScenario>()];

    public IProgress<DrillProgress>? Progress { get; init; }
}

/// <summary>In the order in which they go: the last one leaves its server dead.</summary>
public enum DrillScenario
{
    /// <summary>The newest backup is restored, compared, and brought to the newest migration.</summary>
    Restore,

    /// <summary>The newest base backup and all WAL since it become a server.</summary>
    PointInTime,

    /// <summary>A flipped byte in a copy of the newest backup is found.</summary>
    CorruptedBackup,

    /// <summary>A migration fails half way, and nothing of it stays.</summary>
    FailedMigration,

    /// <summary>A table is dropped, and comes back as it was the moment before.</summary>
    DroppedTable,

    /// <summary>A server is killed under load, and its standby takes over.</summary>
    LostServer,
}

/// <param name="Rto">How long it may take until the database can be used again.</param>
/// <param name="Rpo">From how long before a disaster work may be lost.</param>
public sealed record DrillObjectives(TimeSpan Rto, TimeSpan Rpo)
{
    public static DrillObjectives Default { get; } = new(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(5));
}

/// <param name="Total">Zero where the end of the step cannot be told.</param>
public sealed record DrillProgress(DrillScenario Scenario, int Ordinal, int Scenarios, string Step, int Done = 0, int Total = 0);
