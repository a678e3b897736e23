using Sluice.Cli.Logging;
using Sluice.Postgres.Doctor;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`doctor --kill PID`: says whose session it is, asks, and ends it.</summary>
internal static class DoctorKill
{
    public static async Task<Answer> RunAsync(Session session, RunSettings settings, int process, bool dryRun)
    {
        var terminal = session.Terminal;
        var found = await SessionEnd.FindAsync(settings, process, session.Stop);
        terminal.Result(found.ToString());
        if (dryRun)
        {
            terminal.Result("Dry run: nothing was changed. This session would be ended, and what it has not committed lost.");
            return Report(found, isGone: false, dryRun: true);
        }

        await Consent.AskAsync(
            session,
            "End this session? What it has not committed is lost.",
            "There is no terminal to ask on; nothing was changed.",
            $"To end it: `sluice doctor --kill {found.ProcessId} --yes{CommandLine.Shared(session)}`");
        var isGone = await SessionEnd.RunAsync(LoggedRun.Begin(session, settings), found, session.Stop);
        session.Log?.Write("warning", "session_ended", json =>
        {
            session.Log.Text(json, "session", found.Who);
            json.WriteBoolean("gone", isGone);
        });
        terminal.Result(isGone ? terminal.Ink.Green($"Session {found.ProcessId} has ended.") : terminal.Ink.Yellow($"Session {found.ProcessId} was told to end, and has not within 5 s: it ends at the next moment at which it can."));
        return Report(found, isGone, dryRun: false);
    }

    private static Answer Report(FoundSession found, bool isGone, bool dryRun) => Answer.With(isGone || dryRun ? Outcome.Ok : Outcome.Attention, json =>
    {
        json.WriteBoolean("dryRun", dryRun);
        json.WriteStartObject("session");
        json.WriteNumber("pid", found.ProcessId);
        json.WriteString("user", found.User);
        json.WriteString("application", found.Application);
        json.WriteString("state", found.State);
        json.WriteString("client", found.Client);
        json.WriteString("query", found.Query);
        json.WriteEndObject();
        json.WriteBoolean("ended", isGone);
    });
}
