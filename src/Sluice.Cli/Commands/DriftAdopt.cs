using System.Collections.Immutable;
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
        var created = await Adopt.ApplyAsync(settings, remedy, session.Get(Name) ?? "keep_drift", session.Stop);
        terminal.Result("The following migration was created, and marked as applied in this database:");
        terminal.Result();
        foreach (var line in LiveRun.Tree(session, [created.Name]))
        {
            terminal.Result(line);
        }

        terminal.Result();
        var written = follows is true ? await WriteSchemaAsync(session, settings) : [];
        SayWhatIsLeft(session, remedy, follows);
        return DriftText.Answer(follows is false ? Outcome.Attention : Outcome.Ok, remedy, applied: true, json =>
        {
            json.WriteString("created", created.Name);
            json.WriteString("path", Paths.Show(created.Path));
            json.WriteStrings("written", written);
        });
    }

    /// <summary>Whether the schema says what the migrations make: only then is what the database has beside them all that is new to it. Null without a schema.</summary>
    private static async Task<bool?> SchemaFollowsAsync(Session session, RunSettings settings)
    {
        if (session.Project.FoundSchemaPath is not { } path || !Path.Exists(path))
        {
            return null;
        }

        var wanted = LoadedSchema.Catalog(session, settings.Address.Schema);
        return Migration.Plan(await Replay.CatalogAsync(settings, MigrationFolder.Read(settings.MigrationsPath).Migrations, session.Stop), wanted).IsEmpty;
    }

    /// <summary>As `db pull` does: order, comments and names of the file stay.</summary>
    private static async Task<ImmutableArray<string>> WriteSchemaAsync(Session session, RunSettings settings)
    {
        var before = SchemaFiles.Read(session.Project.SchemaPath);
        var pulled = Introspector.Introspect(await Pull.CatalogAsync(settings, session.Stop), PreviousSchema.Read(before));
        var written = ImmutableArray.CreateBuilder<string>();
        foreach (var file in pulled.Files.Where(f => before.All(b => b.Path != f.Path || b.Text != f.Text)))
        {
            await AtomicFile.WriteAsync(file.Path, file.Text, session.Stop);
            written.Add(Paths.Show(file.Path));
            session.Terminal.Result($"{Paths.Show(file.Path)} says it now too.");
        }

        return written.ToImmutable();
    }

    private static void SayWhatIsLeft(Session session, DriftRemedy remedy, bool? follows)
    {
        var beyond = remedy.Drift.Where(d => d.Change is Change.ObjectAdded or Change.ObjectRemoved or Change.ObjectChanged).Select(d => ChangeLine.Of(d.Change).Text).ToList();
        if (beyond.Count > 0)
        {
            session.Terminal.Note($"The schema language cannot say: {string.Join(", ", beyond)}. The migration has it; SQL files that declare such things must say it too.");
        }

        if (follows is false)
        {
            session.Terminal.Warn(
                $"The schema was not edited: it asks for more than the migrations make, and that is yours to keep. To see what it lacks: `sluice migrate diff --from-migrations {CommandLine.Quote(Paths.Show(session.Project.MigrationsPath))} --to-schema {CommandLine.Quote(Paths.Show(session.Project.SchemaPath))}`");
        }
    }
}
