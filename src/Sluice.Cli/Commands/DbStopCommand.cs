using System.CommandLine;

namespace Sluice.Cli.Commands;

/// <summary>`db stop`: ends the project's own server and keeps its data.</summary>
internal static class DbStopCommand
{
    public static Command Create(Session session) =>
        new ToolCommand("stop", "Stop the project's private PostgreSQL; its data stays", session, RunAsync)
        {
            Examples = [("db stop", "stop it")],
        };

    private static async Task<Answer> RunAsync(Session session)
    {
        var stopped = await LocalServer.Cluster(LocalServer.StateFolder(session)).StopAsync(session.Stop);
        session.Terminal.Result(stopped ? "PostgreSQL stopped; its data stays." : "PostgreSQL was not running.");
        return Answer.With(Outcome.Ok, json => json.WriteBoolean("wasRunning", stopped));
    }
}
