using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Local;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Local;

public sealed class LocalClusterTests : IAsyncDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly string folder = TestCluster.NewFolder().FullName;

    public async ValueTask DisposeAsync()
    {
        if (PostgresBinaries.Find() is not null)
        {
            await NewCluster().StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_cluster_is_made_started_found_again_and_stopped()
    {
        var cluster = NewCluster();
        Assert.IsType<ClusterState.Absent>(cluster.State());
        Assert.False(await cluster.StopAsync(Stop));

        var running = await cluster.StartAsync(Stop);
        Assert.Equal(running, NewCluster().State());
        Assert.Equal(running, await NewCluster().StartAsync(Stop));
        Assert.Equal(1L, await AskAsync(cluster, "SELECT 1::bigint"));
        await AskAsync(cluster, "CREATE TABLE kept (x int)");

        Assert.True(await NewCluster().StopAsync(Stop));
        Assert.IsType<ClusterState.Stopped>(cluster.State());
        Assert.Equal(running.Port, (await cluster.StartAsync(Stop)).Port);
        Assert.Equal(0L, await AskAsync(cluster, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task A_killed_server_is_started_again_over_its_leftovers()
    {
        var cluster = await FreshAsync();
        var running = await cluster.StartAsync(Stop);
        using (var server = Process.GetProcessById(running.ProcessId))
        {
            server.Kill();
            await server.WaitForExitAsync(Stop);
        }

        Assert.True(File.Exists(Path.Combine(cluster.DataFolder, "postmaster.pid")));
        Assert.IsType<ClusterState.Stopped>(cluster.State());
        await cluster.StartAsync(Stop);
        Assert.Equal(1L, await AskAsync(cluster, "SELECT 1::bigint"));
    }

    [Fact]
    public async Task A_process_that_took_the_number_of_a_crashed_server_is_left_alone()
    {
        var cluster = await FreshAsync();
        await cluster.StartAsync(Stop);
        await cluster.StopAsync(Stop);
        using var stranger = Process.Start("sleep", "600");
        File.WriteAllText(
            Path.Combine(cluster.DataFolder, "postmaster.pid"),
            $"{stranger.Id}\n{cluster.DataFolder}\n1700000000\n5432\n\n127.0.0.1\n");

        Assert.IsType<ClusterState.Stopped>(cluster.State());
        Assert.False(await cluster.StopAsync(Stop));
        await cluster.StartAsync(Stop);
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    // It writes its state there anew when it takes connections, which is when one looks.
    [Fact]
    public async Task A_server_that_writes_to_its_file_meanwhile_runs()
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        using var server = Process.Start(new ProcessStartInfo("sleep", "600") { WorkingDirectory = data })!;
        var head = $"{server.Id}\n{data}\n1700000000\n5432\n\n127.0.0.1\n";
        await File.WriteAllTextAsync(PostmasterFile.PathIn(data), head + "starting\n", Stop);
        using var over = new CancellationTokenSource();
        var writing = Task.Run(
            () =>
            {
                using var file = File.OpenHandle(PostmasterFile.PathIn(data), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                for (var turn = 0; !over.IsCancellationRequested; turn++)
                {
                    RandomAccess.Write(file, turn % 2 == 0 ? "ready   "u8 : "starting"u8, head.Length);
                }
            },
            Stop);

        var seen = Enumerable.Range(0, 20_000).Count(_ => PostmasterFile.Running(data) == new PostmasterFile(server.Id, 5432));

        await over.CancelAsync();
        await writing;
        server.Kill();
        Assert.Equal(20_000, seen);
    }

    [Fact]
    public async Task The_password_is_for_its_owner_only_and_nobody_enters_without_it()
    {
        var cluster = await FreshAsync();
        await cluster.StartAsync(Stop);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(cluster.PasswordFile));
        }

        var wrong = TestCluster.Connection(cluster);
        wrong.Password = "wrong";
        using var connection = new NpgsqlConnection(wrong.ConnectionString);
        Assert.Throws<PostgresException>(connection.Open);
    }

    [Fact]
    public async Task A_data_folder_without_its_password_is_not_touched()
    {
        var cluster = await FreshAsync();
        await cluster.StartAsync(Stop);
        await cluster.StopAsync(Stop);
        File.Delete(cluster.PasswordFile);

        var refusal = await Assert.ThrowsAsync<LocalClusterException>(() => cluster.StartAsync(Stop));
        Assert.Contains("password", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(cluster.DataFolder, "PG_VERSION")));
    }

    private static async Task<object?> AskAsync(LocalCluster cluster, string sql)
    {
        var address = TestCluster.Connection(cluster);
        address.Pooling = false;
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task<LocalCluster> FreshAsync()
    {
        var cluster = NewCluster();
        await TestCluster.CopyFreshAsync(Directory.CreateDirectory(Path.Combine(folder, "db")).FullName);
        return cluster;
    }

    private LocalCluster NewCluster()
    {
        var binaries = PostgresBinaries.Find();
        Assert.SkipWhen(binaries is null, "no PostgreSQL server on this machine");
        return new LocalCluster(Path.Combine(folder, "db"), binaries!, new LocalClusterOptions(Durable: false));
    }
}
