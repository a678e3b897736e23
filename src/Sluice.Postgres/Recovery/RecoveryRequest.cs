using System.Collections.Immutable;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Recovery;

/// <summary>From which backups, to which moment, where to.</summary>
public sealed record RecoveryRequest
{
    /// <summary>The folder of the backups.</summary>
    public required string Folder { get; init; }

    public required RecoveryTarget Target { get; init; }

    /// <summary>The folder of the new server; it must not exist.</summary>
    public required string Home { get; init; }

    /// <summary>The identifier of the server whose backups are meant; null for the one that answers, or the only one.</summary>
    public string? FromServer { get; init; }

    /// <summary>How the server fetches WAL, in the words of its setting `restore_command`; null to take what `backup wal` received.</summary>
    public string? RestoreCommand { get; init; }

    /// <summary>What encrypted base backups and WAL are opened with.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>Takes what is not encrypted although there is a key.</summary>
    public bool AllowsUnencrypted { get; init; }

    /// <summary>Takes a base backup's own state, where no WAL was received since it.</summary>
    public bool AllowsNoWal { get; init; }

    /// <summary>`.sluice`, where a downloaded server may be.</summary>
    public string? StateFolder { get; init; }

    /// <summary>False where nobody needs the server after this.</summary>
    public bool IsDurable { get; init; } = true;

    public IProgress<RecoveryProgress>? Progress { get; init; }
}

/// <param name="ReceivedUntil">When WAL last came; null for never, or where a command fetches it.</param>
public sealed record RecoveryPlan(ServerFolder Folder, BaseBackup Base, DateTimeOffset? ReceivedUntil)
{
    /// <summary>Those before it, newest first, where only WAL tells which one leads there: a restore point has a name and no time.</summary>
    public ImmutableArray<BaseBackup> Older { get; init; } = [];
}

/// <summary>A running server that holds what another one held at a moment.</summary>
public sealed class RecoveredServer
{
    private readonly ServerCopy copy;
    private readonly FileStream claim;

    internal RecoveredServer(ServerCopy copy, FileStream claim) => (this.copy, this.claim) = (copy, claim);

    /// <summary>By its socket, as its first superuser.</summary>
    public required DatabaseAddress Address { get; init; }

    public required RecoveryTarget Target { get; init; }

    /// <summary>The base backup that it came from.</summary>
    public required BaseBackup Base { get; init; }

    /// <summary>When the last transaction that is in it was committed; null where none was since the base backup.</summary>
    public required DateTimeOffset? ReachedAt { get; init; }

    public required string ReachedLsn { get; init; }

    /// <summary>False when the WAL ended before the moment that was asked for.</summary>
    public required bool IsWhole { get; init; }

    public string Home => copy.Home;

    public int Port => copy.Port;

    public int ProcessId => copy.ProcessId ?? 0;

    /// <summary>As the end of the process does, however it comes.</summary>
    internal void Forget() => claim.Dispose();

    /// <summary>Leaves it running when the process ends.</summary>
    public void Keep() => Leftovers.Keep(copy.Home);

    /// <summary>Stops it and removes its folder.</summary>
    public async Task RemoveAsync()
    {
        await copy.RemoveAsync();
        await claim.DisposeAsync();
    }
}
