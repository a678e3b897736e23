using System.CommandLine;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Commands;

/// <summary>`maintain`: VACUUM (ANALYZE) where the statistics say so.</summary>
internal static class MaintainCommand
{
    private static readonly Option<string[]> Table = new("--table") { Description = "This table, whatever its statistics say; more than once for more", HelpName = "NAME" };

    public static Command Create(Session session) =>
        new ToolCommand("maintain", "Vacuum and analyze the tables that need it, one by one, beside the application's work", session, RunAsync)
        {
            ShowsFirst = true,
            Notes = """
                Needs it: a table of which more than a tenth is dead or has changed since its statistics were made, or which has none.
                VACUUM (ANALYZE, SKIP_LOCKED) at autovacuum's pace, never FULL: readers and writers go on. What somebody holds is left
                for the next time, and exit code 1 says that something was. The journal in schema sluice has the run.
                """,
            Examples =
            [
                ("maintain --dry-run", "what would be done, and why"),
                ("maintain", "every night, from cron"),
                ("maintain --table participants", "one table"),
            ],
        }.With(Table);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.Settings(session);
        var terminal = session.Terminal;
        var plan = await Maintenance.PlanAsync(settings, session.Get(Table) ?? [], session.Stop);
        if (!plan.Unknown.IsEmpty)
        {
            throw new StopException($"There is no table {string.Join(", ", plan.Unknown.Select(u => $"`{u}`"))} in this database.", null, "`sluice monitor` lists the tables; write one of another schema as `SCHEMA.TABLE`.");
        }

        foreach (var name in plan.NotYours)
        {
            terminal.Warn($"{name} needs it, and this user may not: only its owner vacuums a table, or from PostgreSQL 17 on who has MAINTAIN on it.");
        }

        if (session.Get(OperatingOptions.DryRun) || plan.Tables.IsEmpty)
        {
            foreach (var planned in plan.Tables)
            {
                terminal.Result($"{planned.Table.Name}: {planned.Why}");
            }

            terminal.Result(plan.Tables.IsEmpty ? "No table needs it." : $"{DiagnosticText.Counted(plan.Tables.Length, "table")} would be vacuumed.");
            return Report(plan, [], plan.NotYours.IsEmpty);
        }

        var talk = new MaintainTalk(session, plan);
        var done = await Maintenance.RunAsync(settings, plan, talk, session.Stop);
        talk.End();
        var skipped = done.Count(t => t.Skipped is not null);
        terminal.Result($"{DiagnosticText.Counted(done.Length - skipped, "table")} vacuumed and analyzed{(skipped == 0 ? "" : $", {skipped} left for the next time")}.");
        return Report(plan, done, skipped == 0 && plan.NotYours.IsEmpty);
    }

    private static Answer Report(MaintenancePlan plan, IReadOnlyCollection<MaintainedTable> done, bool isWhole) => Answer.With(isWhole ? Outcome.Ok : Outcome.Attention, json =>
    {
        json.WriteStartArray("tables");
        foreach (var planned in plan.Tables)
        {
            var result = done.FirstOrDefault(d => d.Table == planned.Table);
            json.WriteStartObject();
            json.WriteString("name", planned.Table.Name);
            json.WriteString("why", planned.Why);
            json.WriteBoolean("done", result is { Skipped: null });
            json.WriteString("skipped", result?.Skipped);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notYours");
        foreach (var name in plan.NotYours)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    });

    /// <summary>A line a table; on a terminal a bar below them.</summary>
    private sealed class MaintainTalk(Session session, MaintenancePlan plan) : IProgress<MaintainedTable>
    {
        private int done;

        public void Report(MaintainedTable value)
        {
            End();
            session.Terminal.Result(value.Skipped is { } why ? $"{value.Table.Name}: skipped, {why}" : $"{value.Table.Name}: {plan.Tables[done].Why}, {Durations.Show(value.Duration)}");
            done++;
            if (session.Terminal.IsLive && done < plan.Tables.Length)
            {
                session.Terminal.Live($"{ProgressBar.Of(done, plan.Tables.Length)} {plan.Tables[done].Table.Name}");
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
