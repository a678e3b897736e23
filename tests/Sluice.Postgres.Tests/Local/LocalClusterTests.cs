using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Local;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Local;

public sealed class LocalClusterTests : IAsyncDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-cluster-").FullName;

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
        var cluster = NewCluster();
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
        var cluster = NewCluster();
        await cluster.StartAsync(Stop);
        await cluster.StopAsync(Stop);
        using var stranger = Process.Start("sleep", "60");
        File.WriteAllText(
            Path.Combine(cluster.DataFolder, "postmaster.pid"),
            $"{stranger.Id}\n{cluster.DataFolder}\n1700000000\n5432\n\n127.0.0.1\n");

        Assert.IsType<ClusterState.Stopped>(cluster.State());
        Assert.False(await cluster.StopAsync(Stop));
        await cluster.StartAsync(Stop);
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [Fact]
    public async Task The_password_is_for_its_owner_only_and_nobody_enters_without_it()
    {
        var cluster = NewCluster();
        await cluster.StartAsync(Stop);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(cluster.PasswordFile));
        }

        var wrong = cluster.Connection();
        wrong.Password = "wrong";
        using var connection = new NpgsqlConnection(wrong.ConnectionString);
        Assert.Throws<PostgresException>(connection.Open);
    }

    [Fact]
    public async Task A_data_folder_without_its_password_is_not_touched()
    {
        var cluster = NewCluster();
        await cluster.StartAsync(Stop);
        await cluster.StopAsync(Stop);
        File.Delete(cluster.PasswordFile);

        var refusal = await Assert.ThrowsAsync<LocalClusterException>(() => cluster.StartAsync(Stop));
        Assert.Contains("password", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(cluster.DataFolder, "PG_VERSION")));
    }

    private static async Task<object?> AskAsync(LocalCluster cluster, string sql)
    {
        var address = cluster.Connection();
        address.Pooling = false;
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private LocalCluster NewCluster()
    {
        var binaries = PostgresBinaries.Find();
        Assert.SkipWhen(binaries is null, "no PostgreSQL server on this machine");
        return new LocalCluster(Path.Combine(folder, "db"), binaries!, new LocalClusterOptions(Durable: false));
    }
}
