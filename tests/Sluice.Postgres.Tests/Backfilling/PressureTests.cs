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
            await Wait.UntilAsync(async () => await OnServerAsync(standby, "SELECT pg_is_wal_replay_paused()") is true, "the standby goes on");
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
            await Task.WhenAny(held.Task, running);
            Assert.False(running.IsCompleted, "it did not wait");
            var written = await WrittenAsync();
            await Task.WhenAny(running, Task.Delay(1500, Stop));
            Assert.False(running.IsCompleted, "it went on beside a replica that does not");
            Assert.Equal(written, await WrittenAsync());
            await OnServerAsync(standby, "SELECT pg_wal_replay_resume()");

            Assert.Equal(20000, (await running).Changed);
            Assert.Contains("a replica is", events.OfType<RunEvent.BackfillHeldBack>().First().Reason, StringComparison.Ordinal);

            async Task<long> WrittenAsync() => (long)(await OnServerAsync(primary, "SELECT count(*) FROM t WHERE n = 1"))!;
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
        await Wait.UntilAsync(() => bench.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"), "nobody waits");
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
            await using var connection = await ServerConnection.OpenAsync(Workbench.AddressOf(server.Url("postgres")), Stop);
            var shortest = TimeSpan.MaxValue;

            // It would be three quarters of a second each time; and a machine that stands still does not do so each time.
            for (var look = 0; look < 10 && shortest >= TimeSpan.FromMilliseconds(500); look++)
            {
                var again = await AgainAsync(connection);
                shortest = again < shortest ? again : shortest;
            }

            Assert.True(shortest < TimeSpan.FromMilliseconds(500), $"it waited {shortest} for what was written while it waited");
        }
        finally
        {
            await server.StopAsync(Stop);
        }

        async Task<TimeSpan> AgainAsync(NpgsqlConnection connection)
        {
            var waits = 0;
            var pressure = new Pressure(connection, new BackfillRequest("", "") { MaxWal = 8L << 20 }, new Told(e => waits++));
            await pressure.HoldBackAsync(Stop);
            for (var writes = 0; waits == 0; writes++)
            {
                Assert.True(writes < 30, "it never waits");
                await WriteAsync();
                await Task.Delay(260, Stop);
                var waiting = pressure.HoldBackAsync(Stop);
                await WriteAsync();
                await waiting;
            }

            await Task.Delay(260, Stop);
            var again = System.Diagnostics.Stopwatch.GetTimestamp();
            await pressure.HoldBackAsync(Stop);
            return System.Diagnostics.Stopwatch.GetElapsedTime(again);
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
        var request = new BackfillRequest("t", "n = n + 1") { Batch = 50 };
        await bench.ExecuteAsync("""
            CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
            CREATE TRIGGER end_it BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.id = 15000) EXECUTE FUNCTION end_it();
            """);

        var problem = await Workbench.FailAsync(() => Backfill.RunAsync(bench.Settings, request, Stop));
        Assert.Equal("P1017", problem.Code);
        Assert.Contains("Run the same command again", problem.Remedies[0], StringComparison.Ordinal);
        var done = await bench.ScalarAsync<long>("SELECT passed FROM sluice.backfills");
        Assert.InRange(done, 50, 14_999);
        Assert.Equal(done, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n = 1"));

        await bench.ExecuteAsync("DROP TRIGGER end_it ON t");
        await Backfill.RunAsync(bench.Settings, request, Stop);
        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n = 1"));
    }

    [Fact]
    public async Task Who_may_not_make_its_table_is_told_what_to_grant()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var role = "clerk_" + Guid.NewGuid().ToString("N")[..8];
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'p'; GRANT SELECT, UPDATE ON t TO {role}");
        var address = Workbench.AddressOf(bench.Url) with { User = role, Password = "p" };
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
        var address = Workbench.AddressOf(bench.Url) with { User = role, Password = "p" };
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
        Address = Workbench.AddressOf(url),
        MigrationsPath = "migrations",
        Progress = new Told(told),
    };

    private static async Task<object?> OnServerAsync(LocalCluster cluster, string sql)
    {
        var server = TestCluster.Connection(cluster);
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
