using System.Collections.Immutable;

namespace Sluice.Postgres.Backup;

/// <summary>What to restore, and where to.</summary>
public sealed record RestoreRequest
{
    public required string Archive { get; init; }

    /// <summary>A database that does not exist yet; null to take the place of the address's own.</summary>
    public string? Into { get; init; }

    public int Jobs { get; init; } = 1;

    /// <summary>What an encrypted archive is opened with.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>Takes an archive that is not encrypted although there is a key.</summary>
    public bool AllowsUnencrypted { get; init; }

    public IProgress<BackupProgress>? Progress { get; init; }
}

/// <summary>What a restore would do: said, and agreed to, before anything is done.</summary>
/// <param name="Target">The database that will hold the backup.</param>
/// <param name="KeptAs">The name under which the present one stays; null where there is none.</param>
public sealed record RestorePlan(BackupManifest Manifest, string Target, string? KeptAs)
{
    /// <summary>What an earlier restore left that was killed while it put the target aside: it is undone first.</summary>
    public HalfSwapped? Left { get; init; }
}

/// <param name="Warnings">What is not as it was, and need not be: a server of another version spells definitions in its own way.</param>
public sealed record RestoreResult(BackupManifest Manifest, string Database, string? KeptAs, ImmutableArray<string> Warnings);
