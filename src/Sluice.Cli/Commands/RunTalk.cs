using System.Diagnostics;
using System.Globalization;
using Sluice.Cli.Output;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>Says what a run does while it does it.</summary>
internal sealed class RunTalk(Session session) : IProgress<RunEvent>
{
    private string phase = "";
    private int reported;

    public void Report(RunEvent value)
    {
        var terminal = session.Terminal;
        switch (value)
        {
            case RunEvent.Retrying retry:
                terminal.Warn(string.Create(CultureInfo.InvariantCulture, $"{retry.Server} did not answer ({retry.Reason}); trying again in {retry.Delay.TotalSeconds:0.#} s ({retry.Attempt} of {retry.Attempts})."));
                break;
            case RunEvent.DatabaseCreated created:
                terminal.Say($"PostgreSQL database {created.Database} created at {created.Server}");
                break;
            case RunEvent.WaitingForLock waiting:
                terminal.Say($"Waiting for the migration lock, held by {waiting.Holder} …");
                break;
            case RunEvent.WithoutJournal without:
                terminal.Warn($"No journal is written: {without.Reason}. A run that is killed half way cannot be continued.");
                break;
            case RunEvent.NotJournalled without:
                terminal.Warn($"This run is not in the journal, or not its end: {without.Reason}.");
                break;
            case RunEvent.Journalled:
                break;
            case RunEvent.Resuming resuming:
                terminal.Say(string.Create(CultureInfo.InvariantCulture, $"`{resuming.Name}` was interrupted; it goes on after statement {resuming.Done} of {resuming.Total}."));
                break;
            case RunEvent.Blocked blocked:
                terminal.Say($"Blocked by {blocked.Blocker}");
                break;
            case RunEvent.CutAgain again:
                terminal.Say($"What stands before {again.Statement} is committed first, because the server wants it so: {again.Reason}");
                break;
            case RunEvent.LockRetry retry:
                terminal.Say(string.Create(CultureInfo.InvariantCulture, $"The lock was not to be had; nothing was changed. Trying again in {retry.Delay.TotalSeconds:0.#} s ({retry.Spent.TotalSeconds:0} of {retry.Budget.TotalSeconds:0} s used)."));
                break;
            case RunEvent.InvalidIndexDropped dropped:
                terminal.Say($"Dropped {dropped.Index}, an invalid index that a failed build left; it is built again.");
                break;
            case RunEvent.LockWaiter waiter:
                terminal.Say(waiter.Cancelled
                    ? $"Cancelled a session whose waiting for the migration lock an index build would have waited for: {waiter.Waiter}"
                    : $"A session waits for the migration lock, which an index build would have to wait for; waiting until it gives up: {waiter.Waiter}");
                break;
            case RunEvent.InvalidIndexLeft left:
                terminal.Warn($"{left.Index} is left, an invalid index that could not be dropped while the table is held; the next run drops it. By hand: DROP INDEX CONCURRENTLY {left.Index};");
                break;
            case RunEvent.BlockerEnded ended:
                terminal.Warn($"{(ended.How is OnBlock.Terminate ? "Terminated" : "Cancelled")}, as --on-block says: {ended.Blocker}");
                break;
            case RunEvent.BlockerSpared spared:
                terminal.Warn($"Not pushed aside: {spared.Blocker}\n{spared.Reason}");
                break;
            case RunEvent.StatementProgress progress when terminal.IsLive:
                terminal.Live(progress.Total > 0
                    ? $"{ProgressBar.Of(progress.Percent, 100)} % {progress.Work}: {progress.Phase} …"
                    : $"{progress.Work}: {progress.Phase} …");
                break;
            case RunEvent.StatementProgress progress when progress.Work + progress.Phase is var now && now != phase:
                phase = now;
                terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{progress.Work}: {progress.Phase}{(progress.Total > 0 ? $", {progress.Percent} %" : "")}"));
                break;
            case RunEvent.StatementProgress:
                break;
            case RunEvent.MigrationStarted started when terminal.IsLive:
                terminal.Live($"{ProgressBar.Of(started.Ordinal - 1, started.Total)} Applying `{started.Name}` …");
                break;
            case RunEvent.MigrationStarted started:
                terminal.Say($"Applying migration `{started.Name}`");
                break;
            case RunEvent.MigrationApplied applied when terminal.IsLive:
                terminal.Live(null);
                terminal.Say($"{terminal.ErrorInk.BoldGreen("✓")} {applied.Name} {terminal.ErrorInk.Faint(Durations.Show(applied.Duration))}");
                break;
            case RunEvent.MigrationApplied applied when session.Verbose:
                terminal.Say($"Applied `{applied.Name}` in {Durations.Show(applied.Duration)}");
                break;
            case RunEvent.MigrationApplied:
                break;
            case RunEvent.UndoStarted started when terminal.IsLive:
                terminal.Live($"{ProgressBar.Of(started.Ordinal - 1, started.Total)} Undoing `{started.Name}` …");
                break;
            case RunEvent.UndoStarted started:
                terminal.Say($"Undoing migration `{started.Name}`");
                break;
            case RunEvent.Undone undone when terminal.IsLive:
                terminal.Live(null);
                terminal.Say($"{terminal.ErrorInk.BoldGreen("✓")} {undone.Name} undone {terminal.ErrorInk.Faint(Durations.Show(undone.Duration))}");
                break;
            case RunEvent.Undone undone when session.Verbose:
                terminal.Say($"Undid `{undone.Name}` in {Durations.Show(undone.Duration)}");
                break;
            case RunEvent.Undone:
                break;
            case RunEvent.Notice notice when session.Verbose || notice.Severity == "WARNING":
                terminal.Note($"{notice.Severity.ToLowerInvariant()}: {notice.Message}");
                break;
            case RunEvent.Notice:
                break;
            case RunEvent.BackfillStarted { Passed: > 0 } resumed:
                terminal.Say($"`{resumed.Name}` goes on where it stopped, after {BackfillText.HowFar(resumed.Passed, resumed.Total)}.");
                break;
            case RunEvent.BackfillStarted started:
                terminal.Say($"Backfill `{started.Name}`{(started.Total > 0 ? $": about {BackfillText.Number(started.Total)} rows" : "")}");
                break;
            case RunEvent.BackfillProgress progress:
                Show(progress);
                break;
            case RunEvent.BackfillPass pass:
                terminal.Say($"All rows were gone through, {BackfillText.Number(pass.Found)} written; looking again for what others wrote meanwhile.");
                break;
            case RunEvent.BackfillHeldBack held:
                terminal.Say($"Waiting: {held.Reason}.");
                break;
            case RunEvent.OnlineStep step when terminal.IsLive:
                terminal.Live($"{ProgressBar.Of(step.Ordinal - 1, step.Total)} {step.State}: {step.Title} …");
                break;
            case RunEvent.OnlineStep step:
                terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{step.Ordinal} of {step.Total}, {step.State}: {step.Title}"));
                break;
            case RunEvent.ShadowCreated shadow when session.Verbose:
                terminal.Note($"Scratch database {shadow.Database} created.");
                break;
            case RunEvent.ShadowCreated:
                break;
            case RunEvent.LeftoverShadowDropped leftover:
                terminal.Note($"Dropped {leftover.Database}, a scratch database that an earlier run left behind.");
                break;
            case RunEvent.ShadowReused reused when session.Verbose:
                terminal.Note($"The replay begins with {reused.Template}, after {DiagnosticText.Counted(reused.Done, "migration")}.");
                break;
            case RunEvent.ShadowReused:
                break;
            case RunEvent.CacheUnusable cache:
                terminal.Note($"What the replay makes cannot be remembered: {cache.Reason}");
                break;
            case RunEvent.Replaying replaying when terminal.IsLive:
                terminal.Live(replaying.Done < replaying.Total ? $"{ProgressBar.Of(replaying.Done, replaying.Total)} Replaying the history in a scratch database …" : null);
                break;
            case RunEvent.Replaying:
                break;
            default:
                throw new UnreachableException($"{value.GetType().Name} is not known");
        }
    }

    // A log of lines takes one of ten; a terminal and a machine take them all.
    private void Show(RunEvent.BackfillProgress progress)
    {
        if (session.Json)
        {
            session.Terminal.WriteJson(json => BackfillText.WriteProgress(json, progress));
        }
        else if (session.Terminal.IsLive)
        {
            session.Terminal.Live(BackfillText.Line(progress));
        }
        else if (reported++ % 10 == 0)
        {
            session.Terminal.Say(BackfillText.Line(progress));
        }
    }
}
