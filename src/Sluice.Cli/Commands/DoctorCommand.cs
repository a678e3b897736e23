using System.Collections.Immutable;
using System.CommandLine;
using Sluice.Cli.Fleet;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Doctor;
using Sluice.Postgres.Drill;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`doctor`: what is wrong with the database and its server, and what can be done about it.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> BackupAge = new("--backup-age") { Description = "From when on the last backup is too old: 12h, 7d, 8w (default 7d)", HelpName = "AGE" };

    private static readonly Option<bool> Drift = new("--drift") { Description = "Also replay the history in a scratch database and compare (slower)" };

    private static readonly Option<string?> SkipCheck = new("--skip-check") { Description = "Checks that are no findings here: names with commas between", HelpName = "NAMES" };

    private static readonly Option<bool> Fix = new("--fix") { Description = "Put right what is safe: invalid indexes, constraints to validate, missing statistics; shown first, asked for" };

    private static readonly Option<bool> Extensions = new("--extensions") { Description = "With --fix: also ALTER EXTENSION … UPDATE" };

    private static readonly Option<int?> Kill = new("--kill") { Description = "End this session, once it was shown whose it is", HelpName = "PID" };

    public static Command Create(Session session) =>
        new ToolCommand("doctor", "What is wrong here? History, journal, backups, locks, rights, settings, indexes, wraparound, and what to do", session, RunAsync)
        {
            KeepsLog = true,
            ShowsFirst = true,
            Notes = """
                Changes nothing without --fix and --kill. Exit code 1 when there is a finding; what cannot be seen from here is `unknown`,
                and no finding. What each check means: docs/doctor.md.
                The journal in schema sluice is chained by hash: a row that was edited, deleted, inserted or moved is named by run
                and row. Whether its end was cut off, the numbers that the server has given out tell, and the logs of runs.
                """,
            Examples =
            [
                ("doctor", "look at everything"),
                ("doctor --backup-age 1d --json", "every morning, by a machine"),
                ("doctor --all", "every target of sluice.json"),
                ("doctor --fix --dry-run", "what would be put right, as SQL"),
                ("doctor --kill 4711", "end the session that keeps the others waiting"),
            ],
        }.With([BackupAge, BackupOptions.Folder, Drift, SkipCheck, Fix, Extensions, Kill, .. FleetOptions.Looking]);

    private static Task<Answer> RunAsync(Session session) => (FleetOptions.IsAsked(session), session.Get(Fix) || session.Has(Kill)) switch
    {
        (false, _) => OneAsync(session),
        (true, true) => throw new StopException("--fix and --kill are for one database; name it with --url, and leave --all and --target out."),
        (true, false) => FleetRun.RunAsync(session, FleetCommand.Doctor(OneAsync)),
    };

    private static async Task<Answer> OneAsync(Session session)
    {
        var (fixes, dryRun) = (session.Get(Fix), session.Get(OperatingOptions.DryRun));
        if (session.Get(Kill) is not null && fixes)
        {
            throw new StopException("--kill and --fix are two things; give one of them.");
        }

        if (session.Get(Extensions) && !fixes)
        {
            throw new StopException("--extensions says what --fix may do; give --fix too.");
        }

        if (dryRun && !fixes && session.Get(Kill) is null)
        {
            throw new StopException("--dry-run shows what --fix or --kill would do; give one of them. Without them nothing is changed anyway.");
        }

        var settings = LiveRun.HistorySettings(session);
        if (session.Get(Kill) is { } process)
        {
            return await DoctorKill.RunAsync(session, settings, process, dryRun);
        }

        try
        {
            return await LookAsync(session, settings, fixes, dryRun);
        }
        catch (ProblemException refused) when (Shut.Explains(refused.Problem))
        {
            if (await HalfSwap.FindAsync(settings, session.Stop) is not { } left)
            {
                throw;
            }

            if (!fixes || dryRun)
            {
                return fixes ? DoctorFix.Show(session, left.Statements) : Report(session, Shut.Report(left), null);
            }

            await DoctorShut.UndoAsync(session, settings, left);
            return await LookAsync(session, settings, fixes, dryRun);
        }
    }

    private static async Task<Answer> LookAsync(Session session, RunSettings settings, bool fixes, bool dryRun)
    {
        ImmutableArray<Mended>? mended = null;
        if (fixes)
        {
            // The database lets everybody in, and what was to take its place is still there.
            var left = await HalfSwap.FindAsync(settings, session.Stop);
            var plan = await Mending.PlanAsync(settings, session.Get(Extensions), HealthLimits.Default, session.Stop);
            if (dryRun)
            {
                return DoctorFix.Show(session, [.. left?.Statements ?? [], .. plan.Select(r => r.Sql)]);
            }

            if (left is not null)
            {
                await DoctorShut.UndoAsync(session, settings, left);
            }

            mended = await DoctorFix.RunAsync(session, settings, plan);
        }

        return Report(session, Skip(session, await ExamineAsync(session, settings)), mended);
    }

    private static Task<CheckReport> ExamineAsync(Session session, RunSettings settings) => Examination.RunAsync(
        settings,
        new ExaminationRequest
        {
            BackupFolder = BackupOptions.FolderOf(session),
            DrillFolder = DrillCommand.FolderOf(session),
            DrillKey = DrillSignature.PublicFileOf(DrillCommand.KeyFile(session)),
            BackupAge = session.Get(BackupAge) is { } age ? BackupOptions.Age(BackupAge.Name, age) : TimeSpan.FromDays(7),
            Heads = [.. LoggedHeads.Read(LogFolder.Of(session), settings.Address)],
            Drift = session.Get(Drift),
        },
        session.Stop);

    // Shown as they are, and counted no more.
    private static CheckReport Skip(Session session, CheckReport report)
    {
        var names = (session.Get(SkipCheck) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => n.Replace(' ', '-')).ToList();
        return names.Find(n => !report.Checks.Any(c => GuardOptions.Typed(c) == n)) is { } unknown
            ? throw new StopException($"{SkipCheck.Name} names `{unknown}`, which is no check. There are: {string.Join(", ", report.Checks.Select(GuardOptions.Typed).Distinct())}.")
            : new CheckReport([.. report.Checks.Select(c => names.Contains(GuardOptions.Typed(c)) ? c with { Verdict = Verdict.Ok, Value = $"skipped: {c.Value}", Advice = null } : c)]);
    }

    private static Answer Report(Session session, CheckReport report, ImmutableArray<Mended>? mended)
    {
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
            if (mended is { } done)
            {
                DoctorFix.WriteJson(json, done);
            }
        });
    }
}
