using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Projects;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`db execute`: runs an SQL script, without any history.</summary>
internal static class DbExecuteCommand
{
    private static readonly Option<string?> File = new("--file") { Description = "The script", HelpName = "FILE" };

    private static readonly Option<bool> Stdin = new("--stdin") { Description = "Read the script from standard input" };

    public static Command Create(Session session) =>
        new ToolCommand("execute", "Run an SQL script on the database", session, RunAsync)
        {
            KeepsLog = true,
            Notes = "The script is one transaction unless it controls its own. Rows it selects are not shown.",
            Examples =
            [
                ("db execute --file undo.sql", "run a file"),
                ("db execute --stdin <<< 'TRUNCATE TABLE \"Log\"'", "run what comes in"),
            ],
        }.With(File, Stdin);

    private static async Task<Answer> RunAsync(Session session)
    {
        var file = session.Get(File);
        if (file is null == !session.Get(Stdin))
        {
            throw new StopException("Give either --file or --stdin.", null, "`sluice db execute --file script.sql`", "`sluice db execute --stdin < script.sql`");
        }

        if (file is not null && !System.IO.File.Exists(file))
        {
            throw new StopException($"There is no script at {Paths.Show(file)}.");
        }

        var script = file is null ? await Console.In.ReadToEndAsync(session.Stop) : await System.IO.File.ReadAllTextAsync(file, session.Stop);
        await Execute.RunAsync(LoggedRun.Begin(session, LiveRun.Settings(session)), script, file is null ? null : Paths.Show(file), session.Stop);
        session.Terminal.Result("Script executed successfully.");
        return Answer.Ok;
    }
}
