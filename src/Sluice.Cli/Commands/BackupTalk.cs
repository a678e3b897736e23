using System.Diagnostics;
using Sluice.Cli.Output;
using Sluice.Postgres.Backup;

namespace Sluice.Cli.Commands;

/// <summary>Says how far a backup is: a bar on a terminal, a line a phase elsewhere.</summary>
internal sealed class BackupTalk(Session session) : IProgress<BackupProgress>
{
    private BackupPhase? said;

    public void Report(BackupProgress value)
    {
        var what = value.Phase switch
        {
            BackupPhase.Dumping => "Dumping",
            BackupPhase.Hashing => "Hashing the rows of the database",
            BackupPhase.Restoring => "Restoring into a new database",
            BackupPhase.Comparing => "Comparing rows and definitions",
            BackupPhase.Encrypting => "Encrypting, and reading it back",
            BackupPhase.Uploading => "Uploading",
            _ => throw new UnreachableException(),
        };
        var terminal = session.Terminal;
        if (terminal.IsLive)
        {
            terminal.Live(value.Total == 0 ? $"{what} …" : $"{ProgressBar.Of(value.Done, value.Total)} {what}{(value.Table is { } table ? $": {table}" : " …")}");
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
