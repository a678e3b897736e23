using System.Collections.Concurrent;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Recovery;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Backup;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Recovery;

/// <summary>A server of the test's own with a database `shop`, and a folder for its base backups and WAL.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class RecoveryBench : IAsyncDisposable
{
    private readonly DirectoryInfo home = System.IO.Directory.CreateTempSubdirectory("sluice-pitr-");
    private readonly LocalCluster cluster;

    private RecoveryBench(LocalCluster cluster)
    {
        this.cluster = cluster;
        Settings = new RunSettings
        {
            Address = DatabaseAddress.Parse(cluster.Url("shop")) with { Retry = new RetryPolicy(0, TimeSpan.Zero) },
            MigrationsPath = Path.Combine(home.FullName, "migrations"),
        };
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public RunSettings Settings { get; }

    public string Backups => Path.Combine(home.FullName, "backups");

    public string Wal => Path.Combine(System.IO.Directory.GetDirectories(Backups, "server-*").Single(), "wal");

    public static async Task<RecoveryBench> OpenAsync()
    {
        var bench = new RecoveryBench(await TestCluster.StartThrowAwayAsync(maxConnections: 30));
        await bench.ExecuteAsync("CREATE DATABASE shop", "postgres");
        await bench.ExecuteAsync("CREATE TABLE orders (id bigserial PRIMARY KEY, note text)");
        return bench;
    }

    public BackupKey Key(char digit)
    {
        var path = Path.Combine(home.FullName, digit + ".key");
        BackupBench.WriteKey(path, new string(digit, 64));
        return BackupKey.Read(path);
    }

    /// <summary>The files of a new base backup.</summary>
    public async Task<string[]> BaseAsync(BackupKey? key) =>
        System.IO.Directory.GetFiles((await BaseBackupRun.TakeAsync(Settings, new BaseBackupRequest { Folder = Backups, Key = key }, Stop)).Folder, "*", SearchOption.AllDirectories);

    public RecoveryRequest Request(RecoveryTarget target, BackupKey? key = null) =>
        new() { Folder = Backups, Target = target, Home = Path.Combine(home.FullName, Guid.NewGuid().ToString("N")), IsDurable = false, Key = key, AllowsNoWal = true };

    public async Task<RecoveredServer> RecoverAsync(RecoveryRequest request) =>
        await PointInTime.RunAsync(Settings, request, await PointInTime.PlanAsync(Settings, request, Stop), Stop);

    /// <summary>Receives WAL from here on until it is disposed of.</summary>
    public async Task<Receiving> ReceiveAsync(BackupKey? key = null)
    {
        var receiving = new Receiving(this, key);
        await Wait.UntilAsync(() => receiving.Events.OfType<WalEvent.Receiving>().Any(), "nothing is received");
        return receiving;
    }

    /// <summary>How many orders the server of that moment has.</summary>
    public async Task<long> OrdersAsync(RecoveryRequest request)
    {
        var server = await RecoverAsync(request);
        try
        {
            return await ScalarAsync<long>("SELECT count(*) FROM orders", server.Address);
        }
        finally
        {
            await server.RemoveAsync();
        }
    }

    public async Task<Problem> RefusedAsync(RecoveryRequest request, string code)
    {
        var problem = await Workbench.FailAsync(() => RecoverAsync(request));
        Assert.Equal(code, problem.Code);
        Assert.False(System.IO.Directory.Exists(request.Home));
        return problem;
    }

    public async Task ExecuteAsync(string sql, string database = "shop")
    {
        await using var connection = await ServerConnection.OpenAsync(Settings.Address with { Database = database }, Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    public async Task<T> ScalarAsync<T>(string sql, DatabaseAddress? address = null)
    {
        await using var connection = await ServerConnection.OpenAsync(address ?? Settings.Address, Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Stop))!;
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.StopAsync(CancellationToken.None);
        home.Delete(recursive: true);
    }

    internal sealed class Receiving : IAsyncDisposable, IProgress<WalEvent>
    {
        private readonly CancellationTokenSource ending = new();
        private readonly RecoveryBench bench;

        public Receiving(RecoveryBench bench, BackupKey? key)
        {
            this.bench = bench;
            Work = WalReceiver.RunAsync(bench.Settings, new WalRequest { Folder = bench.Backups, Key = key, Progress = this }, ending.Token);
        }

        public ConcurrentQueue<WalEvent> Events { get; } = [];

        public Task Work { get; }

        public void Report(WalEvent value) => Events.Enqueue(value);

        /// <summary>Returns once all that was written until now has been received.</summary>
        public async Task CatchUpAsync()
        {
            var written = await bench.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");
            await Wait.UntilAsync(() => bench.ScalarAsync<bool>($"SELECT coalesce(bool_or(flush_lsn >= '{written}'), false) FROM pg_stat_replication"), "WAL is not received");
        }

        public async ValueTask DisposeAsync()
        {
            await ending.CancelAsync();
            await Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ending.Dispose();
        }
    }
}
