using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Projects;

namespace Sluice.Cli.Commands;

/// <summary>`db seed`: fills the database with what the project declares.</summary>
internal static class DbSeedCommand
{
    private static readonly Option<string?> File = new("--file") { Description = "An SQL script instead of the declared seed", HelpName = "FILE" };

    public static Command Create(Session session) =>
        new ToolCommand("seed", "Fill the database with the project's seed", session, RunAsync)
        {
            KeepsLog = true,
            Notes = """
                The seed is seed.sql beside the schema, or the command that prisma.config.ts (`migrations.seed`) or package.json
                (`prisma.seed`) names. A script is one transaction; a command gets DATABASE_URL in its environment.
                """,
            Examples =
            [
                ("db seed", "run the declared seed"),
                ("db seed --file demo.sql", "run another script"),
            ],
        }.With(File);

    private static async Task<Answer> RunAsync(Session session)
    {
        var file = session.Get(File);
        if (file is not null && !System.IO.File.Exists(file))
        {
            throw new StopException($"There is no script at {Paths.Show(file)}.");
        }

        var settings = LiveRun.Settings(session);
        var seed = file is not null ? new Seed.File(Path.GetFullPath(file)) : Seed.Declared(session.Project) ?? throw new StopException(
            "No seed is declared.",
            null,
            $"Write {Paths.Show(Path.Combine(session.Project.SchemaFolder, "seed.sql"))}, or name a script: `sluice db seed --file FILE`.");
        await seed.RunAsync(session, LoggedRun.Begin(session, settings));
        return Answer.Ok;
    }
}
