using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Sluice.Cli.Options;
using Sluice.Cli.Projects;
using Sluice.Studio;

namespace Sluice.Cli.Commands;

/// <summary>`studio`: pages to look through a database, served to this machine alone.</summary>
internal static class StudioCommand
{
    private static readonly Option<int> Port = new("--port") { Description = "Where to listen, on this machine alone", HelpName = "PORT", DefaultValueFactory = _ => 5555 };

    private static readonly Option<bool> ReadOnly = new("--read-only") { Description = "Nothing in the database can be changed from the page" };

    private static readonly Option<bool> NoOpen = new("--no-open") { Description = "Only print the link" };

    public static Command Create(Session session) =>
        new ToolCommand("studio", "Look through the database in a browser: rows, migrations, health", session, RunAsync)
        {
            Notes = """
                Listens on this machine alone, and asks nothing of any other. The link opens the page once: it holds a secret, which the
                browser keeps as a cookie. Ctrl-C ends it.
                """,
            Examples =
            [
                ("studio", "look, and change something"),
                ("studio --read-only --url \"$PRODUCTION_URL\"", "look, and be sure to change nothing"),
                ("studio --port 8080 --no-open", "behind `ssh -L 8080:localhost:8080`"),
            ],
        }.With(Port, ReadOnly, NoOpen);

    private static async Task<Answer> RunAsync(Session session)
    {
        if (session.Get(Port) is < 1 or > 65535)
        {
            throw new StopException($"--port is {session.Get(Port)}.", null, "Write a number from 1 to 65535, for example `--port 5555`.");
        }

        await using var server = await StudioServer.StartAsync(
            new StudioSettings
            {
                Run = LiveRun.Settings(session),
                Schema = session.Project.FoundSchemaPath is { } schema ? () => SchemaFiles.ReadIfAny(schema) : null,
                Port = session.Get(Port),
                IsReadOnly = session.Get(ReadOnly),
                Thresholds = SluiceJson.Read(session.Project.Folder).Monitor.Thresholds,
                BackupFolder = BackupOptions.FolderOf(session),
                Tool = Tool(session),
            },
            session.Stop);
        session.Terminal.Result($"Studio: {server.Link}");
        if (session.Json)
        {
            // At once: whoever reads it wants to open it; how it ended comes at the end.
            session.Terminal.WriteJson(json => json.WriteString("link", server.Link.AbsoluteUri));
        }

        session.Terminal.Note("The link opens once. Ctrl-C ends.");
        using var opened = session.Get(NoOpen) ? null : OpenedLink.Write(server.Link);
        if (opened is not null)
        {
            Open(session, opened.Path);
        }

        try
        {
            await Task.Delay(Timeout.Infinite, session.Stop);
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }

        return Answer.With(Outcome.Ok, _ => { });
    }

    /// <summary>This program again, on the same project. An address that was given goes along as it was given.</summary>
    private static ToolProgram Tool(Session session)
    {
        var program = Environment.ProcessPath ?? throw new UnreachableException("this process has no path");
        // `dotnet sluice.dll` is the runtime's program with ours as its argument.
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0]] : [program];
        return new ToolProgram([.. self, .. Given(session, SharedOptions.Schema), .. Given(session, SharedOptions.Migrations), .. Given(session, SharedOptions.Url)], session.Project.Folder);
    }

    private static string[] Given(Session session, Option<string?> option) => session.Get(option) is { } value ? [option.Name, value] : [];

    private static void Open(Session session, string file)
    {
        try
        {
            // Where there is no desktop there is nobody to open it for.
            using var browser = OperatingSystem.IsWindows() ? Process.Start(new ProcessStartInfo(file) { UseShellExecute = true })
                : OperatingSystem.IsMacOS() ? Process.Start("open", file)
                : Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 }
                    ? Process.Start(new ProcessStartInfo("xdg-open", file) { RedirectStandardOutput = true, RedirectStandardError = true })
                    : null;
        }
        catch (Win32Exception missing)
        {
            session.Terminal.Note($"No browser could be opened: {missing.Message}");
        }
    }
}
