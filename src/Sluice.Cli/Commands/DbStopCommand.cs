using System.CommandLine;

namespace Sluice.Cli.Commands;

/// <summary>`db stop`: ends the project's own server and keeps its data.</summary>
internal static class DbStopCommand
{
    public static Command Create(Session session) =>
        new ToolCommand("stop", "Stop the project's private PostgreSQL; its data stays", session, Run)
        {
            Examples = [("db stop", "stop it")],
        };

    private static Task<Answer> Run(Session session)
    {
        var stopped = LocalServer.Cluster(LocalServer.StateFolder(session)).Stop();
        session.Terminal.Result(stopped ? "PostgreSQL stopped; its data stays." : "PostgreSQL was not running.");
        return Task.FromResult(Answer.With(Outcome.Ok, json => json.WriteBoolean("wasRunning", stopped)));
    }
}
