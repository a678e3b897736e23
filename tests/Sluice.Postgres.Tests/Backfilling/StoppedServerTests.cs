using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Backfilling;

public sealed class StoppedServerTests
{
    private const int Rows = 20000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // What a server had in memory only is gone: rows and position go together, or neither does. What it was told to wait for says how
    // much that is; but when a run has said that all is done, it is.
    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task A_server_that_is_stopped_at_once_in_the_middle_does_no_row_twice_and_leaves_none_out(string commit)
    {
        var cluster = await TestCluster.StartThrowAwayAsync(20);
        try
        {
            // Nothing is written to its log but what somebody waits for: all of the rest is lost.
            await OnServerAsync(cluster, $"ALTER DATABASE postgres SET synchronous_commit = {commit}");
            await OnServerAsync(cluster, "ALTER SYSTEM SET wal_writer_delay = '10s'");
            await OnServerAsync(cluster, "ALTER SYSTEM SET wal_writer_flush_after = '1GB'");
            await OnServerAsync(cluster, "ALTER SYSTEM SET wal_buffers = '64MB'");
            await OnServerAsync(cluster, $"CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0); INSERT INTO t SELECT g FROM generate_series(1, {Rows}) g");
            await OnServerAsync(cluster, "CHECKPOINT");
            await RestartAsync(cluster);
            var request = new BackfillRequest("t", "n = n + 1") { Batch = 50, Pause = TimeSpan.FromMilliseconds(2) };
            foreach (var share in new[] { 1, 2, 3 })
            {
                var running = Assert.ThrowsAsync<ProblemException>(() => Backfill.RunAsync(Settings(cluster), request, Stop));
                await Wait.UntilAsync(
                    async () => running.IsCompleted || await OnServerAsync(cluster, "SELECT to_regclass('sluice.backfills') IS NOT NULL") is true
                        && await OnServerAsync(cluster, "SELECT passed FROM sluice.backfills") is long passed && passed > Rows * share / 5,
                    $"it never came to {share} fifths");
                await RestartAsync(cluster);
                await running;
                var (passed, changed) = (await OnServerAsync(cluster, "SELECT max(passed) FROM sluice.backfills") as long? ?? 0, await OnServerAsync(cluster, "SELECT sum(n) FROM t"));
                Assert.Equal(passed, changed);
            }

            Assert.Equal(BackfillEnd.Done, (await Backfill.RunAsync(Settings(cluster), request, Stop)).End);
            await RestartAsync(cluster);
            Assert.Equal("done", await OnServerAsync(cluster, "SELECT state FROM sluice.backfills"));
            Assert.Equal((long)Rows, await OnServerAsync(cluster, "SELECT count(*) FROM t WHERE n = 1"));
        }
        finally
        {
            await cluster.StopAsync(Stop);
        }
    }

    // What `pg_ctl restart -m immediate` does.
    private static async Task RestartAsync(LocalCluster cluster)
    {
        var server = Assert.IsType<ClusterState.Running>(cluster.State());
        using var process = Process.GetProcessById(server.ProcessId);
        using var quit = Process.Start("kill", ["-QUIT", server.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(Stop);
        await cluster.StartAsync(Stop);
    }

    private static RunSettings Settings(LocalCluster cluster) => new()
    {
        Address = DatabaseAddress.Parse(cluster.Url("postgres")) with { Retry = new RetryPolicy(0, TimeSpan.Zero) },
        MigrationsPath = "migrations",
    };

    private static async Task<object?> OnServerAsync(LocalCluster cluster, string sql)
    {
        var server = cluster.Connection();
        server.Pooling = false;
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Stop);
    }
}
