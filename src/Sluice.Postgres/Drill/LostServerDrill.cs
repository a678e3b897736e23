using System.Diagnostics;
using System.Globalization;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Recovery;

namespace Sluice.Postgres.Drill;

/// <summary>
/// A standby is made of the scratch server and follows it synchronously; the server is killed under load, the standby promoted, and the
/// writer goes on there. Nothing that was committed may be lost.
/// </summary>
internal static class LostServerDrill
{
    private const string Standby = "sluice_drill";
    private const int RowsBefore = 200;

    public static async Task<DrillResult> RunAsync(DrillStage stage, CancellationToken cancellation)
    {
        var primary = stage.AddressOf(Standby);
        await DrillStage.ExecuteAsync(stage.AddressOf(LocalCluster.UserName), $"CREATE DATABASE {Standby}", cancellation);
        var copy = new ServerCopy(Path.Combine(stage.Request.Scratch, "standby"), stage.Binaries, durable: false);
        try
        {
            var began = Stopwatch.GetTimestamp();
            stage.Say("making a standby of the scratch server");
            Backup.PrivateFiles.CreateFolder(copy.Home);
            await BaseBackupRun.CopyAsync(primary, stage.Tools, copy.DataFolder, stage, cancellation, "--no-sync");
            await FollowAsync(copy, primary, cancellation);
            await WaitForStandbyAsync(primary, cancellation);
            var made = Stopwatch.GetElapsedTime(began);

            await using var writer = await DrillWriter.StartAsync(primary, stage.Live.Clock, cancellation);
            await writer.MoreAsync(RowsBefore, cancellation);
            stage.Say("killing the server while somebody writes, and promoting the standby");
            var standby = copy.Address(Standby, LocalCluster.UserName);
            Kill(stage.Server);
            var lost = stage.Live.Clock.GetUtcNow();
            var started = Stopwatch.GetTimestamp();
            await DrillStage.AskAsync<bool>(standby, "SELECT pg_catalog.pg_promote(true, 60)", cancellation);
            writer.GoOnAt(standby);
            var before = writer.Committed.Count;
            await writer.MoreAsync(1, cancellation);
            var took = Stopwatch.GetElapsedTime(started);
            await writer.MoreAsync(50, cancellation);

            var (rows, since) = await writer.MissingAsync(standby, DateTimeOffset.MaxValue, cancellation);
            return new DrillResult(
                DrillScenario.LostServer,
                rows == 0 ? DrillVerdict.Passed : DrillVerdict.Failed,
                rows == 0 ? "the standby took over, writers went on, and nothing that was committed is lost" : $"{rows.ToString(CultureInfo.InvariantCulture)} commits that were acknowledged are lost",
                (long)took.TotalMilliseconds,
                since is { } first ? (long)Math.Max(0, (lost - first).TotalMilliseconds) : 0,
                [
                    $"standby made and following synchronously in {DrillReport.Time((long)made.TotalMilliseconds)}",
                    string.Create(CultureInfo.InvariantCulture, $"server killed (SIGKILL) after {before} acknowledged commits; {rows} of them are missing on the standby"),
                    string.Create(CultureInfo.InvariantCulture, $"{writer.Count - before} commits on the standby afterwards"),
                    "RTO is from the kill to the first commit on the standby; how long it takes to notice that a server is gone is not in it",
                ]);
        }
        finally
        {
            if (Directory.Exists(copy.Home))
            {
                await copy.RemoveAsync();
            }
        }
    }

    private static async Task FollowAsync(ServerCopy copy, DatabaseAddress primary, CancellationToken cancellation)
    {
        var conninfo = string.Create(CultureInfo.InvariantCulture, $"host={primary.Host} port={primary.Port} user={primary.User} password={primary.Password} application_name={Standby}");
        await File.WriteAllTextAsync(Path.Combine(copy.DataFolder, "standby.signal"), "", cancellation);
        await copy.StartAsync([$"primary_conninfo = {ServerCopy.Literal(conninfo)}", "hot_standby = on"], null, cancellation);
        await DrillStage.ExecuteAsync(primary, $"ALTER SYSTEM SET synchronous_standby_names = '{Standby}'", cancellation);
        await DrillStage.ExecuteAsync(primary, "SELECT pg_catalog.pg_reload_conf()", cancellation);
    }

    private static async Task WaitForStandbyAsync(DatabaseAddress primary, CancellationToken cancellation)
    {
        const string Follows = $"SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_replication WHERE application_name = '{Standby}' AND state = 'streaming' AND sync_state = 'sync')";
        for (var attempt = 0; !await DrillStage.AskAsync<bool>(primary, Follows, cancellation); attempt++)
        {
            if (attempt == 600)
            {
                throw new LocalClusterException("The standby did not begin to follow within a minute.");
            }

            await Task.Delay(100, cancellation);
        }
    }

    private static void Kill(LocalCluster server)
    {
        if (server.State() is ClusterState.Running(var id, _))
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit();
        }
    }
}
