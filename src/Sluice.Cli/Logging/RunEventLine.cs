using System.Text.Json;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Logging;

/// <summary>One event of a run as a line of the log.</summary>
internal static class RunEventLine
{
    public static void Write(RunLog log, RunEvent value)
    {
        switch (value)
        {
            case RunEvent.DatabaseCreated created:
                log.Write("info", "database_created", json => log.Text(json, "database", created.Database));
                break;
            case RunEvent.WaitingForLock waiting:
                log.Write("warning", "waiting_for_lock", json => log.Text(json, "holder", waiting.Holder));
                break;
            case RunEvent.Blocked blocked:
                log.Write("warning", "blocked", json =>
                {
                    log.Text(json, "blocker", blocked.Blocker);
                    json.WriteNumber("waitedMs", (long)blocked.Waited.TotalMilliseconds);
                });
                break;
            case RunEvent.BlockerEnded ended:
                log.Write("warning", ended.How is OnBlock.Terminate ? "blocker_terminated" : "blocker_cancelled", json => log.Text(json, "blocker", ended.Blocker));
                break;
            case RunEvent.BlockerSpared spared:
                log.Write("warning", "blocker_spared", json =>
                {
                    log.Text(json, "blocker", spared.Blocker);
                    log.Text(json, "reason", spared.Reason);
                });
                break;
            case RunEvent.StatementProgress progress:
                log.Write("info", "statement_progress", json =>
                {
                    log.Text(json, "work", progress.Work);
                    log.Text(json, "phase", progress.Phase);
                    json.WriteNumber("done", progress.Done);
                    json.WriteNumber("total", progress.Total);
                });
                break;
            case RunEvent.MigrationStarted started:
                log.Write("info", "migration_started", json => Migration(log, json, started.Name, started.Ordinal, started.Total));
                break;
            case RunEvent.MigrationApplied applied:
                log.Write("info", "migration_applied", json =>
                {
                    Migration(log, json, applied.Name, applied.Ordinal, applied.Total);
                    json.WriteNumber("durationMs", (long)applied.Duration.TotalMilliseconds);
                });
                break;
            case RunEvent.UndoStarted started:
                log.Write("info", "undo_started", json => Migration(log, json, started.Name, started.Ordinal, started.Total));
                break;
            case RunEvent.Undone undone:
                log.Write("info", "undone", json =>
                {
                    Migration(log, json, undone.Name, undone.Ordinal, undone.Total);
                    json.WriteNumber("durationMs", (long)undone.Duration.TotalMilliseconds);
                });
                break;
            case RunEvent.Notice notice:
                log.Write(notice.Severity is "WARNING" ? "warning" : "info", "notice", json =>
                {
                    log.Text(json, "severity", notice.Severity);
                    log.Text(json, "message", notice.Message);
                });
                break;
            default:
                // A record says all it holds.
                log.Write("info", value.GetType().Name, json => log.Text(json, "text", value.ToString()));
                break;
        }
    }

    private static void Migration(RunLog log, Utf8JsonWriter json, string name, int ordinal, int total)
    {
        log.Text(json, "migration", name);
        json.WriteNumber("ordinal", ordinal);
        json.WriteNumber("total", total);
    }
}
