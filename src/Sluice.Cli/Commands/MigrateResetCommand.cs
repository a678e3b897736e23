using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`migrate reset`: empties a development database and builds it again.</summary>
internal static class MigrateResetCommand
{
    private const string Forced = "sluice migrate reset --force";

    private static readonly Option<bool> Force = new("--force", "-f") { Description = "Do not ask, and do not refuse" };

    private static readonly Option<bool> SkipSeed = new("--skip-seed") { Description = "Do not run the seed afterwards" };

    public static Command Create(Session session) =>
        new ToolCommand("reset", "Development only: drop everything in the schema's tables, apply every migration, seed", session, RunAsync)
        {
            KeepsLog = true,
            Notes = "Drops only the schemas that the datasource names. Refuses in production, and where nobody can be asked, unless --force is given; --yes does for a database that is plainly a development one.",
            Examples =
            [
                ("migrate reset", "begin anew, after showing what would be lost"),
                ("migrate reset --force", "in a script for development or tests"),
            ],
        }.With(Force, SkipSeed);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.HistorySettings(session);
        if (!session.Get(Force))
        {
            ResetConsent.RefuseProduction(session, settings, $"If that is what you want: `{Forced}`");
            await ResetConsent.RequireAsync(session, settings, await Reset.PreviewAsync(settings, session.Stop), Forced);
        }

        settings = LoggedRun.Begin(session, settings);
        var result = await Reset.RunAsync(settings, cancellation: session.Stop);
        var terminal = session.Terminal;
        terminal.Result(terminal.Ink.Green("Database reset successful"));
        terminal.Result();
        if (!result.Applied.IsEmpty)
        {
            MigrateDeployCommand.Report(session, result);
        }

        var seed = session.Get(SkipSeed) ? null : Seed.Declared(session.Project);
        if (seed is not null)
        {
            await seed.RunAsync(session, settings);
        }

        return Answer.With(Outcome.Ok, json =>
        {
            MigrateDeployCommand.WriteJson(json, result);
            json.WriteBoolean("seeded", seed is not null);
        });
    }
}
