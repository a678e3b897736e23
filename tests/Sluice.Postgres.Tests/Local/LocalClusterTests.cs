using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Local;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Local;

public sealed class LocalClusterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-cluster-").FullName;

    public void Dispose()
    {
        if (PostgresBinaries.Find() is not null)
        {
            NewCluster().Stop();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_cluster_is_made_started_found_again_and_stopped()
    {
        var cluster = NewCluster();
        Assert.IsType<ClusterState.Absent>(cluster.State());
        Assert.False(cluster.Stop());

        var running = cluster.Start();
        Assert.Equal(running, NewCluster().State());
        Assert.Equal(running, NewCluster().Start());
        Assert.Equal(1L, await AskAsync(cluster, "SELECT 1::bigint"));
        await AskAsync(cluster, "CREATE TABLE kept (x int)");

        Assert.True(NewCluster().Stop());
        Assert.IsType<ClusterState.Stopped>(cluster.State());
        Assert.Equal(running.Port, cluster.Start().Port);
        Assert.Equal(0L, await AskAsync(cluster, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task A_killed_server_is_started_again_over_its_leftovers()
    {
        var cluster = NewCluster();
        var running = cluster.Start();
        using (var server = Process.GetProcessById(running.ProcessId))
        {
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(Path.Combine(cluster.DataFolder, "postmaster.pid")));
        Assert.IsType<ClusterState.Stopped>(cluster.State());
        cluster.Start();
        Assert.Equal(1L, await AskAsync(cluster, "SELECT 1::bigint"));
    }

    [Fact]
    public void A_process_that_took_the_number_of_a_crashed_server_is_left_alone()
    {
        var cluster = NewCluster();
        cluster.Start();
        cluster.Stop();
        using var stranger = Process.Start("sleep", "60");
        File.WriteAllText(
            Path.Combine(cluster.DataFolder, "postmaster.pid"),
            $"{stranger.Id}\n{cluster.DataFolder}\n1700000000\n5432\n\n127.0.0.1\n");

        Assert.IsType<ClusterState.Stopped>(cluster.State());
        Assert.False(cluster.Stop());
        cluster.Start();
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [Fact]
    public void The_password_is_for_its_owner_only_and_nobody_enters_without_it()
    {
        var cluster = NewCluster();
        cluster.Start();
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
    public void A_data_folder_without_its_password_is_not_touched()
    {
        var cluster = NewCluster();
        cluster.Start();
        cluster.Stop();
        File.Delete(cluster.PasswordFile);

        var refusal = Assert.Throws<LocalClusterException>(() => cluster.Start());
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
