using System.CommandLine;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;

namespace Sluice.Cli.Commands;

/// <summary>`db start`: a PostgreSQL server of the project's own.</summary>
internal static class DbStartCommand
{
    private static readonly Option<string?> Database = new("--database") { Description = "The database to create when missing (default: the last one, else named for the folder)", HelpName = "NAME" };

    private static readonly Option<bool> PrintUrl = new("--print-url") { Description = "Print the address alone, for DATABASE_URL=$(…)" };

    private static readonly Option<bool> Redact = new("--redact") { Description = "Print the address without its password" };

    public static Command Create(Session session) =>
        new ToolCommand("start", "Start a private PostgreSQL for this project, on loopback, below .sluice/", session, RunAsync)
        {
            Notes = """
                Uses the PostgreSQL programs of this machine; needs no set-up and no rights. The port and the password are its own.
                When neither the environment nor .env has a DATABASE_URL, it is written to the .env beside the schema.
                """,
            Examples =
            [
                ("db start", "start it, or find it running"),
                ("db start --database shop --print-url", "its address, for scripts"),
            ],
        }.With(Database, PrintUrl, Redact);

    private static async Task<Answer> RunAsync(Session session)
    {
        var state = LocalServer.StateFolder(session);
        var cluster = LocalServer.Cluster(state);
        var wasRunning = cluster.State() is ClusterState.Running;
        if (!wasRunning)
        {
            session.Terminal.Note($"Starting PostgreSQL in {Paths.Show(state)} …");
        }

        await KeepOutOfGitAsync(state, session.Stop);
        var server = await cluster.StartAsync(session.Stop);
        var name = await DatabaseAsync(session, state);
        var address = DatabaseAddress.Parse(cluster.Url(name));
        var created = await ServerConnection.EnsureDatabaseAsync(address, session.Stop);
        var terminal = session.Terminal;
        var shown = session.Get(Redact) ? address.Redacted : address.ToUrl();
        if (session.Get(PrintUrl) && !session.Json)
        {
            terminal.Raw(shown + "\n");
        }
        else
        {
            terminal.Result($"{terminal.Ink.BoldGreen("✓")} PostgreSQL {(wasRunning ? "is running" : "started")} on 127.0.0.1:{server.Port}, database \"{name}\"{(created ? " created" : "")}");
            await TellUrlAsync(session, address);
        }

        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteString("url", shown);
            json.WriteString("database", name);
            json.WriteNumber("port", server.Port);
            json.WriteNumber("processId", server.ProcessId);
            json.WriteBoolean("wasRunning", wasRunning);
        });
    }

    // Data and a password: nothing to commit, whatever the project ignores.
    private static async Task KeepOutOfGitAsync(string state, CancellationToken stop)
    {
        var ignore = Path.Combine(state, ".gitignore");
        if (!File.Exists(ignore))
        {
            AtomicFile.Write(ignore, "*\n");
        }
    }

    private static async Task<string> DatabaseAsync(Session session, string state)
    {
        var memory = Path.Combine(state, "server", "database");
        var named = session.Get(Database);
        if (named is null && File.Exists(memory))
        {
            return (await File.ReadAllTextAsync(memory, session.Stop)).Trim();
        }

        var name = named ?? NameFor(Path.GetFileName(Path.TrimEndingDirectorySeparator(session.Project.Folder)));
        AtomicFile.Write(memory, name + "\n");
        return name;
    }

    private static string NameFor(string folder)
    {
        var name = new string([.. folder.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]).Trim('_');
        return name.Length is > 0 and <= 63 && !char.IsAsciiDigit(name[0]) ? name : "app";
    }

    // A project that was just begun has no address yet; one that has is left alone.
    private static async Task TellUrlAsync(Session session, DatabaseAddress address)
    {
        var (project, terminal) = (session.Project, session.Terminal);
        var current = project.Variables["DATABASE_URL"];
        if (current == address.ToUrl())
        {
            terminal.Say("DATABASE_URL points to it.");
        }
        else if (project.FoundSchemaPath is not null && (current is null || IsOwn(current, address)) && Environment.GetEnvironmentVariable("DATABASE_URL") is null)
        {
            var env = project.Variables.Files.FirstOrDefault() ?? Path.Combine(project.SchemaFolder, ".env");
            await EnvFile.SetAsync(env, "DATABASE_URL", address.ToUrl(), session.Stop);
            terminal.Result($"{terminal.Ink.BoldGreen("✓")} DATABASE_URL written to {Paths.Show(env)}");
        }
        else
        {
            terminal.Say("To use it: `export DATABASE_URL=$(sluice db start --print-url)`");
        }
    }

    // The same server on another port.
    private static bool IsOwn(string url, DatabaseAddress address) =>
        url.Contains($":{address.Password}@127.0.0.1:", StringComparison.Ordinal);
}
