using System.CommandLine;
using Sluice.Cli.Fleet;
using Sluice.Cli.Options;

namespace Sluice.Cli.Commands;

/// <summary>`up`: applies what is pending, in either layout.</summary>
internal static class UpCommand
{
    private static readonly Option<string?> To = new("--to")
    {
        Description = "Stop after this migration: its version or whole name",
        HelpName = "V",
    };

    public static Command Create(Session session) =>
        new ToolCommand("up", "Apply pending migrations, in either layout", session, RunAsync)
        {
            RunsMigrations = true,
            Notes = """
                Reads folders with a migration.sql, or files named {version}_{description}.up.sql; the folder's content tells which.
                Creates the database when it is missing. Stops at the first failure, of which nothing stays where it is one
                transaction; once the file is corrected, `sluice up` goes on.

                Where something is pending, the checks of `sluice test` are made first, then a backup is taken and proved; a critical
                check or a failed backup stops the run. Afterwards constraints, indexes, catalog and row counts are looked at.
                """,
            Examples =
            [
                ("up --dry-run", "see every statement that would be run"),
                ("up", "apply what is pending"),
                ("up --to 002", "apply up to version 002"),
                ("up --all --rings 1,10,rest --parallel 8", "every target of sluice.json, one first, then ten, then the rest"),
                ("-v up --log-dir /var/log/migrations", "say more, and log elsewhere"),
            ],
        }.With([To, .. FleetOptions.Changing, .. RunOptions.All, .. GuardOptions.All]);

    private static Task<Answer> RunAsync(Session session) => FleetOptions.IsAsked(session) ? FleetRun.RunAsync(session, FleetCommand.Up(OneAsync)) : OneAsync(session);

    private static Task<Answer> OneAsync(Session session) => Apply.RunAsync(session, session.Get(To), "up");
}
