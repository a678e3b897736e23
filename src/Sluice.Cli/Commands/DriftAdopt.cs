using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Diff;
using Sluice.Introspection;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Verifying;
using Sluice.Sql;

namespace Sluice.Cli.Commands;

/// <summary>`migrate resolve --adopt`: the migration that makes the drift, marked as applied here, and the schema that says it.</summary>
internal static class DriftAdopt
{
    public static readonly Option<string?> Name = new("--name") { Description = "With --adopt: the migration's name (default: keep_drift)", HelpName = "NAME" };

    public static async Task<Answer> RunAsync(Session session)
    {
        var settings = CacheOptions.Apply(session, LiveRun.HistorySettings(session), develops: false);
        var command = $"sluice migrate resolve --adopt{(session.Get(Name) is { } given ? $" --name {CommandLine.Quote(given)}" : "")}{CommandLine.Shared(session)}";
        var remedy = await DriftQuestions.SettleAsync(session, await Adopt.PlanAsync(settings, [], session.Stop), known => Adopt.PlanAsync(settings, known, session.Stop), command);
        var terminal = session.Terminal;
        if (remedy.IsEmpty)
        {
            terminal.Result("No drift: the database is where its migrations lead.");
            return DriftText.Answer(Outcome.Ok, remedy, applied: false);
        }

        DriftText.Print(session, remedy, "another database to where this one is");
        if (session.Get(OperatingOptions.DryRun))
        {
            terminal.Result("Dry run: nothing was written.");
            return DriftText.Answer(Outcome.Ok, remedy, applied: false);
        }

        var follows = await SchemaFollowsAsync(session, settings);
        settings = LoggedRun.Begin(session, settings);
        var (created, back) = await Adopt.ApplyAsync(settings, remedy, session.Get(Name) ?? "keep_drift", session.Stop);
        terminal.Result("The following migration was created, and marked as applied in this database:");
        terminal.Result();
        foreach (var line in Written(session, created))
        {
            terminal.Result(line);
        }

        terminal.Result();
        WayBack.Say(session, created, back);
        var pulled = follows is true ? await FollowAsync(session, settings) : null;
        SayWhatIsLeft(session, remedy, follows, pulled);
        var isWhole = follows is not false && pulled?.Objects.Left.IsEmpty is not false;
        return DriftText.Answer(isWhole ? Outcome.Ok : Outcome.Attention, remedy, applied: true, json =>
        {
            json.WriteString("created", created.Name);
            json.WriteString("path", Paths.Show(created.Path));
            WayBack.Write(json, back);
            json.WriteStrings("written", Changed(pulled).Select(c => Paths.Show(c.Path)));
        });
    }

    private static IEnumerable<string> Written(Session session, MigrationFile created) => Path.GetFileName(created.Path) == MigrationFile.FileName
        ? LiveRun.Tree(session, [created.Name])
        : new[] { created, created.Down }.OfType<MigrationFile>().Select(f => Paths.Show(f.Path));

    /// <summary>
    /// Whether the schema and its SQL files say what the migrations make: only then is what the database has beside them all
    /// that is new to it. Null without a schema.
    /// </summary>
    private static async Task<bool?> SchemaFollowsAsync(Session session, RunSettings settings)
    {
        if (session.Project.FoundSchemaPath is not { } path || !Path.Exists(path))
        {
            return null;
        }

        var wanted = await Declaration.CatalogAsync(settings, LoadedSchema.Catalog(session, settings.Address.Schema), session.Stop);
        return Migration.Plan(await Replay.CatalogAsync(settings, MigrationFolder.Read(settings.MigrationsPath).Migrations, session.Stop), wanted).IsEmpty;
    }

    /// <summary>As `db pull` does: order, comments and names stay. Without SQL files nothing but the schema is anybody's.</summary>
    private static async Task<PulledProject> FollowAsync(Session session, RunSettings settings)
    {
        var previous = PreviousSchema.Read(SchemaFiles.Read(session.Project.SchemaPath));
        var (language, whole) = await Pull.BothAsync(settings, session.Stop);
        var pulled = await PulledProject.FindAsync(session, settings, previous, language, whole, settings.SqlFiles.IsEmpty ? null : ObjectFiles.Place(session.Project));
        foreach (var file in Changed(pulled))
        {
            AtomicFile.Write(file.Path, file.After);
            session.Terminal.Result($"{Paths.Show(file.Path)} says it now too.");
        }

        return pulled;
    }

    private static IEnumerable<FileChange> Changed(PulledProject? pulled) => pulled?.Files.Where(f => f.IsChange) ?? [];

    private static void SayWhatIsLeft(Session session, DriftRemedy remedy, bool? follows, PulledProject? pulled)
    {
        var beyond = remedy.Drift.Where(d => d.Change is Change.ObjectAdded or Change.ObjectRemoved or Change.ObjectChanged).Select(d => ChangeLine.Of(d.Change).Text).ToList();
        if (beyond.Count > 0 && pulled is not { Sql.IsEmpty: false })
        {
            session.Terminal.Note($"The schema language cannot say: {string.Join(", ", beyond)}. The migration has it; SQL files that declare such things must say it too.");
        }

        if (pulled is { Objects.Left.IsEmpty: false })
        {
            session.Terminal.Warn($"The SQL files do not make all of it; what is missing is yours to write:\n{PlanSummary.Write(pulled.Objects.Left).TrimEnd()}");
        }

        if (follows is false)
        {
            session.Terminal.Warn(
                $"The schema was not edited: it asks for more than the migrations make, and that is yours to keep. To see what it lacks: `sluice migrate diff --from-migrations {CommandLine.Quote(Paths.Show(session.Project.MigrationsPath))} --to-schema {CommandLine.Quote(Paths.Show(session.Project.SchemaPath))}`");
        }
    }
}
