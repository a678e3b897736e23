using System.CommandLine;
using System.Diagnostics;
using Sluice.Cli.Output;
using Sluice.Postgres.Preflight;

namespace Sluice.Cli.Commands;

/// <summary>`test`: the checks before a run, alone.</summary>
internal static class TestCommand
{
    private static readonly Option<string?> Window = new("--window")
    {
        Description = "The maintenance window, UTC; outside of it the check is critical",
        HelpName = "01:00-05:00",
    };

    public static Command Create(Session session) =>
        new ToolCommand("test", "Check connection, rights, disk, open transactions, replicas: is it safe to run migrations now?", session, RunAsync)
        {
            Notes = "Changes nothing. Exit code 1 when a check is critical. What cannot be seen from here is `unknown`, never `ok`.",
            Examples =
            [
                ("test", "look before a run"),
                ("test --window 01:00-05:00 --json", "in a pipeline, with its maintenance window"),
            ],
        }.With(Window);

    private static async Task<Answer> RunAsync(Session session)
    {
        var limits = CheckLimits.Default with { Window = session.Get(Window) is { } text ? Read(text) : null };
        var report = await PreflightRun.ReadAsync(LiveRun.Settings(session), limits, session.Stop);
        Print(session.Terminal, report);
        return Answer.With(report.IsCritical ? Outcome.Attention : Outcome.Ok, json =>
        {
            json.WriteStartArray("checks");
            foreach (var check in report.Checks)
            {
                json.WriteStartObject();
                json.WriteString("name", check.Name);
                json.WriteString("value", check.Value);
                json.WriteString("threshold", check.Threshold);
                json.WriteString("verdict", Word(check.Verdict));
                json.WriteString("advice", check.Advice);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static MaintenanceWindow Read(string text) =>
        MaintenanceWindow.Parse(text) ?? throw new StopException($"--window is `{text}`; write two times of day, UTC, for example `01:00-05:00`.");

    private static void Print(Terminal terminal, CheckReport report)
    {
        var ink = terminal.Ink;
        var names = report.Checks.Max(c => c.Name.Length) + 2;
        var verdicts = report.Checks.Max(c => Word(c.Verdict).Length) + 2;
        foreach (var check in report.Checks)
        {
            var word = Word(check.Verdict).PadRight(verdicts);
            var shown = check.Verdict switch
            {
                Verdict.Ok => ink.Green(word),
                Verdict.Unknown => ink.Cyan(word),
                Verdict.Warning => ink.BoldYellow(word),
                Verdict.Critical => ink.BoldRed(word),
                _ => throw new UnreachableException(),
            };
            var threshold = check.Threshold.Length == 0 ? "" : ink.Faint($"  [{check.Threshold}]");
            terminal.Result($"{shown}{check.Name.PadRight(names)}{check.Value}{threshold}");
            if (check.Advice is { } advice)
            {
                terminal.Result($"{new string(' ', verdicts + names)}→ {advice}");
            }
        }
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Unknown => "unknown",
        Verdict.Warning => "warning",
        Verdict.Critical => "critical",
        _ => throw new UnreachableException(),
    };
}
