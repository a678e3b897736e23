using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Npgsql.Replication;
using NpgsqlTypes;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Recovery;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Recovery;

/// <summary>A server of the test's own: its WAL is received, somebody writes all the time, and then a table is dropped, a connection lost, the server killed.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PointInTimeTests : IAsyncLifetime
{
    private readonly DirectoryInfo home = TestCluster.NewFolder();
    private readonly ConcurrentBag<WalEvent> events = [];
    private readonly CancellationTokenSource receiving = new();
    private readonly CancellationTokenSource writing = new();
    private readonly List<(long Id, DateTimeOffset At)> written = [];
    private LocalCluster cluster = null!;
    private RunSettings settings = null!;
    private Task receiver = Task.CompletedTask;
    private Task writer = Task.CompletedTask;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Backups => Path.Combine(home.FullName, "backups");

    public async ValueTask InitializeAsync()
    {
        cluster = await TestCluster.StartThrowAwayAsync(maxConnections: 30);
        settings = new RunSettings
        {
            Address = Workbench.AddressOf(cluster.Url("shop")),
            MigrationsPath = Path.Combine(home.FullName, "migrations"),
        };
        await ExecuteAsync("CREATE DATABASE shop", "postgres");
        await ExecuteAsync(
            """
            CREATE TABLE orders (id bigserial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp());
            CREATE TABLE lines (id int PRIMARY KEY, order_id bigint CONSTRAINT of_order REFERENCES orders);
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await writing.CancelAsync();
        await receiving.CancelAsync();
        await ((Task)writer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task)receiver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await cluster.StopAsync(CancellationToken.None);
        home.Delete(recursive: true);
        receiving.Dispose();
        writing.Dispose();
    }

    [Fact]
    public async Task A_dropped_table_comes_back_to_the_second_before_and_after_a_lost_server_all_that_was_written_does()
    {
        receiver = WalReceiver.RunAsync(settings, new WalRequest { Folder = Backups, Progress = new Listener(events.Add) }, receiving.Token);
        await Wait.UntilAsync(() => events.OfType<WalEvent.Receiving>().Any(), "nothing is received");
        var taken = await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = Backups }, Stop);
        Assert.True(taken.Manifest.Bytes > 1 << 20);
        writer = WriteAsync();
        await Wait.UntilAsync(() => Count() > 100, "nothing is written");

        // Dropped by mistake, while somebody writes.
        var before = await ScalarAsync<DateTime>("SELECT clock_timestamp()");
        await ExecuteAsync("DROP TABLE orders CASCADE");
        await ReceivedAsync();
        var request = Request(new RecoveryTarget.Time(new DateTimeOffset(before, TimeSpan.Zero)));
        await TableReturn.RequireAbsentAsync(settings, "orders", Stop);
        var server = await RecoverAsync(request);
        var (expected, there) = (Acknowledged(before), await IdsAsync(server.Address));
        Assert.True(server.IsWhole);
        Assert.Empty(expected.Except(there));
        Assert.InRange(server.ReachedAt!.Value.UtcDateTime, await InsertedAsync(server.Address, expected.Max()), before);

        // What was written between that moment and the DROP went with the table.
        var dropped = Acknowledged(DateTime.MaxValue).Max();
        var back = await TableReturn.RunAsync(settings, server, "orders", Stop);
        Assert.Equal(there.Count, back.Rows);
        Assert.Equal(["ALTER TABLE public.lines ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES public.orders(id);"], back.Missing.Select(m => m.Replace("REFERENCES orders", "REFERENCES public.orders", StringComparison.Ordinal)));
        Assert.Equal("SL5144", (await Workbench.FailAsync(() => TableReturn.RequireAbsentAsync(settings, "orders", Stop))).Code);
        var data = server.Home;
        await server.RemoveAsync();
        Assert.False(System.IO.Directory.Exists(data));

        // The connection of the receiver is cut, and what was written meanwhile is received.
        await ExecuteAsync("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active");
        await Wait.UntilAsync(() => events.OfType<WalEvent.Receiving>().Count() > 1, "the receiver does not come back");
        Assert.Single(events.OfType<WalEvent.Lost>());
        var count = Count();
        await Wait.UntilAsync(() => Count() > count + 100, "nothing more is written");

        // The server goes as in a power cut, while the receiver keeps up with it: a machine that stood still just now is waited for.
        List<long> received;
        for (var look = 0; ; look++)
        {
            var asked = Stopwatch.GetTimestamp();
            received = Acknowledged(DateTime.MaxValue);
            await ReceivedAsync();
            if (look == 50 || Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(1))
            {
                break;
            }
        }

        KillServer();
        await ((Task)writer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Wait.UntilAsync(() => events.OfType<WalEvent.Lost>().Count() > 1, "the receiver does not notice");
        var last = await RecoverAsync(Request(new RecoveryTarget.Time(DateTimeOffset.UtcNow)));
        Assert.False(last.IsWhole);
        var missing = Acknowledged(DateTime.MaxValue).Where(id => id > dropped).Except(await IdsAsync(last.Address)).ToList();
        Assert.Empty(missing.Intersect(received));
        var lost = missing.Count == 0 ? TimeSpan.Zero : written[^1].At - written.First(w => w.Id == missing.Min()).At;
        Assert.InRange(lost, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        TestContext.Current.SendDiagnosticMessage($"{written.Count} rows acknowledged, {missing.Count} lost ({lost.TotalMilliseconds} ms) with the server");
        await last.RemoveAsync();
    }

    [Fact]
    public async Task A_moment_that_cannot_be_gone_back_to_is_told_and_leaves_nothing()
    {
        var never = Request(new RecoveryTarget.Latest());
        Assert.Equal("SL5142", (await Workbench.FailAsync(() => PointInTime.PlanAsync(settings, never, Stop))).Code);

        var taken = await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = Backups }, Stop);
        var early = Request(new RecoveryTarget.Time(taken.Manifest.BeganAt));
        Assert.Contains("a moment before that cannot be gone back to", (await Workbench.FailAsync(() => PointInTime.PlanAsync(settings, early, Stop))).Message, StringComparison.Ordinal);

        var nowhere = Request(new RecoveryTarget.Name("nowhere"));
        Assert.Contains("`nowhere` is not in the WAL", (await Workbench.FailAsync(() => RecoverAsync(nowhere))).Message, StringComparison.Ordinal);

        // A gap would end the recovery early, and it would look whole.
        var wal = System.IO.Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(taken.Folder))!, "wal")).FullName;
        var (first, size) = (taken.Manifest.FirstWal, 16 << 20);
        var number = Convert.ToInt32(first[16..], 16);
        await File.WriteAllBytesAsync(Path.Combine(wal, $"{first[..16]}{number + 3:X8}"), new byte[size], Stop);
        Assert.Contains($"{first[..16]}{number + 1:X8} is missing", (await Workbench.FailAsync(() => RecoverAsync(never))).Message, StringComparison.Ordinal);
        Assert.False(System.IO.Directory.Exists(never.Home));
    }

    [Fact]
    public async Task What_the_server_removed_unreceived_is_told_and_moments_before_and_after_can_be_gone_back_to()
    {
        receiver = WalReceiver.RunAsync(settings, new WalRequest { Folder = Backups, Progress = new Listener(events.Add) }, receiving.Token);
        await Wait.UntilAsync(() => events.OfType<WalEvent.Receiving>().Any(), "nothing is received");
        await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = Backups }, Stop);
        await ExecuteAsync("INSERT INTO orders DEFAULT VALUES");
        var before = await ScalarAsync<DateTime>("SELECT clock_timestamp()");
        await ExecuteAsync("INSERT INTO orders DEFAULT VALUES");
        await ReceivedAsync();
        var file = await ScalarAsync<string>("SELECT pg_walfile_name(pg_current_wal_flush_lsn())");
        await ExecuteAsync("SELECT pg_switch_wal()");
        await Wait.UntilAsync(() => File.Exists(Path.Combine(events.OfType<WalEvent.Receiving>().First().Folder, file)), "the WAL file is not finished");
        await receiving.CancelAsync();
        await ((Task)receiver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Wait.UntilAsync(async () => !await ScalarAsync<bool>("SELECT bool_or(active) FROM pg_replication_slots"), "the server does not notice that the receiver is gone");
        Assert.True(await WalReceiver.DropSlotAsync(settings, "sluice", Stop));
        for (var i = 0; i < 3; i++)
        {
            await ExecuteAsync("INSERT INTO orders DEFAULT VALUES");
            await ExecuteAsync("SELECT pg_switch_wal()");
        }

        await ExecuteAsync("CHECKPOINT");
        events.Clear();
        using var again = new CancellationTokenSource();
        // The server holds a slot for a moment longer than whom it has refused.
        await using var holder = new PhysicalReplicationConnection(new NpgsqlConnectionStringBuilder(ServerConnection.ConnectionString(settings.Address)) { Pooling = false }.ConnectionString);
        var second = WalReceiver.RunAsync(settings, new WalRequest { Folder = Backups, Progress = new Listener(HearHoldingAtGap) }, again.Token);
        await Wait.UntilAsync(() => second.IsCompleted || (events.OfType<WalEvent.Gap>().Any() && events.OfType<WalEvent.Lost>().Any()), "the gap is not told");
        await holder.DisposeAsync();
        await Wait.UntilAsync(() => second.IsCompleted || events.OfType<WalEvent.Receiving>().Count() > 2, "it is not tried again");
        Assert.False(second.IsCompleted, second.Exception?.Message);
        await ReceivedAsync();

        var early = await RecoverAsync(Request(new RecoveryTarget.Time(new DateTimeOffset(before, TimeSpan.Zero))));
        Assert.Single(await IdsAsync(early.Address));
        await early.RemoveAsync();
        Assert.Contains("is missing in", (await Workbench.FailAsync(() => RecoverAsync(Request(new RecoveryTarget.Latest())))).Message, StringComparison.Ordinal);
        await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = Backups }, Stop);
        await ExecuteAsync("INSERT INTO orders DEFAULT VALUES");
        await ReceivedAsync();
        var late = await RecoverAsync(Request(new RecoveryTarget.Latest()));
        Assert.Equal(6, (await IdsAsync(late.Address)).Count);
        await late.RemoveAsync();
        await again.CancelAsync();
        await ((Task)second).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        void HearHoldingAtGap(WalEvent happened)
        {
            if (happened is WalEvent.Gap)
            {
                HoldSlotAsync(holder).GetAwaiter().GetResult();
            }

            events.Add(happened);
        }
    }

    [Fact]
    public async Task What_a_killed_recovery_left_goes_with_the_next_and_what_was_kept_stays()
    {
        await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = Backups }, Stop);
        var scratch = System.IO.Directory.CreateDirectory(Path.Combine(home.FullName, "recovered")).FullName;
        var left = await RecoverAsync(Request(new RecoveryTarget.Latest()) with { Home = Path.Combine(scratch, "left") });
        var kept = await RecoverAsync(Request(new RecoveryTarget.Latest()) with { Home = Path.Combine(scratch, "kept") });
        Assert.True(System.IO.Directory.Exists(left.Home));
        left.Forget();
        kept.Forget();
        kept.Keep();
        Leftovers.Sweep(scratch, "*");
        Assert.Equal([kept.Home], System.IO.Directory.GetDirectories(scratch));
        await kept.RemoveAsync();
    }

    [Fact]
    public async Task WAL_can_come_by_a_command_and_older_base_backups_go_with_theirs()
    {
        var archive = System.IO.Directory.CreateDirectory(Path.Combine(home.FullName, "archive")).FullName;
        await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = Backups }, Stop);
        await ExecuteAsync("INSERT INTO orders DEFAULT VALUES");
        var name = await ScalarAsync<string>("SELECT pg_walfile_name(pg_current_wal_lsn())");
        await ExecuteAsync("SELECT pg_create_restore_point('here'); INSERT INTO orders DEFAULT VALUES; SELECT pg_switch_wal()");
        foreach (var file in System.IO.Directory.GetFiles(Path.Combine(cluster.DataFolder, "pg_wal"), "0*"))
        {
            File.Copy(file, Path.Combine(archive, Path.GetFileName(file)));
        }

        // In a folder so deep that a socket has no room in it.
        var deep = Request(new RecoveryTarget.Name("here")) with { RestoreCommand = $"cp '{archive}/%f' '%p'", Home = Path.Combine(home.FullName, new string('d', 90)) };
        var server = await RecoverAsync(deep);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(server.Address.Host));
        Assert.Single(await IdsAsync(server.Address));

        // Or subscriptions in the copy would take what the real subscriber has not had yet.
        await using (var connection = await ServerConnection.OpenAsync(server.Address, Stop))
        {
            await using var workers = new NpgsqlCommand("SHOW max_logical_replication_workers", connection);
            Assert.Equal("0", await workers.ExecuteScalarAsync(Stop));
        }

        await server.RemoveAsync();
        Assert.False(System.IO.Directory.Exists(server.Address.Host));

        var second = await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = Backups }, Stop);
        var wal = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(second.Folder))!, "wal");
        await File.WriteAllTextAsync(Path.Combine(wal, name), "old", Stop);
        await File.WriteAllTextAsync(Path.Combine(wal, second.Manifest.FirstWal), "needed", Stop);
        var third = await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = Backups, Keep = 2 }, Stop);
        Assert.Equal((1, 1), (third.Removed.Length, third.RemovedWal));
        Assert.Equal([second.Manifest.FirstWal], System.IO.Directory.GetFiles(wal).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Who_may_not_replicate_is_told_what_to_grant()
    {
        await ExecuteAsync("CREATE ROLE plain LOGIN PASSWORD 'x'", "postgres");
        var mere = settings with { Address = settings.Address with { User = "plain", Password = "x" } };
        var problem = await Workbench.FailAsync(() => BaseBackupRun.TakeAsync(mere, new BaseBackupRequest { Folder = Backups }, Stop));
        Assert.Equal("SL5140", problem.Code);
        Assert.Contains(problem.Remedies, r => r.Contains("REPLICATION", StringComparison.Ordinal));
        problem = await Workbench.FailAsync(() => WalReceiver.RunAsync(mere, new WalRequest { Folder = Backups }, Stop));
        Assert.Equal("SL5141", problem.Code);
        Assert.False(await WalReceiver.DropSlotAsync(settings, "sluice", Stop));
    }

    private RecoveryRequest Request(RecoveryTarget target) =>
        new() { Folder = Backups, Target = target, Home = Path.Combine(home.FullName, Guid.NewGuid().ToString("N")), IsDurable = false, AllowsNoWal = true };

    private async Task<RecoveredServer> RecoverAsync(RecoveryRequest request) =>
        await PointInTime.RunAsync(settings, request, await PointInTime.PlanAsync(settings, request, Stop), Stop);

    // All that was written until now, and on the disk of whoever receives it.
    private async Task ReceivedAsync()
    {
        await ExecuteAsync("BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_logical_emit_message(true, 'test', ''); COMMIT");
        var at = await ScalarAsync<string>("SELECT pg_current_wal_flush_lsn()::text");
        await Wait.UntilAsync(() => ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_replication WHERE flush_lsn >= '{at}')"), $"what was written up to {at} is not received");
    }

    private async Task HoldSlotAsync(PhysicalReplicationConnection holder)
    {
        await Wait.UntilAsync(async () => !await IsHeldAsync(), "the slot is not free");
        await holder.Open(Stop);
        var from = NpgsqlLogSequenceNumber.Parse(await ScalarAsync<string>("SELECT pg_current_wal_flush_lsn()::text"));
        var messages = holder.StartReplication(new PhysicalReplicationSlot(WalRequest.DefaultSlot), from, Stop).GetAsyncEnumerator(Stop);
        var first = messages.MoveNextAsync().AsTask();
        await Wait.UntilAsync(IsHeldAsync, "the slot is not held");
        // Until its connection is closed.
        _ = first.ContinueWith(t => t.Exception, Stop, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

        Task<bool> IsHeldAsync() => ScalarAsync<bool>("SELECT bool_or(active) FROM pg_replication_slots");
    }

    // Before it was committed.
    private static async Task<DateTime> InsertedAsync(DatabaseAddress address, long id)
    {
        await using var connection = await ServerConnection.OpenAsync(address, Stop);
        await using var command = new NpgsqlCommand("SELECT at FROM orders WHERE id = $1", connection) { Parameters = { new NpgsqlParameter { Value = id } } };
        return (DateTime)(await command.ExecuteScalarAsync(Stop))!;
    }

    // One row a transaction; it counts once the server has said that it is committed.
    private async Task WriteAsync()
    {
        await using var connection = await ServerConnection.OpenAsync(settings.Address, Stop);
        await ExecuteOn(connection, "SET synchronous_commit = on");
        while (!writing.IsCancellationRequested)
        {
            await using var insert = new NpgsqlCommand("INSERT INTO orders DEFAULT VALUES RETURNING id", connection);
            try
            {
                var id = (long)(await insert.ExecuteScalarAsync(writing.Token))!;
                lock (written)
                {
                    written.Add((id, DateTimeOffset.UtcNow));
                }
            }
            catch (PostgresException gone) when (gone.SqlState is PostgresErrorCodes.UndefinedTable)
            {
                await Task.Delay(10, writing.Token);
            }

            await Task.Delay(2, writing.Token);
        }
    }

    private static async Task ExecuteOn(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private void KillServer()
    {
        using var server = Process.GetProcessById(((ClusterState.Running)cluster.State()).ProcessId);
        server.Kill();
    }

    private int Count()
    {
        lock (written)
        {
            return written.Count;
        }
    }

    private List<long> Acknowledged(DateTime before)
    {
        lock (written)
        {
            return [.. written.Where(w => w.At.UtcDateTime < before).Select(w => w.Id)];
        }
    }

    private static async Task<HashSet<long>> IdsAsync(DatabaseAddress address)
    {
        await using var connection = await ServerConnection.OpenAsync(address, Stop);
        await using var command = new NpgsqlCommand("SELECT id FROM orders", connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var ids = new HashSet<long>();
        while (await reader.ReadAsync(Stop))
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }

    private async Task ExecuteAsync(string sql, string database = "shop")
    {
        await using var connection = await ServerConnection.OpenAsync(settings.Address with { Database = database }, Stop);
        await ExecuteOn(connection, sql);
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await ServerConnection.OpenAsync(settings.Address, Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Stop))!;
    }

    private sealed class Listener(Action<WalEvent> heard) : IProgress<WalEvent>
    {
        public void Report(WalEvent value) => heard(value);
    }
}
