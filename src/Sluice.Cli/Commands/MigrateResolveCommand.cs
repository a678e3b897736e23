using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`migrate resolve`: tells the history what a person made true in the database, or brings the two together again.</summary>
internal static class MigrateResolveCommand
{
    private static readonly Option<string?> Applied = new("--applied")
    {
        Description = "Mark a migration as applied, without running it",
        HelpName = "NAME",
    };

    private static readonly Option<string?> RolledBack = new("--rolled-back")
    {
        Description = "Mark a failed migration as rolled back, so that it runs again",
        HelpName = "NAME",
    };

    private static readonly Option<bool> Repair = new("--repair") { Description = "Bring the database back to its history: shows the SQL, counts the rows, asks" };

    private static readonly Option<bool> Adopt = new("--adopt") { Description = "Make what the database has beside its history a migration that is applied already" };

    public static Command Create(Session session) =>
        new ToolCommand("resolve", "Say what became of a migration, or end drift: take it back, or take it in", session, RunAsync)
        {
            KeepsLog = true,
            RunsMigrations = true,
            Notes = """
                --repair and --adopt compare the whole database with its history, replayed on a scratch database: tables, columns and
                keys, and views, functions, triggers, checks, policies, rights, comments and all else that PostgreSQL has.

                --repair changes the database, object by object, never by a reset. Checks and a proved backup go before. Where rows
                would be lost it counts them and needs --accept-data-loss. --adopt changes no table: it writes a migration, proves on a
                scratch database that it makes the very same, marks it as applied here, and edits the schema and its SQL files as
                `db pull` does.
                With --dry-run both only print the SQL.
                """,
            Examples =
            [
                ("migrate resolve --rolled-back 20250101120000_add_users", "after a failure that left nothing behind"),
                ("migrate resolve --applied 0_init", "take over a database that has these tables already"),
                ("migrate resolve --repair --dry-run", "see the SQL that would take a change by hand back"),
                ("migrate resolve --repair", "run it, after a yes"),
                ("migrate resolve --adopt --name hotfix", "make it a migration"),
                ("migrate resolve --adopt --renamed User.name=nick", "and say what was renamed by hand"),
            ],
        }.With([Applied, RolledBack, Repair, Adopt, DriftAdopt.Name, DriftRepair.AcceptDataLoss, DriftQuestions.Renamed, RenameQuestions.NotRenamed, CacheOptions.NoCache, .. GuardOptions.All]);

    private static async Task<Answer> RunAsync(Session session)
    {
        var (applied, rolledBack) = (session.Get(Applied), session.Get(RolledBack));
        if (new[] { applied is not null, rolledBack is not null, session.Get(Repair), session.Get(Adopt) }.Count(g => g) != 1)
        {
            throw new StopException(
                "Give one of --applied, --rolled-back, --repair and --adopt.",
                null,
                "`sluice migrate resolve --applied NAME`",
                "`sluice migrate resolve --rolled-back NAME`",
                "`sluice migrate resolve --repair`",
                "`sluice migrate resolve --adopt`");
        }

        if (session.Get(Repair))
        {
            return await DriftRepair.RunAsync(session);
        }

        if (session.Get(Adopt))
        {
            return await DriftAdopt.RunAsync(session);
        }

        if (session.Get(OperatingOptions.DryRun))
        {
            throw new StopException("--dry-run goes with --repair and --adopt; the others only write one row of the history.");
        }

        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator((applied ?? rolledBack)!));
        var settings = LoggedRun.Begin(session, LiveRun.HistorySettings(session));
        await (applied is not null
            ? Resolve.AppliedAsync(settings, name, session.Stop)
            : Resolve.RolledBackAsync(settings, name, session.Stop));
        session.Terminal.Result($"Migration {name} marked as {(applied is not null ? "applied" : "rolled back")}.");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteString("migration", name);
            json.WriteString("markedAs", applied is not null ? "applied" : "rolled-back");
        });
    }
}
