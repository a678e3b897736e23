using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

public sealed class ServerCrashTests
{
    private const string Pause = "SELECT CASE WHEN EXISTS (SELECT FROM gate.stop WHERE at = {0}) THEN pg_sleep(60) END;";

    private static readonly string[] Statements =
    [
        "CREATE TABLE a (id int);", Pause, "CREATE INDEX CONCURRENTLY a_id ON a (id);",
        "CREATE TABLE b (id int);", Pause, "VACUUM a;", "CREATE TABLE c (id int);", Pause, "ALTER TABLE a ADD COLUMN b int;",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_stopped_at_once_in_the_middle_costs_nothing_but_the_statement()
    {
        var cluster = await TestCluster.StartThrowAwayAsync(20);
        var folder = Directory.CreateTempSubdirectory("sluice-crash-");
        try
        {
            await OnServerAsync(cluster, "postgres", "CREATE DATABASE crash");
            await OnServerAsync(cluster, "crash", "CREATE SCHEMA gate; CREATE TABLE gate.stop (at int); INSERT INTO gate.stop VALUES (1), (4), (7)");
            var settings = new RunSettings
            {
                Address = DatabaseAddress.Parse(cluster.Url("crash")) with { Retry = new RetryPolicy(0, TimeSpan.Zero) },
                MigrationsPath = Path.Combine(folder.FullName, "migrations"),
            };
            var script = string.Join('\n', Statements.Select((s, i) => string.Format(CultureInfo.InvariantCulture, s, i)));
            Directory.CreateDirectory(Path.Combine(settings.MigrationsPath, "1_long"));
            await File.WriteAllTextAsync(Path.Combine(settings.MigrationsPath, "1_long", "migration.sql"), script, Stop);
            foreach (var at in new[] { 1, 4, 7 })
            {
                var deploy = Assert.ThrowsAsync<ProblemException>(() => Deploy.RunAsync(settings, Stop));
                await SleepsAsync(cluster);
                await StopAtOnceAsync(cluster);
                await deploy;
                await cluster.StartAsync(Stop);
                settings = settings with { Address = DatabaseAddress.Parse(cluster.Url("crash")) with { Retry = new RetryPolicy(0, TimeSpan.Zero) } };
                await OnServerAsync(cluster, "crash", $"DELETE FROM gate.stop WHERE at = {at}");
            }

            Assert.Equal(["1_long"], (await Deploy.RunAsync(settings, Stop)).Applied);
            Assert.Equal("a,a_id,b,c", await OnServerAsync(cluster, "crash", "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ 'prisma'"));
        }
        finally
        {
            await cluster.StopAsync(Stop);
            folder.Delete(recursive: true);
        }
    }

    private static async Task SleepsAsync(LocalCluster cluster)
    {
        while (await OnServerAsync(cluster, "crash", "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'PgSleep'") is not 1)
        {
            await Task.Delay(30, Stop);
        }
    }

    // What `pg_ctl stop -m immediate` does.
    private static async Task StopAtOnceAsync(LocalCluster cluster)
    {
        var server = Assert.IsType<ClusterState.Running>(cluster.State());
        using var process = Process.GetProcessById(server.ProcessId);
        using var quit = Process.Start("kill", ["-QUIT", server.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(Stop);
    }

    private static async Task<object?> OnServerAsync(LocalCluster cluster, string database, string sql)
    {
        var address = cluster.Connection(database);
        address.Pooling = false;
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Stop);
    }
}
