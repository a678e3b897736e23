using System.Diagnostics;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>What fills a new database: an SQL file, or a command of the project.</summary>
internal abstract record Seed
{
    private Seed()
    {
    }

    public static Seed? Declared(Project project)
    {
        var command = project.Config?.Seed ?? project.Package.Seed;
        if (command is not null)
        {
            return command.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) && System.IO.File.Exists(Path.Combine(project.Folder, command))
                ? new File(Path.Combine(project.Folder, command))
                : new Command(command, project.Folder);
        }

        var file = Path.Combine(project.FoundSchemaPath is null ? project.Folder : project.SchemaFolder, "seed.sql");
        return System.IO.File.Exists(file) ? new File(file) : null;
    }

    public abstract Task RunAsync(Session session, RunSettings settings);

    public sealed record File(string Path) : Seed
    {
        public override async Task RunAsync(Session session, RunSettings settings)
        {
            session.Terminal.Say($"Running seed `{Paths.Show(Path)}` …");
            await Execute.RunAsync(settings, await System.IO.File.ReadAllTextAsync(Path, session.Stop), Paths.Show(Path), session.Stop);
            session.Terminal.Result(session.Terminal.Ink.Green("The seed has been executed."));
        }
    }

    public sealed record Command(string Text, string Folder) : Seed
    {
        public override async Task RunAsync(Session session, RunSettings settings)
        {
            session.Terminal.Say($"Running seed command `{Redaction.Clean(Text)}` …");
            using var process = Process.Start(StartInfo(settings)) ?? throw new UnreachableException("a new process was asked for");
            try
            {
                await process.WaitForExitAsync(session.Stop);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            if (process.ExitCode != 0)
            {
                throw new StopException($"The seed command ended with exit code {process.ExitCode}.", null, $"It was: `{Redaction.Clean(Text)}`");
            }

            session.Terminal.Result(session.Terminal.Ink.Green("The seed command has been executed."));
        }

        // What the command prints is talk, so it goes to stderr: stdout stays this tool's own.
        private ProcessStartInfo StartInfo(RunSettings settings)
        {
            var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe") : new ProcessStartInfo("/bin/sh");
            start.WorkingDirectory = Folder;
            start.ArgumentList.Add(OperatingSystem.IsWindows() ? "/c" : "-c");
            start.ArgumentList.Add(OperatingSystem.IsWindows() ? $"{Text} 1>&2" : $"exec 1>&2\n{Text}");
            start.Environment["DATABASE_URL"] = settings.Address.ToUrl();
            start.Environment["PATH"] = string.Join(Path.PathSeparator, Path.Combine(Folder, "node_modules", ".bin"), Environment.GetEnvironmentVariable("PATH"));
            return start;
        }
    }
}
