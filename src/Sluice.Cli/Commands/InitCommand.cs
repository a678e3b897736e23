using System.CommandLine;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;

namespace Sluice.Cli.Commands;

/// <summary>`init`: a schema to begin with, and a place for the connection.</summary>
internal static class InitCommand
{
    private const string Schema = """
        // The data model of this application. `sluice migrate dev` turns changes here into migrations.

        datasource db {
          provider = "postgresql"
          url      = env("DATABASE_URL")
        }

        """;

    private const string Environment = """
        # Read by sluice; the environment wins over it. Keep it out of version control.
        # `sluice db start` writes the address of a private local server here.

        """;

    private const string Example = "# DATABASE_URL=\"postgresql://USER:PASSWORD@localhost:5432/DATABASE?schema=public\"\n";

    private static readonly Argument<string> Folder = new("DIR")
    {
        Description = "Where to begin (default: here)",
        DefaultValueFactory = _ => ".",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create(Session session) =>
        new ToolCommand("init", "Begin a project: writes schema.prisma, .env and .gitignore", session, RunAsync)
        {
            Notes = "Nothing that exists is overwritten.",
            Examples =
            [
                ("init", "in the working directory"),
                ("init shop --url postgresql://me@localhost/shop", "in ./shop, for that database"),
            ],
        }.With(Folder);

    private static async Task<Answer> RunAsync(Session session)
    {
        var folder = Path.GetFullPath(session.Get(Folder)!);
        var schema = Path.GetFullPath(session.Get(SharedOptions.Schema) ?? "schema.prisma", folder);
        if (new[] { schema, Path.Combine(folder, "prisma", "schema.prisma") }.FirstOrDefault(Path.Exists) is { } existing)
        {
            throw new StopException(
                $"There is a schema already: {Paths.Show(existing)}.",
                null,
                "Begin elsewhere with `sluice init DIR`, or go on with `sluice migrate dev`.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(schema)!);
        AtomicFile.Write(schema, Schema);
        var written = new List<string> { Paths.Show(schema) };
        var env = Path.Combine(folder, ".env");
        if (!File.Exists(env))
        {
            var url = session.Get(SharedOptions.Url);
            AtomicFile.Write(env, Environment + (url is null ? Example : $"DATABASE_URL=\"{url}\"\n"), secret: true);
            written.Add(Paths.Show(env));
        }

        await KeepOutOfGitAsync(session, folder, written);
        Report(session, written, Paths.Show(env));
        return Answer.With(Outcome.Ok, json => json.WriteStrings("written", written));
    }

    // The password in .env, and the private server's data.
    private static async Task KeepOutOfGitAsync(Session session, string folder, List<string> written)
    {
        var ignore = Path.Combine(folder, ".gitignore");
        if (!File.Exists(ignore))
        {
            AtomicFile.Write(ignore, ".env\n.sluice/\n");
            written.Add(Paths.Show(ignore));
        }
        else if (!(await File.ReadAllLinesAsync(ignore, session.Stop)).Any(l => l.Trim() is ".env" or "/.env" or "*.env" or ".env*"))
        {
            session.Terminal.Warn($"{Paths.Show(ignore)} does not name .env: add the line `.env`, so that its password stays out of version control.");
        }
    }

    private static void Report(Session session, List<string> written, string env)
    {
        var terminal = session.Terminal;
        written.ForEach(f => terminal.Result($"{terminal.Ink.BoldGreen("✓")} {f}"));
        if (!written.Contains(env))
        {
            terminal.Say($"{env} was there already and is as it was; it needs a line `DATABASE_URL=…`.");
        }

        terminal.Result();
        terminal.Result("Next");
        terminal.Result($"  1. Set DATABASE_URL in {env}, or run `sluice db start` for a private local server.");
        terminal.Result("  2. Write models in the schema, or take them from a database with `sluice db pull`.");
        terminal.Result("  3. `sluice migrate dev --name init` writes the first migration and applies it.");
    }
}
