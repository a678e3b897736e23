using System.CommandLine;
using Sluice.Cli.Projects;

namespace Sluice.Cli.Commands;

/// <summary>`backup`: a dump that was restored and compared before it counts.</summary>
internal static class BackupCommand
{
    public static Command Create(Session session)
    {
        var command = Own(session);
        command.Subcommands.Add(BackupBaseCommand.Create(session));
        command.Subcommands.Add(BackupWalCommand.Create(session));
        return command;
    }

    private static Command Own(Session session) =>
        new ToolCommand("backup", "Save the database, and prove the backup by restoring and comparing it", session, RunAsync)
        {
            Notes =
                "Dumps with pg_dump while the database is in use, restores the dump into a scratch database, and compares every definition and every table's rows. Only then it gets its name and a manifest beside it.\n"
                + "The user must be able to read every table, and to create a database for the proof.\n"
                + "Every backup that a command takes is encrypted and uploaded where sluice.json says so: {\"backup\": {\"keyFile\": \"backup.key\", \"upload\": [\"rclone\", …]}} (docs/backup.md).",
            Examples =
            [
                ("backup", "a proved backup in backups/"),
                ("backup --keep 10 --max-age 30d", "and remove those no longer wanted"),
                ("backup --daily 7 --weekly 4 --monthly 12 --key-file backup.key", "from cron, encrypted; a year in 23 backups"),
                ("backup --upload ./to-the-other-site", "run the program with the backup and its manifest; its exit code counts"),
                ("backup --format directory --jobs 4", "dump four tables at once"),
                ("backup --tables users,audit_logs", "the rows of two tables, the definitions of all"),
            ],
        }.With(BackupOptions.Keep, BackupOptions.MaxAge, BackupOptions.Daily, BackupOptions.Weekly, BackupOptions.Monthly, BackupOptions.KeyFile, BackupOptions.Upload, BackupOptions.Format, BackupOptions.Jobs, BackupOptions.Tables, BackupOptions.Folder);

    private static async Task<Answer> RunAsync(Session session)
    {
        var request = BackupOptions.Request(session);
        var result = await SafetyBackup.TakeAsync(session, LiveRun.Settings(session), request);
        session.Terminal.Result(Paths.Show(result.Path));
        return Answer.With(Outcome.Ok, json => SafetyBackup.WriteJson(json, result));
    }
}
