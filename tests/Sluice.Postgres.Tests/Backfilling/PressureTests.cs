using System.Collections.Concurrent;
using Npgsql;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Backfilling;

/// <summary>A backfill beside what a server has to do otherwise: replicas, poolers, its own end.</summary>
public sealed class PressureTests
{
    private const string Rows = "CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0); INSERT INTO t SELECT g FROM generate_series(1, 20000) g";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_that_does_not_follow_is_waited_for()
    {
        var primary = await TestCluster.StartThrowAwayAsync(20);
        LocalCluster? standby = null;
        try
        {
            await OnServerAsync(primary, "ALTER SYSTEM SET wal_receiver_status_interval = '1s'");
            await OnServerAsync(primary, Rows);
            standby = await TestCluster.StartStandbyAsync(primary, 20);
            await Wait.UntilAsync(async () => await OnServerAsync(primary, "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')") is true, "the standby does not follow");
            await OnServerAsync(standby, "SELECT pg_wal_replay_pause()");
            await OnServerAsync(primary, "CREATE TABLE more AS SELECT g, repeat('x', 1000) FROM generate_series(1, 10000) g");
            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var events = new ConcurrentQueue<RunEvent>();
            var settings = Settings(primary.Url("postgres"), e =>
            {
                events.Enqueue(e);
                if (e is RunEvent.BackfillHeldBack)
                {
                    held.TrySetResult();
                }
            });

            // What may be written in the second that it may be behind is 4 MB.
            var running = Backfill.RunAsync(settings, new BackfillRequest("t", "n = n + 1") { MaxLag = TimeSpan.FromSeconds(1), MaxWal = 4L << 20 }, Stop);
            await held.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
            await Task.WhenAny(running, Task.Delay(1500, Stop));
            Assert.False(running.IsCompleted, "it went on beside a replica that does not");
            await OnServerAsync(standby, "SELECT pg_wal_replay_resume()");

            Assert.Equal(20000, (await running).Changed);
            Assert.Contains("a replica is", events.OfType<RunEvent.BackfillHeldBack>().First().Reason, StringComparison.Ordinal);
        }
        finally
        {
            if (standby is not null)
            {
                await standby.StopAsync(Stop);
            }

            await primary.StopAsync(Stop);
        }
    }

    [Fact]
    public void A_batch_is_as_large_as_the_server_writes_in_the_time_and_half_as_large_when_somebody_waits()
    {
        var pace = new BackfillPace(1000, BackfillPace.Writing, 20_000);
        pace.Took(BackfillPace.Writing / 1.5, others: false);
        Assert.Equal(1500, pace.Rows);
        // Closing took longer than writing: the server is far away, and that is no reason for small batches.
        pace.Took(TimeSpan.FromMilliseconds(-1), others: false);
        Assert.Equal(3000, pace.Rows);
        pace.Took(TimeSpan.Zero, others: true);
        Assert.Equal(1500, pace.Rows);
        pace.Took(BackfillPace.Writing * 100, others: false);
        Assert.Equal(750, pace.Rows);
    }

    [Fact]
    public async Task A_batch_knows_of_whoever_waits_for_a_row_that_it_has_written()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        await using var batch = await bench.Source.OpenConnectionAsync(Stop);
        await using var transaction = await batch.BeginTransactionAsync(Stop);
        await using var write = new NpgsqlCommand("UPDATE t SET n = 1 WHERE id < 10", batch, transaction);
        await write.ExecuteNonQueryAsync(Stop);
        await using var asked = new NpgsqlCommand(BackfillBatch.IsWaitedFor, batch, transaction);
        Assert.Equal(false, await asked.ExecuteScalarAsync(Stop));

        var waiting = bench.ExecuteAsync("UPDATE t SET n = 2 WHERE id = 5");
        await Wait.UntilAsync(() => bench.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"), "nobody waits");
        Assert.Equal(true, await asked.ExecuteScalarAsync(Stop));
        await transaction.CommitAsync(Stop);
        await waiting;
    }

    [Fact]
    public async Task What_others_write_while_it_waits_does_not_make_it_wait_again()
    {
        // WAL is the whole server's, so nobody else may write here.
        var server = await TestCluster.StartThrowAwayAsync(20);
        try
        {
            await using var connection = await ServerConnection.OpenAsync(DatabaseAddress.Parse(server.Url("postgres")), Stop);
            var waits = 0;
            var pressure = new Pressure(connection, new BackfillRequest("", "") { MaxWal = 8L << 20 }, new Told(e => waits++));
            await pressure.HoldBackAsync(Stop);
            await WriteAsync();
            await Task.Delay(260, Stop);

            var waiting = pressure.HoldBackAsync(Stop);
            await WriteAsync();
            await waiting;
            Assert.Equal(1, waits);
            await Task.Delay(260, Stop);
            var again = System.Diagnostics.Stopwatch.StartNew();
            await pressure.HoldBackAsync(Stop);

            // It would be three quarters of a second.
            Assert.True(again.ElapsedMilliseconds < 500, $"it waited {again.ElapsedMilliseconds} ms for what was written while it waited");
        }
        finally
        {
            await server.StopAsync(Stop);
        }

        Task WriteAsync() => OnServerAsync(server, "SELECT pg_logical_emit_message(false, 'other', repeat('x', 8 << 20))");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_at_once_through_a_pooler_do_each_row_once_between_them_and_leave_nothing_in_its_sessions(bool told)
    {
        await using var pooler = TransactionPooler.Start();
        await using var bench = await Workbench.OpenAsync(Rows);
        var settings = bench.Settings with
        {
            Address = bench.Settings.Address with { Host = "127.0.0.1", Port = pooler.Port, OtherParameters = told ? [("pgbouncer", "true")] : [] },
        };

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Backfill.RunAsync(settings, new BackfillRequest("t", "n = n + 1") { Batch = 50 }, Stop)));

        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n = 1"));
        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT changed FROM sluice.backfills"));
        await using var client = await ServerConnection.OpenAsync(settings.Address, Stop);
        for (var i = 0; i < 12; i++)
        {
            await using var left = new NpgsqlCommand("SELECT string_agg(name, ' ') FROM pg_settings WHERE source = 'session' AND name NOT IN ('application_name')", client);
            Assert.Equal(DBNull.Value, await left.ExecuteScalarAsync(Stop));
        }
    }

    [Fact]
    public async Task A_session_that_is_ended_costs_nothing_but_the_batch()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var request = new BackfillRequest("t", "n = n + 1") { Batch = 50, Pause = TimeSpan.FromMilliseconds(20) };
        var running = Backfill.RunAsync(bench.Settings, request, Stop);
        await Wait.UntilAsync(async () => await bench.HasTableAsync("sluice.backfills") && await bench.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM sluice.backfills WHERE passed > 0)"), "it did not begin");
        await bench.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 72707370 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");

        var problem = await Workbench.FailAsync(() => running);
        Assert.Equal("P1017", problem.Code);
        Assert.Contains("Run the same command again", problem.Remedies[0], StringComparison.Ordinal);

        await Backfill.RunAsync(bench.Settings, request with { Pause = TimeSpan.Zero }, Stop);
        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n = 1"));
    }

    [Fact]
    public async Task Who_may_not_make_its_table_is_told_what_to_grant()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var role = "clerk_" + Guid.NewGuid().ToString("N")[..8];
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'p'; GRANT SELECT, UPDATE ON t TO {role}");
        var address = DatabaseAddress.Parse(bench.Url) with { User = role, Password = "p", Retry = new RetryPolicy(0, TimeSpan.Zero) };
        var settings = bench.Settings with { Address = address };
        try
        {
            var problem = await Workbench.FailAsync(() => Backfill.RunAsync(settings, new BackfillRequest("t", "n = 1"), Stop));
            Assert.Equal("SL5086", problem.Code);
            Assert.Contains(problem.Remedies, r => r.Contains("GRANT CREATE ON DATABASE", StringComparison.Ordinal));

            await bench.ExecuteAsync($"REVOKE UPDATE ON t FROM {role}");
            problem = await Workbench.FailAsync(() => Backfill.RunAsync(settings, new BackfillRequest("t", "n = 1"), Stop));
            Assert.Equal("SL5085", problem.Code);
            Assert.Contains("GRANT", problem.Remedies[0], StringComparison.Ordinal);
        }
        finally
        {
            await bench.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task Rows_that_a_policy_hides_are_not_left_out_in_silence()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var role = "tenant_" + Guid.NewGuid().ToString("N")[..8];
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'p'; GRANT ALL ON t TO {role}; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON t USING (id < 10)");
        var address = DatabaseAddress.Parse(bench.Url) with { User = role, Password = "p", Retry = new RetryPolicy(0, TimeSpan.Zero) };
        try
        {
            var problem = await Workbench.FailAsync(() => Backfill.RunAsync(bench.Settings with { Address = address }, new BackfillRequest("t", "n = 1"), Stop));

            Assert.Equal("SL5085", problem.Code);
            Assert.Contains("row-level security", problem.Message, StringComparison.Ordinal);
        }
        finally
        {
            await bench.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    private static RunSettings Settings(string url, Action<RunEvent> told) => new()
    {
        Address = DatabaseAddress.Parse(url) with { Retry = new RetryPolicy(0, TimeSpan.Zero) },
        MigrationsPath = "migrations",
        Progress = new Told(told),
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

    private sealed class Told(Action<RunEvent> action) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => action(value);
    }
}
