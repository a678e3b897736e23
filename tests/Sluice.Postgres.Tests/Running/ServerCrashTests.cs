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

    private static readonly string[] Back =
    [
        "DROP TABLE c;", Pause, "DROP INDEX CONCURRENTLY a_id;", "DROP TABLE b;", Pause, "VACUUM a;", "DROP TABLE a;",
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

            // A throw-away cluster is told not to wait for its own log: what it had confirmed last would be gone with it.
            await OnServerAsync(cluster, "postgres", "ALTER DATABASE crash SET synchronous_commit = on");
            await OnServerAsync(cluster, "crash", "CREATE SCHEMA gate; CREATE TABLE gate.stop (at int)");
            var settings = new RunSettings
            {
                Address = Workbench.AddressOf(cluster.Url("crash")),
                MigrationsPath = Path.Combine(folder.FullName, "migrations"),
            };
            Directory.CreateDirectory(Path.Combine(settings.MigrationsPath, "1_long"));
            await File.WriteAllTextAsync(Path.Combine(settings.MigrationsPath, "1_long", "migration.sql"), Script(Statements), Stop);
            await File.WriteAllTextAsync(Path.Combine(settings.MigrationsPath, "1_long", "down.sql"), Script(Back), Stop);
            foreach (var at in new[] { 1, 4, 7 })
            {
                await CrashAsync(at, () => Deploy.RunAsync(settings, Stop));
            }

            Assert.Equal(["1_long"], (await Deploy.RunAsync(settings, Stop)).Applied);
            Assert.Equal("a,a_id,b,c", await OnServerAsync(cluster, "crash", "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ 'prisma'"));
            foreach (var at in new[] { 1, 4 })
            {
                var plan = await Down.PlanAsync(settings, "1_long", Stop);
                await CrashAsync(at, () => Down.RunAsync(settings, plan, Stop));
            }

            await Down.RunAsync(settings, await Down.PlanAsync(settings, "1_long", Stop), Stop);
            Assert.Equal(0L, await OnServerAsync(cluster, "crash", "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ 'prisma'"));
            Assert.Equal(["1_long"], (await Deploy.RunAsync(settings, Stop)).Applied);

            async Task CrashAsync(int at, Func<Task> run)
            {
                await OnServerAsync(cluster, "crash", $"INSERT INTO gate.stop VALUES ({at})");
                var running = Assert.ThrowsAsync<ProblemException>(run);
                await SleepsAsync(cluster);
                await StopAtOnceAsync(cluster);
                await running;
                await cluster.StartAsync(Stop);
                settings = settings with { Address = Workbench.AddressOf(cluster.Url("crash")) };
                await OnServerAsync(cluster, "crash", $"DELETE FROM gate.stop WHERE at = {at}");
            }
        }
        finally
        {
            await cluster.StopAsync(Stop);
            folder.Delete(recursive: true);
        }
    }

    private static string Script(string[] statements) => string.Join('\n', statements.Select((s, i) => string.Format(CultureInfo.InvariantCulture, s, i)));

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
        var address = TestCluster.Connection(cluster, database);
        address.Pooling = false;
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Stop);
    }
}
