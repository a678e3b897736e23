using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Cli.Logging;
using Sluice.Cli.Output;
using Sluice.Postgres.Doctor;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`doctor --fix`: shows the statements, asks, and runs them one by one.</summary>
internal static class DoctorFix
{
    public static Answer Show(Session session, ImmutableArray<string> statements)
    {
        foreach (var statement in statements)
        {
            session.Terminal.Result($"{statement};");
        }

        session.Terminal.Result(statements.IsEmpty ? "Nothing here can be put right safely by itself." : $"Dry run: nothing was changed. {DiagnosticText.Counted(statements.Length, "statement")} would be run, one by one.");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteBoolean("dryRun", true);
            json.WriteStrings("statements", statements);
        });
    }

    public static async Task<ImmutableArray<Mended>> RunAsync(Session session, RunSettings settings, ImmutableArray<Remedy> plan)
    {
        var terminal = session.Terminal;
        if (plan.IsEmpty)
        {
            terminal.Say("Nothing here can be put right safely by itself.");
            return [];
        }

        foreach (var remedy in plan)
        {
            terminal.Say($"  {remedy.Sql};");
        }

        await Consent.AskAsync(
            session,
            $"Run {DiagnosticText.Counted(plan.Length, "statement")}, one by one, beside everybody's work?",
            "There is no terminal to ask on; nothing was changed.",
            $"To run them: `sluice doctor --fix --yes{CommandLine.Shared(session)}`");
        return await Mending.RunAsync(LoggedRun.Begin(session, settings), plan, new Talk(session, plan.Length), session.Stop);
    }

    public static void WriteJson(Utf8JsonWriter json, ImmutableArray<Mended> mended)
    {
        json.WriteStartArray("fixes");
        foreach (var fix in mended)
        {
            json.WriteStartObject();
            json.WriteString("check", fix.Remedy.Check);
            json.WriteString("statement", fix.Remedy.Sql);
            json.WriteBoolean("done", fix.Refused is null);
            json.WriteString("refused", fix.Refused);
            json.WriteNumber("durationMs", (long)fix.Duration.TotalMilliseconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private sealed class Talk(Session session, int total) : IProgress<Mended>
    {
        private int done;

        public void Report(Mended value)
        {
            done++;
            if (value.Refused is { } why)
            {
                session.Terminal.Warn($"{ProgressBar.Of(done, total)} {value.Remedy.Sql}: {why}");
            }
            else
            {
                session.Terminal.Say($"{ProgressBar.Of(done, total)} {value.Remedy.Sql}: {Durations.Show(value.Duration)}");
            }
        }
    }
}
