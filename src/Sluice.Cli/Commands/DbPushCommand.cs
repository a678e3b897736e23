using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>`db push`: takes the database to the schema without a migration, for prototypes.</summary>
internal static class DbPushCommand
{
    private static readonly Option<bool> AcceptDataLoss = new("--accept-data-loss") { Description = "Go on although rows or values are lost" };

    private static readonly Option<bool> ForceReset = new("--force-reset") { Description = "Empty the schemas first, after showing what would be lost" };

    private static readonly Option<bool> SkipGenerate = new("--skip-generate") { Description = "Accepted for Prisma's sake; nothing is generated", Hidden = true };

    public static Command Create(Session session) =>
        new ToolCommand("push", "Take the database to the schema without a migration (prototyping)", session, RunAsync)
        {
            KeepsLog = true,
            Notes = "No history is kept. For anything that others use, write migrations: `sluice migrate dev`.",
            Examples =
            [
                ("db push", "make the database equal to the schema"),
                ("db push --accept-data-loss", "also where values are lost"),
            ],
        }.With(AcceptDataLoss, RenameQuestions.NotRenamed, ForceReset, SkipGenerate);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.Settings(session);
        var wanted = LoadedSchema.Catalog(session, settings.Address.Schema);
        var terminal = session.Terminal;
        if (session.Get(ForceReset))
        {
            await RequireResetConsentAsync(session, settings);
            settings = LoggedRun.Begin(session, settings);
            await Reset.RunAsync(settings, applyMigrations: false, session.Stop);
            terminal.Result($"The PostgreSQL database \"{settings.Address.Database}\" schema \"{settings.Address.Schema}\" at \"{settings.Address.Server}\" was successfully reset.");
            terminal.Result();
        }

        var proposal = await Push.PlanAsync(settings, wanted, session.Stop);
        if (proposal.IsEmpty)
        {
            terminal.Result("The database is already in sync with the schema.");
            return Answer.With(Outcome.Ok, json => WriteJson(json, proposal));
        }

        var again = $"sluice db push{CommandLine.Shared(session)}";
        (proposal, var stop) = await RenameQuestions.SettleAsync(
            session,
            wanted,
            proposal,
            known => Push.PlanAsync(settings, known, session.Stop),
            // No other database gets these steps: what is empty here can go and come.
            matters: q => !session.Get(AcceptDataLoss) && q.Values != 0,
            again);
        if (stop is not null)
        {
            return stop;
        }

        await Consent.RequireAsync(session, proposal, session.Get(AcceptDataLoss), $"{again} --accept-data-loss");
        settings = LoggedRun.Begin(session, settings);
        await Push.ApplyAsync(settings, proposal, session.Get(AcceptDataLoss), session.Stop);
        terminal.Result(terminal.Ink.Green($"Your database is now in sync with your schema. Done in {Durations.Show(session.Elapsed)}"));
        if (HasMigrations(session.Project.MigrationsPath))
        {
            terminal.Warn("This project has migrations, and none of them makes this change: `sluice migrate dev` will find drift. It makes the next change a migration; `db push` does not.");
        }

        return Answer.With(Outcome.Ok, json => WriteJson(json, proposal));
    }

    private static bool HasMigrations(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(e => Path.GetFileName(e) is not (['.', ..] or LockFile.Name));

    private static async Task RequireResetConsentAsync(Session session, RunSettings settings)
    {
        ResetConsent.RefuseProduction(session, settings, "`db push` never empties a production database. Where this is none, unset the variable.");
        if (session.Get(AcceptDataLoss))
        {
            return;
        }

        var preview = await Reset.PreviewAsync(settings, session.Stop);
        if (preview.Tables > 0)
        {
            await ResetConsent.RequireAsync(session, settings, preview, "sluice db push --force-reset --accept-data-loss");
        }
    }

    private static void WriteJson(System.Text.Json.Utf8JsonWriter json, SchemaProposal proposal)
    {
        json.WriteNumber("steps", proposal.Steps.Length);
        json.WriteString("script", proposal.Script);
        json.WriteStrings("warnings", proposal.Warnings);
        RenameQuestions.WriteJson(json, proposal);
    }
}
