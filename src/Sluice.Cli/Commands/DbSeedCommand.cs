using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Cli.Logging;
using Sluice.Cli.Projects;

namespace Sluice.Cli.Commands;

/// <summary>`db seed`: fills the database with what the project declares.</summary>
internal static class DbSeedCommand
{
    private static readonly Option<string?> File = new("--file") { Description = "An SQL script instead of the declared seed", HelpName = "FILE" };

    private static readonly Argument<string[]> Arguments = new("-- ARGUMENTS") { Description = "What the seed command is given, as it is", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create(Session session) =>
        new ToolCommand("seed", "Fill the database with the project's seed", session, RunAsync)
        {
            KeepsLog = true,
            Notes = """
                The seed is the first of these that is there: the command, or the path of an .sql file, that sluice.json (`seed`),
                prisma.config.ts (`migrations.seed`) or package.json (`prisma.seed`) names; a C# program beside the schema,
                seed.cs or the project in the folder seed; seed.sql there. `"seed": ""` in sluice.json is none.

                A script is one transaction. A command runs in the project's folder, a program in the schema's; both get
                DATABASE_URL and DB_HOST to DB_SSL_MODE in their environment, and what they print goes to standard error.
                `migrate reset` runs the seed, and so does `migrate dev` on a database that it created; not with --skip-seed.
                """,
            Examples =
            [
                ("db seed", "run the declared seed"),
                ("db seed -- --rows 1000", "hand arguments to the seed command"),
                ("db seed --file demo.sql", "run another script"),
            ],
        }.With(File, Arguments);

    private static async Task<Answer> RunAsync(Session session)
    {
        var arguments = session.Get(Arguments) ?? [];
        if (arguments.Length > session.Parse.Tokens.SkipWhile(t => t.Type is not TokenType.DoubleDash).Skip(1).Count())
        {
            throw new StopException($"`{arguments[0]}` stands before `--`.", null, "Arguments of the seed command: `sluice db seed -- ARGUMENTS`", "Another script: `sluice db seed --file FILE`");
        }

        var file = session.Get(File);
        if (file is not null && !System.IO.File.Exists(file))
        {
            throw new StopException($"There is no script at {Paths.Show(file)}.");
        }

        var settings = LiveRun.Settings(session);
        var seed = file is not null ? new Seed.Script(Path.GetFullPath(file)) : Seed.Declared(session.Project) ?? throw new StopException(
            "No seed is declared.",
            null,
            $"Write {Paths.Show(Path.Combine(Seed.Folder(session.Project), "seed.sql"))} or seed.cs beside it, or a command into sluice.json: {{\"seed\": \"COMMAND\"}}",
            "Or name a script: `sluice db seed --file FILE`");
        await seed.RunAsync(session, LoggedRun.Begin(session, settings), arguments);
        return Answer.With(Outcome.Ok, seed.WriteJson);
    }
}
