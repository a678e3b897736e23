using System.CommandLine;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Introspection;
using Sluice.Postgres.Verifying;
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
            Notes = "What the schema says already is kept: names given with @map, comments, order, generators. Says what the language cannot express.",
            Examples =
            [
                ("db pull", "update the schema from the database"),
                ("db pull --print --url postgresql://localhost/shop", "look at a database, without a project"),
            ],
        }.With(Print, Force);

    public static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.Settings(session);
        var previous = Previous(session);
        var catalog = await Pull.CatalogAsync(settings, session.Stop);
        if (catalog.Tables.Count == 0 && catalog.Enums.Count == 0 && catalog.Views.Count == 0)
        {
            throw new StopException(
                "The introspected database was empty.",
                "P4001",
                "To make tables from the schema: `sluice db push`, or `sluice migrate dev`.");
        }

        var pulled = Introspector.Introspect(catalog, previous);
        if (session.Get(Print))
        {
            PrintOnly(session, pulled);
        }
        else
        {
            await WriteAsync(session, pulled);
        }

        Warn(session.Terminal, pulled);
        return new Answer(Outcome.Ok, json => WriteJson(json, pulled));
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

    private static void PrintOnly(Session session, PulledSchema pulled)
    {
        if (session.Json)
        {
            return;
        }

        var files = pulled.Files;
        session.Terminal.Raw(files.Count == 1 ? files[0].Text : string.Join('\n', files.Select(f => $"// {f.Path}\n{f.Text}")));
    }

    private static async Task WriteAsync(Session session, PulledSchema pulled)
    {
        var target = session.Project.FoundSchemaPath;
        foreach (var file in pulled.Files)
        {
            await AtomicFile.WriteAsync(file.Path, file.Text, session.Stop);
        }

        var models = Migration.Read([.. pulled.Files.Select(f => new SourceText(f.Path, f.Text))]).Value.Models.Count();
        session.Terminal.Result(session.Terminal.Ink.Green(
            $"Introspected {DiagnosticText.Counted(models, "model")} and wrote {(models == 1 ? "it" : "them")} into {Paths.Show(target ?? pulled.Files[0].Path)} in {Durations.Show(session.Elapsed)}"));
    }

    private static void Warn(Terminal terminal, PulledSchema pulled)
    {
        foreach (var warning in pulled.Warnings)
        {
            terminal.Say();
            terminal.Warn(warning.Message);
            foreach (var name in warning.Objects)
            {
                terminal.Say($"  - {name}");
            }
        }
    }

    private static void WriteJson(System.Text.Json.Utf8JsonWriter json, PulledSchema pulled)
    {
        json.WriteStartArray("files");
        foreach (var file in pulled.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("text", file.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (var warning in pulled.Warnings)
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
