using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Sluice.Catalog;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Introspection;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Sluice.Sql;
using Sluice.Text;

namespace Sluice.Cli.Commands;

/// <summary>`db pull`: writes the schema that a database has.</summary>
internal static class DbPullCommand
{
    private static readonly Option<bool> Print = new("--print") { Description = "Print the schema instead of writing it" };

    private static readonly Option<bool> Force = new("--force") { Description = "Forget what the schema says beyond its datasource and generators" };

    public static Command Create(Session session) =>
        new ToolCommand("pull", "Write the schema of an existing database", session, RunAsync)
        {
            ShowsFirst = true,
            Notes = "What the schema says already is kept: names given with @map, comments, order, generators. What the schema language cannot say (functions, views, triggers, checks, rights …) goes to SQL files beside it; what these declare already stays as it is written.",
            Examples =
            [
                ("db pull", "update the schema and its SQL files from the database"),
                ("db pull --dry-run", "see which files would change"),
                ("db pull --print --url postgresql://localhost/shop", "look at a database, without a project"),
                ("db pull --print --json", "the same with the SQL files, for machines"),
            ],
        }.With(Print, Force);

    public static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.Settings(session);
        var previous = Previous(session);
        var (language, whole) = await Pull.BothAsync(settings, session.Stop);
        if (language.Tables.Count == 0 && language.Enums.Count == 0 && language.Views.Count == 0 && whole.Objects.Count == 0)
        {
            throw new StopException(
                "The introspected database was empty.",
                "P4001",
                "To make tables from the schema: `sluice db push`, or `sluice migrate dev`.");
        }

        return session.Get(Print) && !session.Json
            ? PrintSchema(session, Introspector.Introspect(language, previous), whole)
            : await FollowAsync(session, settings, previous, language, whole);
    }

    /// <summary>The schema alone, so with its remarks on what it does not say.</summary>
    private static Answer PrintSchema(Session session, PulledSchema pulled, Database whole)
    {
        session.Terminal.Raw(pulled.Files.Count == 1 ? pulled.Files[0].Text : string.Join('\n', pulled.Files.Select(f => $"// {f.Path}\n{f.Text}")));
        Warn(session.Terminal, pulled.Warnings);
        if (whole.Objects.Count > 0)
        {
            session.Terminal.Say();
            session.Terminal.Note($"The schema language cannot say {DiagnosticText.Counted(whole.Objects.Count, "object")} of the database: `sluice db pull` writes them to SQL files, `sluice db pull --print --json` prints these.");
        }

        return Answer.Ok;
    }

    private static async Task<Answer> FollowAsync(Session session, RunSettings settings, PreviousSchema? previous, Database language, Database whole)
    {
        var found = await PulledProject.FindAsync(session, settings, previous, language, whole, ObjectFiles.Place(session.Project));
        if (!session.Get(Print))
        {
            await WriteAsync(session, found);
        }

        Warn(session.Terminal, found.Pulled.Warnings);
        WarnOfFiles(session.Terminal, found.Objects);
        return new Answer(found.Objects.Left.IsEmpty ? Outcome.Ok : Outcome.Attention, json => WriteJson(json, found.Files, found.Pulled.Warnings, found.Objects));
    }

    private static PreviousSchema? Previous(Session session)
    {
        if (session.Project.FoundSchemaPath is not { } path || !Path.Exists(path))
        {
            return null;
        }

        if (!session.Get(Force))
        {
            LoadedSchema.Require(session);
        }

        var previous = PreviousSchema.Read(SchemaFiles.Read(path));
        return session.Get(Force) ? previous with { Model = previous.Model with { Entities = [], Enums = [], Relations = [] } } : previous;
    }

    private static async Task WriteAsync(Session session, PulledProject found)
    {
        var (models, schema, sql) = (found.Models, found.Schema, found.Sql);
        var changes = found.Files.Where(c => c.IsChange).ToList();
        if (session.Get(OperatingOptions.DryRun))
        {
            session.Terminal.Result(changes.Count == 0 ? "Nothing would change." : "These files would change; nothing was written:");
            List(session.Terminal, changes);
            return;
        }

        foreach (var file in changes)
        {
            AtomicFile.Write(file.Path, file.After);
        }

        var target = session.Project.FoundSchemaPath;
        session.Terminal.Result(session.Terminal.Ink.Green(
            $"Introspected {DiagnosticText.Counted(models, "model")} and wrote {(models == 1 ? "it" : "them")} into {Paths.Show(target ?? schema[0].Path)} in {Durations.Show(session.Elapsed)}"));
        if (schema.Length > 1 || sql.Length > 0)
        {
            session.Terminal.Result(changes.Count == 0 ? "No file changed." : "Changed:");
            List(session.Terminal, changes);
        }
    }

    private static void List(Terminal terminal, List<FileChange> changes)
    {
        foreach (var change in changes)
        {
            terminal.Result("  " + change.Describe());
        }
    }

    private static void Warn(Terminal terminal, IEnumerable<PullWarning> warnings)
    {
        foreach (var warning in warnings)
        {
            Warn(terminal, warning.Message, warning.Objects);
        }
    }

    private static void WarnOfFiles(Terminal terminal, PulledFiles sql)
    {
        if (!sql.Removed.IsEmpty)
        {
            Warn(terminal, "These statements were taken out of their files, because the database no longer has what they need:", sql.Removed);
        }

        if (!sql.Left.IsEmpty)
        {
            Warn(terminal, "The files do not make all that the database has. What is missing:", PlanSummary.Write(sql.Left).TrimEnd().Split('\n'));
        }
    }

    private static void Warn(Terminal terminal, string message, IEnumerable<string> subjects)
    {
        terminal.Say();
        terminal.Warn(message);
        foreach (var subject in subjects)
        {
            terminal.Say($"  - {subject}");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, IEnumerable<FileChange> files, IEnumerable<PullWarning> warnings, PulledFiles sql)
    {
        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("change", file.Kind);
            json.WriteString("text", file.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStrings("removedStatements", sql.Removed);
        json.WriteBoolean("complete", sql.Left.IsEmpty);
        json.WriteStartArray("warnings");
        foreach (var warning in warnings)
        {
            json.WriteStartObject();
            json.WriteString("finding", warning.Finding.ToString());
            json.WriteString("message", warning.Message);
            json.WriteStrings("objects", warning.Objects);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
