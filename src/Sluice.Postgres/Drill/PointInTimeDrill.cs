using System.Diagnostics;
using System.Globalization;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Recovery;

namespace Sluice.Postgres.Drill;

/// <summary>The project's own base backup and WAL become a server, every row of the database is read, and it is measured how far they lag behind.</summary>
internal static class PointInTimeDrill
{
    public static async Task<DrillResult> RunAsync(DrillStage stage, CancellationToken cancellation)
    {
        if (!Directory.Exists(stage.Request.Folder) || !Directory.EnumerateDirectories(stage.Request.Folder, "server-*").Any(d => !new ServerFolder(d).List().IsEmpty))
        {
            return new DrillResult(DrillScenario.PointInTime, DrillVerdict.Skipped, "there is no base backup (`sluice backup base`, `sluice backup wal`)", null, null, []);
        }

        var now = stage.Live.Clock.GetUtcNow();
        var live = await PositionAsync(stage.Live.Address, cancellation);
        var started = Stopwatch.GetTimestamp();
        var request = new RecoveryRequest
        {
            Folder = stage.Request.Folder,
            Target = new RecoveryTarget.Latest(),
            Home = Path.Combine(stage.Request.Scratch, "latest"),
            Key = stage.Request.Key,

            // What is lost then is measured, and judged.
            AllowsNoWal = true,
            StateFolder = stage.Request.StateFolder,
            IsDurable = false,
            Progress = stage,
        };
        var plan = await PointInTime.PlanAsync(stage.Live, request, cancellation);
        var server = await PointInTime.RunAsync(stage.Live, request, plan, cancellation);
        try
        {
            var took = Stopwatch.GetElapsedTime(started);
            stage.Say("reading every row");
            var contents = await stage.ContentsAsync(server.Address, cancellation);
            var (lag, how) = await LagAsync(live, server, plan, now, cancellation);
            return new DrillResult(
                DrillScenario.PointInTime,
                DrillVerdict.Passed,
                "the newest base backup and the WAL since then became a server",
                (long)took.TotalMilliseconds,
                (long)lag.TotalMilliseconds,
                [
                    string.Create(CultureInfo.InvariantCulture, $"base backup {Path.GetFileName(plan.Base.Folder)}, {plan.Base.Manifest.Bytes:#,0} bytes"),
                    $"reached WAL position {server.ReachedLsn}{(server.ReachedAt is { } at ? $", committed at {new RecoveryTarget.Time(at)}" : "")}",
                    string.Create(CultureInfo.InvariantCulture, $"{contents.Tables.Length} tables, {contents.Tables.Sum(t => t.Rows):#,0} rows read"),
                    how,
                ]);
        }
        finally
        {
            await server.RemoveAsync();
        }
    }

    private static async Task<(TimeSpan Lag, string How)> LagAsync(string? live, RecoveredServer server, RecoveryPlan plan, DateTimeOffset now, CancellationToken cancellation)
    {
        if (live is null)
        {
            return (now - (plan.ReceivedUntil ?? plan.Base.Manifest.EndedAt), "the live server does not answer: RPO is the time since WAL last came");
        }

        var behind = await DrillStage.AskAsync<decimal>(server.Address, $"SELECT pg_catalog.pg_wal_lsn_diff('{live}', '{server.ReachedLsn}')", cancellation);
        return behind <= 0
            ? (TimeSpan.Zero, $"all that the live server had written when the drill began ({live}) is in it")
            : (now - (server.ReachedAt ?? plan.Base.Manifest.EndedAt), string.Create(CultureInfo.InvariantCulture, $"{behind:#,0} bytes of what the live server had written when the drill began ({live}) are not in it"));
    }

    private static async Task<string?> PositionAsync(DatabaseAddress live, CancellationToken cancellation)
    {
        try
        {
            return await DrillStage.AskAsync<string>(live with { Retry = new RetryPolicy(0, TimeSpan.Zero) }, "SELECT pg_catalog.pg_current_wal_flush_lsn()::text", cancellation);
        }
        catch (ProblemException gone) when (gone.Problem.Code is "P1001" or "P1003")
        {
            return null;
        }
    }
}
