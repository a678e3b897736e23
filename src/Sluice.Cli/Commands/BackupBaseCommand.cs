using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Recovery;

namespace Sluice.Cli.Commands;

/// <summary>`backup base`: a copy of the whole server's data, from which WAL leads to any later moment.</summary>
internal static class BackupBaseCommand
{
    private static readonly Option<int?> Keep = new("--keep") { Description = "Keep the N newest base backups, and the WAL since the oldest of them", HelpName = "N" };

    public static Command Create(Session session) =>
        new ToolCommand("base", "Copy the whole server's data while it runs, to go back to any moment after", session, RunAsync)
        {
            Notes = """
                pg_basebackup copies every database of the server, and pg_verifybackup compares each file with the checksum that the server sent.
                With the WAL of `sluice backup wal` it leads to every moment after its end: `sluice restore --to-time`.
                """,
            Examples =
            [
                ("backup base", "once, then from time to time: the WAL since then has to be replayed"),
                ("backup base --keep 2", "every week, from cron"),
                ("backup base --key-file backup.key", "encrypted, once it was verified"),
            ],
        }.With(Keep, BackupOptions.KeyFile, BackupOptions.Folder);

    private static async Task<Answer> RunAsync(Session session)
    {
        if (session.Get(Keep) is < 1)
        {
            throw new StopException("--keep must be at least 1.");
        }

        var talk = new RecoveryTalk(session);
        BaseBackupResult result;
        try
        {
            result = await BaseBackupRun.TakeAsync(
                LiveRun.Settings(session), new BaseBackupRequest { Folder = BackupOptions.FolderOf(session), Keep = session.Get(Keep), Key = BackupOptions.Key(session), Progress = talk }, session.Stop);
        }
        finally
        {
            talk.End();
        }

        var manifest = result.Manifest;
        session.Terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Base backup {Paths.Show(result.Folder)}: {BackupOptions.Size(manifest.Bytes)}, verified{(manifest.Encryption is null ? "" : ", encrypted")} ({Durations.Show(TimeSpan.FromMilliseconds(manifest.DurationMs))}). It leads to every moment after {manifest.EndedAt:yyyy-MM-dd HH:mm:ss} UTC of which the WAL is received."));
        foreach (var old in result.Removed)
        {
            session.Terminal.Note($"Removed {Paths.Show(old)}");
        }

        session.Terminal.Result(Paths.Show(result.Folder));
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteString("folder", result.Folder);
            json.WriteNumber("bytes", manifest.Bytes);
            json.WriteBoolean("encrypted", manifest.Encryption is not null);
            json.WriteString("endedAt", manifest.EndedAt);
            json.WriteString("endLsn", manifest.EndLsn);
            json.WriteStrings("removed", result.Removed);
            json.WriteNumber("removedWal", result.RemovedWal);
        });
    }
}
