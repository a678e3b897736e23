using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Maintaining;

namespace Sluice.Cli.Commands;

/// <summary>`maintain`: what keeps a database in order.</summary>
internal static class MaintainCommand
{
    private static readonly Option<string[]> Table = new("--table") { Description = "Vacuum this table, whatever its statistics say, and do nothing else; more than once for more", HelpName = "NAME" };

    private static readonly Option<string?> MaxTime = new("--max-time") { Description = "Begin and go on with nothing after this time: 30m, 2h (default: `maintain.maxTime` in sluice.json)", HelpName = "TIME" };

    private static readonly Option<string?> Scheduled = new("--schedule") { Description = "Print what has it run every night: for `cron`, or for `systemd`", HelpName = "KIND" };

    private static readonly Option<string?> At = new("--at") { Description = "With --schedule: when (default: 03:30)", HelpName = "HH:MM" };

    public static Command Create(Session session) =>
        new ToolCommand("maintain", "Vacuum tables, rebuild bloated indexes, keep partitions, clean up; beside the application's work", session, RunAsync)
        {
            ShowsFirst = true,
            KeepsLog = true,
            Notes = """
                Vacuums tables of which more than a tenth is dead or has changed since its statistics were made, or which has none: VACUUM
                (ANALYZE, SKIP_LOCKED) at autovacuum's pace, never FULL. Rebuilds indexes that are half empty, CONCURRENTLY. What sluice.json
                asks for besides: partitions by month, clean-up functions, old backups and logs (docs/monitor.md). Readers and writers go on.
                What somebody holds is left for the next time, and exit code 1 says that something was. While another one is at work on the
                database nothing is done, with exit code 0. The journal in schema sluice has the run.
                """,
            Examples =
            [
                ("maintain --dry-run", "what would be done, and why"),
                ("maintain --max-time 2h", "every night, from cron"),
                ("maintain --table participants", "one table"),
                ("maintain --schedule systemd", "a service and a timer to install"),
            ],
        }.With(Table, MaxTime, Scheduled, At);

    private static async Task<Answer> RunAsync(Session session)
    {
        if (session.Get(Scheduled) is { } kind)
        {
            return MaintainSchedule.Print(session, kind, session.Get(At) ?? "03:30");
        }

        if (session.Has(At))
        {
            throw new StopException("--at goes with --schedule.");
        }

        var policy = Policy(session);
        var settings = LiveRun.Settings(session);
        var terminal = session.Terminal;
        var plan = await Maintenance.PlanAsync(settings, policy, session.Stop);
        if (!plan.Unknown.IsEmpty)
        {
            throw new StopException($"There is no table {string.Join(", ", plan.Unknown.Select(u => $"`{u}`"))} in this database.", null, "`sluice monitor` lists the tables; write one of another schema as `SCHEMA.TABLE`.");
        }

        foreach (var name in plan.NotYours)
        {
            terminal.Warn($"{name} needs it, and this user may not: only its owner vacuums a table, or from PostgreSQL 17 on who has MAINTAIN on it.");
        }

        if (session.Get(OperatingOptions.DryRun) || plan.Tasks.IsEmpty)
        {
            foreach (var task in plan.Tasks)
            {
                terminal.Result($"{task.Name}: {task.Why}");
            }

            terminal.Result(MaintainText.Planned(plan));
            return MaintainText.Report(plan, [], plan.NotYours.IsEmpty);
        }

        try
        {
            var talk = new MaintainTalk(session, plan);
            var done = await MaintenanceRun.RunAsync(settings, plan, policy, talk, session.Stop);
            talk.End();
            terminal.Result(MaintainText.Summary(done));
            return MaintainText.Report(plan, done, done.All(t => t.Skipped is null) && plan.NotYours.IsEmpty);
        }
        catch (ProblemException other) when (other.Problem.Code == MaintenanceRun.AnotherIsAtWork)
        {
            // A schedule on each of several machines is meant: one does it.
            terminal.Result($"{other.Problem.Message} Nothing was done.");
            return Answer.With(Outcome.Ok, json => json.WriteString("anotherIsAtWork", other.Problem.Message));
        }
    }

    private static MaintenancePolicy Policy(Session session)
    {
        var policy = SluiceJson.Read(session.Project.Folder).Maintain;
        return policy with
        {
            Tables = [.. session.Get(Table) ?? []],
            BackupFolder = Path.GetFullPath("backups", session.Project.Folder),
            LogFolder = LogFolder.Of(session),
            MaxTime = session.Get(MaxTime) is { } text ? TimeText.Read(text) ?? throw new StopException($"--max-time is `{text}`; write a number and s, m or h, for example `2h`.") : policy.MaxTime,
        };
    }

    /// <summary>A line a task; on a terminal a bar below them.</summary>
    private sealed class MaintainTalk(Session session, MaintenancePlan plan) : IProgress<MaintainedTask>
    {
        private int done;

        public void Report(MaintainedTask value)
        {
            End();
            session.Terminal.Result(value.Skipped is { } why
                ? $"{value.Task.Name}: skipped, {why}"
                : string.Create(CultureInfo.InvariantCulture, $"{value.Task.Name}: {(value.Result is { } said ? $"it said {said}" : value.Task.Why)}, {Durations.Show(value.Duration)}"));
            done++;
            if (session.Terminal.IsLive && done < plan.Tasks.Length)
            {
                session.Terminal.Live($"{ProgressBar.Of(done, plan.Tasks.Length)} {plan.Tasks[done].Name}");
            }
        }

        public void End()
        {
            if (session.Terminal.IsLive)
            {
                session.Terminal.Live(null);
            }
        }
    }
}
