using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Output;
using Sluice.Postgres.Doctor;
using Sluice.Postgres.Preflight;

namespace Sluice.Cli.Commands;

/// <summary>`doctor`: what is wrong with the database, its history, its journal, its backups.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> BackupAge = new("--backup-age") { Description = "From when on the last backup is too old: 12h, 7d, 8w (default 7d)", HelpName = "AGE" };

    public static Command Create(Session session) =>
        new ToolCommand("doctor", "What is wrong here? History, journal, unfinished runs, indexes, constraints, backups, rights", session, RunAsync)
        {
            KeepsLog = true,
            Notes = """
                Changes nothing. Exit code 1 when there is a finding; what cannot be seen from here is `unknown`, and no finding.
                The journal in schema sluice is chained by hash: a row that was edited, deleted, inserted or moved is named by run
                and row. Whether its end was cut off, the numbers that the server has given out tell, and the logs of runs.
                """,
            Examples =
            [
                ("doctor", "look at everything"),
                ("doctor --backup-age 1d --json", "every morning, by a machine"),
            ],
        }.With(BackupAge, BackupOptions.Folder);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.HistorySettings(session);
        var request = new ExaminationRequest
        {
            BackupFolder = BackupOptions.FolderOf(session),
            BackupAge = session.Get(BackupAge) is { } age ? BackupOptions.Age("--backup-age", age) : TimeSpan.FromDays(7),
            Heads = [.. LoggedHeads.Read(LogFolder.Of(session), settings.Address)],
        };
        var report = await Examination.RunAsync(settings, request, session.Stop);
        var terminal = session.Terminal;
        foreach (var line in CheckText.Lines(report.Checks, terminal.Ink))
        {
            terminal.Result(line);
        }

        var findings = report.Checks.Count(c => c.Verdict is Verdict.Warning or Verdict.Critical);
        terminal.Result();
        terminal.Result(findings == 0 ? terminal.Ink.Green("No findings.") : terminal.Ink.Yellow($"{DiagnosticText.Counted(findings, "finding")}."));
        return Answer.With(findings == 0 ? Outcome.Ok : Outcome.Attention, json =>
        {
            CheckText.WriteJson(json, "checks", report);
            json.WriteNumber("findings", findings);
        });
    }
}
