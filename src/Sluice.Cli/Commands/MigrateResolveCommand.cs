using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`migrate resolve`: tells the history what a person made true in the database.</summary>
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

    public static Command Create(Session session) =>
        new ToolCommand("resolve", "Say that a migration is applied, or was rolled back, without running anything", session, RunAsync)
        {
            KeepsLog = true,
            Examples =
            [
                ("migrate resolve --rolled-back 20250101120000_add_users", "after a failure that left nothing behind"),
                ("migrate resolve --applied 0_init", "take over a database that has these tables already"),
            ],
        }.With(Applied, RolledBack);

    private static async Task<Answer> RunAsync(Session session)
    {
        var (applied, rolledBack) = (session.Get(Applied), session.Get(RolledBack));
        if (applied is null == rolledBack is null)
        {
            throw new StopException(
                "Give either --applied or --rolled-back, and the name of a migration.",
                null,
                "`sluice migrate resolve --applied NAME`",
                "`sluice migrate resolve --rolled-back NAME`");
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
