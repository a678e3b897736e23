using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Lint;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>What goes around a run, under its lock: checks and a backup before it, checks after it.</summary>
internal sealed class RunGuard
{
    private static readonly string[] Conditional = ["maintenance-window", LintCheck];

    private const string LintCheck = "lint";

    private readonly Session session;
    private readonly RunSettings settings;
    private readonly CheckLimits limits;
    private readonly ImmutableHashSet<string>? skipped;
    private readonly ScopePolicy scope;
    private readonly BackupRequest request;
    private CheckReport? preflight;
    private CheckReport? postVerify;
    private BackupResult? backup;
    private StateBefore? before;

    public RunGuard(Session session, RunSettings settings)
    {
        // Every option is read before anything is connected to.
        (this.session, this.settings) = (session, settings);
        limits = GuardOptions.Limits(session);
        skipped = GuardOptions.Skipped(session);
        scope = GuardOptions.ScopePolicyOf(session);
        request = BackupOptions.Request(session);
    }

    /// <summary>Says what `migrate lint` finds in what is about to be applied.</summary>
    public bool Lints { get; init; }

    /// <summary>The settings of the guarded run.</summary>
    public RunSettings Settings => settings with { Before = BeforeAsync, After = AfterAsync };

    /// <summary>Something is wrong with what the run left, though all of it ran.</summary>
    public bool NeedsAttention => postVerify is { IsCritical: true };

    /// <summary>What would be saved, for a dry run; null where no backup is wanted.</summary>
    public async Task<ScopeChoice?> ScopeAsync(ImmutableArray<Postgres.Migrations.MigrationFile> migrations) =>
        session.Get(OperatingOptions.NoBackup) || migrations.IsEmpty
            ? null
            : await RunAhead.LookAsync(settings, migrations, async a => await ScopeChoice.MakeAsync(a, scope, session.Stop), session.Stop);

    public void WriteJson(Utf8JsonWriter json)
    {
        if (preflight is not null)
        {
            CheckText.WriteJson(json, "preflight", preflight);
        }

        SafetyBackup.WriteJson(json, backup);
        if (postVerify is not null)
        {
            CheckText.WriteJson(json, "postVerify", postVerify);
        }
    }

    private async Task<string?> BeforeAsync(RunAhead ahead, CancellationToken stop)
    {
        if (skipped is null)
        {
            session.Terminal.Note("No checks are made before the run, as asked.");
        }
        else
        {
            preflight = await PreflightRun.ReadAsync(ahead, limits, stop);
            Say("Pre-flight", preflight, c => c.Verdict is Verdict.Warning or Verdict.Critical);
            Require(preflight, skipped);
            if (Lints)
            {
                await LintAsync(ahead, skipped, stop);
            }
        }

        backup = await SafetyBackup.BeforeAsync(session, ahead, scope, request);
        before = await PostVerify.BeginAsync(ahead, stop);
        session.Terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Point of no return: {DiagnosticText.Counted(ahead.Migrations.Length, "migration")} now, in \"{settings.Address.Database}\". {WayBack()}"));
        return backup?.Path;
    }

    /// <summary>Rules that stop a run. Only what a team itself says blocks does: a pipeline that went through yesterday goes through today.</summary>
    public static List<string> StopsFor(LintInput input, LintReport report) =>
        input.Policy.SaysWhatBlocks ? [.. report.Findings.Where(f => f.Blocks).Select(f => f.Rule.Id).Distinct()] : [];

    private async Task LintAsync(RunAhead ahead, ImmutableHashSet<string> allowed, CancellationToken stop)
    {
        var input = LintSources.Ahead(session, ahead.Migrations, await LiveSchema.ReadAsync(ahead, stop));
        var report = Linter.Run(input);
        LintText.Brief(session.Terminal, report);
        if (StopsFor(input, report) is { Count: > 0 } rules && !allowed.Contains(LintCheck))
        {
            throw new StopException(
                $"By `lint.block` in sluice.json these migrations are not applied: {string.Join(", ", rules)}. Nothing was changed.",
                "SL5044",
                "Write what `sluice migrate lint` shows instead, or allow it in the script with a reason.",
                $"To run all the same: `sluice {LiveRun.CommandName(session)} {GuardOptions.SkipCheck.Name} {LintCheck}{CommandLine.Shared(session)}`")
            {
                Outcome = Outcome.Attention,
            };
        }
    }

    private string WayBack() => backup switch
    {
        null => "No backup of this run leads back.",
        { Manifest.Whole: true } => $"The way back: `sluice restore {CommandLine.Quote(Paths.Show(backup.Path))}`",
        _ => $"The saved rows are had back beside the database: `sluice restore {CommandLine.Quote(Paths.Show(backup.Path))} --into NAME`",
    };

    private void Require(CheckReport report, ImmutableHashSet<string> allowed)
    {
        var names = report.Checks.Select(GuardOptions.Typed).Concat(Conditional).Distinct().ToList();
        if (allowed.FirstOrDefault(n => !names.Contains(n)) is { } unknown)
        {
            throw new StopException($"{GuardOptions.SkipCheck.Name} names `{unknown}`, which is no check; nothing was changed. There are: {string.Join(", ", names)}.");
        }

        var critical = report.Checks.Where(c => c.Verdict is Verdict.Critical).ToList();
        var failed = critical.Where(c => !allowed.Contains(GuardOptions.Typed(c))).ToList();
        foreach (var check in critical.Except(failed))
        {
            session.Terminal.Warn($"The check `{check.Name}` is critical, and does not stop the run, as asked.");
        }

        if (failed.Count > 0)
        {
            throw new StopException(
                $"{string.Join('\n', failed.Select(c => $"The check `{c.Name}` failed: {c.Value}{(c.Threshold.Length == 0 ? "" : $" [{c.Threshold}]")}"))}\nNothing was changed.",
                "SL5040",
                [
                    .. failed.Where(c => c.Advice is not null).Select(c => c.Advice!),
                    $"To run all the same: `sluice {LiveRun.CommandName(session)} {GuardOptions.SkipCheck.Name} {string.Join(',', failed.Select(GuardOptions.Typed))}{CommandLine.Shared(session)}`",
                ])
            {
                Outcome = Outcome.Attention,
                Fields = WriteJson,
            };
        }
    }

    private async Task AfterAsync(RunAhead ahead, CancellationToken stop)
    {
        var report = await PostVerify.ReadAsync(ahead, before!, stop);
        var rows = report.Checks.Where(c => c.Name.StartsWith("rows of ", StringComparison.Ordinal)).ToList();
        postVerify = new CheckReport([.. report.Checks.Except(rows), await CatalogAsync(stop), .. rows]);
        Say("Post-verify", postVerify, c => c.Verdict is Verdict.Warning or Verdict.Critical || (c.Verdict is Verdict.Ok && c.Value.Contains('(', StringComparison.Ordinal) && !c.Value.EndsWith("(unchanged)", StringComparison.Ordinal)));
    }

    // What the history plans is known only where it can be replayed: where a shadow database is named, or the backup had a scratch database already.
    private async Task<Check> CatalogAsync(CancellationToken stop)
    {
        const string Equal = "equal to a replayed history";
        var drift = $"sluice status --drift{CommandLine.Shared(session)}";
        if (backup is null && settings.ShadowAddress is null)
        {
            return new Check("catalog", "not checked: no scratch database was made for this run", Equal, Verdict.Unknown) { Advice = drift };
        }

        try
        {
            return (await Status.ReadAsync(settings, withDrift: true, stop)).Drift switch
            {
                null => new Check("catalog", "not checked: edited or missing migrations leave nothing to compare with", Equal, Verdict.Unknown) { Advice = drift },
                { IsEmpty: true } => new Check("catalog", "as planned", Equal, Verdict.Ok),
                { } found => new Check("catalog", $"{DiagnosticText.Counted(found.Length, "difference")} to the plan", Equal, Verdict.Warning) { Advice = drift },
            };
        }
        catch (ProblemException problem)
        {
            return new Check("catalog", $"not checked: {problem.Message.Split('\n')[0]}", Equal, Verdict.Unknown) { Advice = drift };
        }
    }

    private void Say(string title, CheckReport report, Func<Check, bool> worthwhile)
    {
        foreach (var check in report.Checks)
        {
            session.Log?.Checked(title, check);
        }

        var terminal = session.Terminal;
        var counts = report.Checks.GroupBy(c => c.Verdict).OrderBy(g => g.Key).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {CheckText.Word(g.Key)}"));
        terminal.Say($"{title}: {DiagnosticText.Counted(report.Checks.Length, "check")}, {string.Join(", ", counts)}");
        foreach (var line in CheckText.Lines([.. report.Checks.Where(c => session.Verbose || worthwhile(c))], terminal.ErrorInk))
        {
            terminal.Say("  " + line);
        }
    }
}
