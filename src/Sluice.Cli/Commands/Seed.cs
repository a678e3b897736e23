using System.Text.Json;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>What fills a new database: an SQL script, or a command of the project.</summary>
internal abstract record Seed
{
    private Seed()
    {
    }

    /// <summary>What the configuration names, else a C# program beside the schema, else a script there; null for none of them.</summary>
    public static Seed? Declared(Project project)
    {
        if ((SluiceJson.Read(project.Folder).Seed ?? project.Config?.Seed ?? project.Package.Seed) is { } named)
        {
            var script = Path.Combine(project.Folder, named);
            return named.Length == 0 ? null
                : named.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) && File.Exists(script) ? new Script(script)
                : new Command(named, project.Folder);
        }

        var folder = Folder(project);
        return File.Exists(Path.Combine(folder, "seed.cs")) ? new Command("dotnet run --file seed.cs --", folder)
            : HoldsProject(Path.Combine(folder, "seed")) ? new Command("dotnet run --project seed --", folder)
            : File.Exists(Path.Combine(folder, "seed.sql")) ? new Script(Path.Combine(folder, "seed.sql"))
            : null;
    }

    /// <summary>Where a seed is looked for that nothing names.</summary>
    public static string Folder(Project project) => project.FoundSchemaPath is null ? project.Folder : project.SchemaFolder;

    /// <param name="arguments">For the command, as they are.</param>
    public abstract Task RunAsync(Session session, RunSettings settings, params string[] arguments);

    public abstract void WriteJson(Utf8JsonWriter json);

    private static bool HoldsProject(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.csproj").Any();

    public sealed record Script(string Path) : Seed
    {
        public override async Task RunAsync(Session session, RunSettings settings, params string[] arguments)
        {
            if (arguments.Length > 0)
            {
                throw new StopException($"The seed is the SQL script {Paths.Show(Path)}, which takes no arguments.", null, "Another script: `sluice db seed --file FILE`");
            }

            session.Terminal.Say($"Running seed `{Paths.Show(Path)}` …");
            await Execute.RunAsync(settings, await File.ReadAllTextAsync(Path, session.Stop), Paths.Show(Path), session.Stop);
            session.Terminal.Result(session.Terminal.Ink.Green("The seed has been executed."));
        }

        public override void WriteJson(Utf8JsonWriter json) => json.WriteString("script", Paths.Show(Path));
    }

    public sealed record Command(string Text, string WorkingFolder) : Seed
    {
        public override async Task RunAsync(Session session, RunSettings settings, params string[] arguments)
        {
            var name = Redaction.Clean(Text, settings.Address);
            session.Terminal.Say($"Running seed command `{name}` …");
            await ProgramRun.RunAsync(settings, name, stop => SeedProcess.RunAsync(this, arguments, session.Project, settings.Address, stop), session.Stop);
            session.Terminal.Result(session.Terminal.Ink.Green("The seed command has been executed."));
        }

        public override void WriteJson(Utf8JsonWriter json) => json.WriteString("command", Redaction.Clean(Text));
    }
}
