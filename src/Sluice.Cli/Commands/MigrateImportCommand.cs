using System.CommandLine;
using System.Text.Json;
using Sluice.Catalog;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Importing;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>`migrate import`: takes over the files and the history of another tool.</summary>
internal static class MigrateImportCommand
{
    private static readonly Option<string> From = Tools();

    private static readonly Argument<string?> Folder = new("dir")
    {
        HelpName = "DIR",
        Description = "The other tool's files; none for efcore",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create(Session session) =>
        new ToolCommand("import", "Take over the files and the history of golang-migrate, dbmate, Flyway or EF Core", session, RunAsync)
        {
            ShowsFirst = true,
            Notes = """
                Reads the other tool's table and files, and shows which become which, and what is applied. The files are written as
                {version}_{description}.up.sql and .down.sql into the migrations folder; golang-migrate's are named so already and stay where they
                are. Then `schema_migrations` gets a row for each applied one; the other tool's table is kept as sluice.imported_….

                Flyway's repeatable scripts become migrations after the others, which run once. EF Core's migrations are C#, so the live
                database becomes the first migration, as with `migrate baseline`. A history that says that a run failed is refused.
                """,
            Examples =
            [
                ("migrate import --from golang-migrate migrations", "files that stay where they are"),
                ("migrate import --from flyway db/sql --dry-run", "see what would become of them"),
                ("migrate import --from efcore", "from rows alone: the live database as first migration"),
            ],
        }.With(From, Folder, MigrateBaselineCommand.AcceptDifference);

    private static async Task<Answer> RunAsync(Session session)
    {
        var tool = Enum.GetValues<ForeignTool>().Single(t => ForeignTools.NameOf(t) == session.Get(From));
        var settings = LiveRun.Settings(session);
        if (tool is ForeignTool.EfCore)
        {
            return await BaselineAsync(session, settings);
        }

        var folder = session.Get(Folder) ?? throw new StopException(
            $"Which folder holds the files of {ForeignTools.NameOf(tool)}?", null, $"`sluice migrate import --from {ForeignTools.NameOf(tool)} DIR`");
        var plan = await Import.PlanAsync(settings, tool, folder, session.Stop);
        Show(session, settings, plan);
        if (session.Get(OperatingOptions.DryRun))
        {
            session.Terminal.Result("Dry run: nothing was changed.");
            return Answer.With(Outcome.Ok, json => Write(json, plan, done: false));
        }

        await Consent.AskAsync(
            session,
            "Take them over?",
            "Files and a history would be written, and there is no terminal to ask on; nothing was changed.",
            $"If that is what you want: `sluice migrate import --from {ForeignTools.NameOf(tool)} {CommandLine.Quote(folder)}{CommandLine.Shared(session)} --yes`");
        await plan.RunAsync(settings, folder, session.Stop);
        var applied = plan.Migrations.Count(m => m.Applied);
        session.Terminal.Result(session.Terminal.Ink.Green(
            $"{DiagnosticText.Counted(plan.Migrations.Length, "migration")} in {Paths.Show(settings.MigrationsPath)}, {applied} of them marked as applied. The other history is kept as {Kept(tool)}."));
        return Answer.With(Outcome.Ok, json => Write(json, plan, done: true));
    }

    private static async Task<Answer> BaselineAsync(Session session, RunSettings settings)
    {
        const ForeignTool Tool = ForeignTool.EfCore;
        var applied = await Import.AppliedAsync(settings, Tool, session.Stop);
        session.Terminal.Result($"EF Core has applied {DiagnosticText.Counted(applied.Length, "migration")}{(applied is [.., var last] ? $", the last of them {last}" : "")}.");
        var first = await FirstMigration.PlanAsync(settings, MigrateBaselineCommand.DefaultName, new ObjectName(settings.Address.Schema, ForeignTools.TableOf(Tool)), session.Stop);
        MigrateBaselineCommand.Show(session, first);
        if (session.Get(OperatingOptions.DryRun))
        {
            return MigrateBaselineCommand.DryRun(session, first);
        }

        await MigrateBaselineCommand.AskAsync(session, first, "sluice migrate import --from efcore");
        await Import.SetAsideAsync(settings, Tool, session.Stop);
        session.Terminal.Result($"The other history is kept as {Kept(Tool)}.");
        return await MigrateBaselineCommand.WriteAsync(session, settings, first);
    }

    private static string Kept(ForeignTool tool) => $"{ForeignTools.KeptAs(tool).Schema}.{ForeignTools.KeptAs(tool).Name}";

    private static void Show(Session session, RunSettings settings, Import plan)
    {
        var terminal = session.Terminal;
        terminal.Result($"The history of {ForeignTools.NameOf(plan.Tool)} in \"{settings.Address.Database}\" at {settings.Address.Server}:");
        foreach (var migration in plan.Migrations)
        {
            terminal.Result($"  {(migration.Applied ? "applied" : "pending")}  {migration.Name}{(migration.Down is null ? "" : " (with its way back)")}  {terminal.Ink.Faint($"from {Paths.Show(migration.Source)}")}");
        }

        if (plan.Drift.IsEmpty)
        {
            terminal.Result(terminal.Ink.Green("Replayed on a scratch database, the applied ones make the tables that are there."));
        }
        else
        {
            terminal.Warn("The database is not what the applied ones make; nothing is done about it. In the database, against them:");
            terminal.Say(ChangeText.Summary(plan.Drift, terminal.ErrorInk).TrimEnd('\n'));
        }
    }

    private static void Write(Utf8JsonWriter json, Import plan, bool done)
    {
        json.WriteString("tool", ForeignTools.NameOf(plan.Tool));
        json.WriteStartArray("migrations");
        foreach (var migration in plan.Migrations)
        {
            json.WriteStartObject();
            json.WriteString("name", migration.Name);
            json.WriteString("source", Paths.Show(migration.Source));
            json.WriteBoolean("applied", migration.Applied);
            json.WriteBoolean("reversible", migration.Down is not null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        ChangeJson.Write(json, "drift", plan.Drift);
        json.WriteBoolean("dryRun", !done);
    }

    private static Option<string> Tools()
    {
        var names = Enum.GetValues<ForeignTool>().Select(ForeignTools.NameOf).ToArray();
        var option = new Option<string>("--from") { Description = $"The other tool: {string.Join(", ", names)}", HelpName = "TOOL", Required = true };
        option.AcceptOnlyFromAmong(names);
        return option;
    }
}
