using System.Diagnostics;
using System.Text.Json;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Logging;

/// <summary>One event of a run as a line of the log. Names and fields are a contract: docs/log.md lists them.</summary>
internal static class RunEventLine
{
    public const string Journalled = "journalled";

    /// <returns>The event's name, its level, and what writes its fields.</returns>
    public static (string Name, string Level, Action<Utf8JsonWriter> Fields) Of(RunLog log, RunEvent value) => value switch
    {
        RunEvent.Retrying e => ("connecting", "warning", json =>
        {
            log.Text(json, "server", e.Server);
            json.WriteNumber("attempt", e.Attempt + 1);
            json.WriteNumber("attempts", e.Attempts + 1);
            Time(json, "afterMs", e.Delay);
            log.Text(json, "reason", e.Reason);
        }),
        RunEvent.DatabaseCreated e => ("database_created", "info", json =>
        {
            log.Text(json, "server", e.Server);
            log.Text(json, "database", e.Database);
        }),
        RunEvent.WaitingForLock e => ("waiting_for_lock", "warning", json => log.Text(json, "holder", e.Holder)),
        RunEvent.WithoutJournal e => ("without_journal", "warning", json => log.Text(json, "reason", e.Reason)),
        RunEvent.NotJournalled e => ("not_journalled", "warning", json => log.Text(json, "reason", e.Reason)),
        RunEvent.Journalled e => (Journalled, "info", json =>
        {
            log.Text(json, "server", log.Address.Server);
            log.Text(json, "database", log.Address.Database);
            json.WriteNumber("databaseId", e.Head.Database);
            json.WriteNumber("run", e.Head.Run);
            json.WriteString("hash", e.Head.Hash);
        }),
        RunEvent.Resuming e => ("resuming", "info", json =>
        {
            log.Text(json, "migration", e.Name);
            json.WriteNumber("done", e.Done);
            json.WriteNumber("total", e.Total);
        }),
        RunEvent.CutAgain e => ("cut_again", "info", json =>
        {
            log.Text(json, "statement", e.Statement);
            log.Text(json, "reason", e.Reason);
        }),
        RunEvent.Blocked e => ("blocked", "warning", json =>
        {
            log.Text(json, "blocker", e.Blocker);
            Time(json, "waitedMs", e.Waited);
        }),
        RunEvent.LockRetry e => ("lock_retry", "warning", json =>
        {
            log.Text(json, "blocker", e.Blocker);
            Time(json, "delayMs", e.Delay);
            Time(json, "spentMs", e.Spent);
            Time(json, "budgetMs", e.Budget);
        }),
        RunEvent.InvalidIndexDropped e => ("invalid_index_dropped", "warning", json => log.Text(json, "index", e.Index)),
        RunEvent.LockWaiter e => ("lock_waiter", "warning", json =>
        {
            log.Text(json, "waiter", e.Waiter);
            json.WriteBoolean("cancelled", e.Cancelled);
        }),
        RunEvent.StatementProgress e => ("statement_progress", "info", json =>
        {
            log.Text(json, "work", e.Work);
            log.Text(json, "phase", e.Phase);
            json.WriteNumber("done", e.Done);
            json.WriteNumber("total", e.Total);
        }),
        RunEvent.InvalidIndexLeft e => ("invalid_index_left", "warning", json => log.Text(json, "index", e.Index)),
        RunEvent.BlockerEnded e => (e.How is OnBlock.Terminate ? "blocker_terminated" : "blocker_cancelled", "warning", json => log.Text(json, "blocker", e.Blocker)),
        RunEvent.BlockerSpared e => ("blocker_spared", "warning", json =>
        {
            log.Text(json, "blocker", e.Blocker);
            log.Text(json, "reason", e.Reason);
        }),
        RunEvent.MigrationStarted e => ("migration_started", "info", json => Migration(log, json, e.Name, e.Ordinal, e.Total)),
        RunEvent.MigrationApplied e => ("migration_applied", "info", json => Migration(log, json, e.Name, e.Ordinal, e.Total, e.Duration)),
        RunEvent.UndoStarted e => ("undo_started", "info", json => Migration(log, json, e.Name, e.Ordinal, e.Total)),
        RunEvent.Undone e => ("undone", "info", json => Migration(log, json, e.Name, e.Ordinal, e.Total, e.Duration)),
        RunEvent.Notice e => ("notice", e.Severity is "WARNING" ? "warning" : "info", json =>
        {
            log.Text(json, "severity", e.Severity);
            log.Text(json, "message", e.Message);
        }),
        RunEvent.BackfillStarted e => ("backfill_started", "info", json =>
        {
            Backfill(log, json, e.Name, e.Pass, e.Passed);
            json.WriteNumber("total", e.Total);
        }),
        RunEvent.BackfillProgress e => ("backfill_progress", "info", json =>
        {
            Backfill(log, json, e.Name, e.Pass, e.Passed);
            json.WriteNumber("changed", e.Changed);
            json.WriteNumber("total", e.Total);
            json.WriteNumber("rowsPerSecond", e.Rate);
            json.WriteNumber("batch", e.Batch);
        }),
        RunEvent.BackfillPass e => ("backfill_pass", "info", json =>
        {
            log.Text(json, "backfill", e.Name);
            json.WriteNumber("pass", e.Pass);
            json.WriteNumber("found", e.Found);
        }),
        RunEvent.BackfillHeldBack e => ("backfill_held_back", "warning", json => log.Text(json, "reason", e.Reason)),
        RunEvent.OnlineStep e => ("online_step", "info", json =>
        {
            log.Text(json, "migration", e.Migration);
            log.Text(json, "state", e.State);
            log.Text(json, "title", e.Title);
            json.WriteNumber("ordinal", e.Ordinal);
            json.WriteNumber("total", e.Total);
        }),
        RunEvent.ShadowCreated e => ("shadow_created", "info", json => log.Text(json, "database", e.Database)),
        RunEvent.LeftoverShadowDropped e => ("leftover_shadow_dropped", "info", json => log.Text(json, "database", e.Database)),
        RunEvent.ShadowReused e => ("shadow_reused", "info", json =>
        {
            log.Text(json, "database", e.Template);
            json.WriteNumber("done", e.Done);
        }),
        RunEvent.CacheUnusable e => ("cache_unusable", "warning", json => log.Text(json, "reason", e.Reason)),
        RunEvent.Replaying e => ("replaying", "info", json =>
        {
            json.WriteNumber("done", e.Done);
            json.WriteNumber("total", e.Total);
        }),
        _ => throw new UnreachableException($"{value.GetType().Name} has no line"),
    };

    private static void Migration(RunLog log, Utf8JsonWriter json, string name, int ordinal, int total, TimeSpan? duration = null)
    {
        log.Text(json, "migration", name);
        json.WriteNumber("ordinal", ordinal);
        json.WriteNumber("total", total);
        if (duration is { } time)
        {
            Time(json, "durationMs", time);
        }
    }

    private static void Backfill(RunLog log, Utf8JsonWriter json, string name, int pass, long passed)
    {
        log.Text(json, "backfill", name);
        json.WriteNumber("pass", pass);
        json.WriteNumber("passed", passed);
    }

    private static void Time(Utf8JsonWriter json, string name, TimeSpan time) => json.WriteNumber(name, (long)time.TotalMilliseconds);
}
