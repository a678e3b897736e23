using System.CommandLine;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Preflight;

namespace Sluice.Cli.Commands;

/// <summary>`test`: the checks before a run, alone.</summary>
internal static class TestCommand
{
    public static Command Create(Session session) =>
        new ToolCommand("test", "Check connection, rights, disk, open transactions, replicas: is it safe to run migrations now?", session, RunAsync)
        {
            Notes = "Changes nothing. Exit code 1 when a check is critical. What cannot be seen from here is `unknown`, never `ok`.",
            Examples =
            [
                ("test", "look before a run"),
                ("test --window 01:00-05:00 --json", "in a pipeline, with its maintenance window"),
            ],
        }.With(GuardOptions.Window);

    private static async Task<Answer> RunAsync(Session session)
    {
        var limits = GuardOptions.Limits(session);
        var report = await PreflightRun.ReadAsync(LiveRun.Settings(session), limits, session.Stop);
        foreach (var line in CheckText.Lines(report.Checks, session.Terminal.Ink))
        {
            session.Terminal.Result(line);
        }

        return Answer.With(report.IsCritical ? Outcome.Attention : Outcome.Ok, json => CheckText.WriteJson(json, "checks", report));
    }
}
