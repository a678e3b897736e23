using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Postgres.Backup;

/// <summary>What to save, where, and what to keep of earlier ones.</summary>
public sealed record BackupRequest
{
    /// <summary>`backups/`; made for its owner alone where it is missing.</summary>
    public required string Folder { get; init; }

    public ArchiveFormat Format { get; init; } = ArchiveFormat.Custom;

    /// <summary>How many tables are dumped (directory format) and restored at once.</summary>
    public int Jobs { get; init; } = 1;

    public BackupScope Scope { get; init; } = new BackupScope.Whole();

    public RetentionPolicy Retention { get; init; } = RetentionPolicy.KeepAll;

    /// <summary>What the archive is encrypted with once it was proved; null to store it as it is.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>A program with its arguments, run with the archive and its manifest as the last two; empty for none.</summary>
    public ImmutableArray<string> Upload { get; init; } = [];

    public IProgress<BackupProgress>? Progress { get; init; }
}

public enum ArchiveFormat
{
    /// <summary>One compressed file.</summary>
    Custom,

    /// <summary>A folder with a file a table, which several workers can write.</summary>
    Directory,
}

/// <summary>Whose rows are saved. The definitions of all objects always are, so that every backup can be restored and compared.</summary>
public abstract record BackupScope
{
    private BackupScope()
    {
    }

    public sealed record Whole : BackupScope;

    /// <param name="Names">`table` or `schema.table`.</param>
    public sealed record Tables(ImmutableArray<string> Names) : BackupScope;

    /// <summary>The tables that a run can change, where they are there; with none, the definitions alone.</summary>
    public sealed record Affected(ImmutableArray<ObjectName> Names) : BackupScope;
}

/// <param name="Keep">How many of the newest stay; null for all.</param>
/// <param name="MaxAge">Older ones go; null for none. The newest always stays.</param>
public sealed record RetentionPolicy(int? Keep, TimeSpan? MaxAge)
{
    public static RetentionPolicy KeepAll { get; } = new(null, null);

    /// <summary>The newest of each of so many days stays, whatever the other rules say.</summary>
    public int Daily { get; init; }

    /// <summary>The newest of each of so many weeks, Monday to Sunday.</summary>
    public int Weekly { get; init; }

    public int Monthly { get; init; }
}

/// <summary>How far a backup or a restore is.</summary>
/// <param name="Total">Zero where the end cannot be told.</param>
public sealed record BackupProgress(BackupPhase Phase, int Done, int Total)
{
    /// <summary>The one that is worked on; null where several are, or none.</summary>
    public string? Table { get; init; }
}

public enum BackupPhase
{
    Dumping,
    Hashing,
    Restoring,
    Comparing,
    Encrypting,
    Uploading,
}

/// <param name="Path">The archive.</param>
/// <param name="Removed">Archives that the retention policy took away.</param>
public sealed record BackupResult(string Path, BackupManifest Manifest, ImmutableArray<string> Removed)
{
    public bool IsUploaded { get; init; }
}
