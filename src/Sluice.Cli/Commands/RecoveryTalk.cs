using System.Diagnostics;
using Sluice.Cli.Output;
using Sluice.Postgres.Recovery;

namespace Sluice.Cli.Commands;

/// <summary>Says how far a base backup or a recovery is: a bar on a terminal, a line a phase elsewhere.</summary>
internal sealed class RecoveryTalk(Session session) : IProgress<RecoveryProgress>
{
    private RecoveryPhase? said;

    public void Report(RecoveryProgress value)
    {
        var what = value.Phase switch
        {
            RecoveryPhase.Copying => "Copying the server's data",
            RecoveryPhase.Verifying => "Comparing every file with its checksum",
            RecoveryPhase.Encrypting => "Encrypting every file, and reading it back",
            RecoveryPhase.Replaying => "Replaying WAL",
            _ => throw new UnreachableException(),
        };
        var terminal = session.Terminal;
        if (terminal.IsLive)
        {
            terminal.Live(value.Total == 0 ? $"{what}{(value.Lsn is { } lsn ? $", at {lsn}" : "")} …" : $"{ProgressBar.Of(value.Done, value.Total)} {what}: {BackupOptions.Size((long)value.Done << 10)}");
        }
        else if (said != value.Phase)
        {
            terminal.Say(what + " …");
        }

        said = value.Phase;
    }

    /// <summary>Takes the bar away.</summary>
    public void End()
    {
        if (session.Terminal.IsLive)
        {
            session.Terminal.Live(null);
        }
    }
}
