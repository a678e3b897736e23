using System.CommandLine;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`migrate deploy`: for pipelines; applies what is pending and asks nothing.</summary>
internal static class MigrateDeployCommand
{
    public static Command Create(Session session) =>
        new ToolCommand("deploy", "Apply pending migrations: what a pipeline runs", session, s => Apply.RunAsync(s, null, "migrate deploy"))
        {
            RunsMigrations = true,
            Notes = """
                Creates the database when it is missing. Stops at the first failure. A run that failed or was killed is continued by the
                next one, at the statement where it stopped.

                Where something is pending, the checks of `sluice test` are made first, then a backup is taken and proved; a critical
                check or a failed backup stops the run. A container without pg_dump gives --no-backup.
                """,
            Examples =
            [
                ("migrate deploy", "apply what is pending"),
                ("migrate deploy --dry-run", "see every statement that would be run, and change nothing"),
                ("migrate deploy --url \"$PRODUCTION_URL\" --json", "in a pipeline, with a report for machines"),
                ("migrate deploy --lock-budget 10m", "keep trying for ten minutes while others hold the locks"),
                ("migrate deploy --keep 10", "of the backups taken before runs, keep the ten newest"),
                ("migrate deploy --no-backup", "where backups are taken care of elsewhere"),
                ("migrate deploy --window \"Sat,Sun 01:00-05:00\"", "stop outside of the maintenance window"),
            ],
        }.With([.. RunOptions.All, .. GuardOptions.All]);

    public static void Report(Session session, DeployResult result)
    {
        session.Terminal.Result("The following migration(s) have been applied:");
        session.Terminal.Result();
        foreach (var line in LiveRun.Tree(session, result.Applied, result.Layout))
        {
            session.Terminal.Result(line);
        }

        session.Terminal.Result();
    }

    public static void WriteJson(System.Text.Json.Utf8JsonWriter json, DeployResult result)
    {
        json.WriteNumber("found", result.Found);
        json.WriteStrings("applied", result.Applied);
        json.WriteStrings("edited", result.Edited);
        json.WriteStrings("missing", result.Missing);
        json.WriteStrings("outOfOrder", result.OutOfOrder);
        json.WriteStrings("squashed", result.Squashed);
        json.WriteStrings("kept", result.Kept);
        json.WriteBoolean("databaseCreated", result.DatabaseCreated);
    }
}
