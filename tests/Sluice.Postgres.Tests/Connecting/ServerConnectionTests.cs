using System.Net;
using System.Net.Sockets;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Connecting;

public sealed class ServerConnectionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_search_path_is_the_schema_of_the_address()
    {
        await using var bench = await Workbench.OpenAsync();
        await using var connection = await ServerConnection.OpenAsync(bench.Settings.Address with { Schema = "a \"b\"" }, Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = "SHOW search_path";

        Assert.Equal("\"a \"\"b\"\"\"", await command.ExecuteScalarAsync(Stop));
    }

    [Fact]
    public async Task Each_failure_has_its_code_and_a_remedy()
    {
        await using var bench = await Workbench.OpenAsync();
        var address = bench.Settings.Address;
        (DatabaseAddress Address, string Code)[] cases =
        [
            (address with { Database = "nosuch" }, "P1003"),
            (address with { User = "nosuchuser", Password = "hunter2" }, "P1000"),
            (address with { Port = FreePort() }, "P1001"),
            (address with { Host = "nosuch.invalid" }, "P1001"),
        ];
        foreach (var (wrong, code) in cases)
        {
            var problem = await Workbench.FailAsync(() => ServerConnection.OpenAsync(wrong, Stop));

            Assert.Equal(code, problem.Code);
            Assert.NotEmpty(problem.Remedies);
            Assert.DoesNotContain("hunter2", problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_what_may_pass_is_tried_again_and_each_time_after_twice_the_delay()
    {
        await using var bench = await Workbench.OpenAsync();
        var policy = new RetryPolicy(3, TimeSpan.FromMilliseconds(5));
        var attempts = new List<ConnectionAttempt>();
        var unreachable = bench.Settings.Address with { Port = FreePort(), Retry = policy };

        await Workbench.FailAsync(() => ServerConnection.OpenAsync(unreachable, attempts.Add, Stop));
        Assert.Equal([5, 10, 20], attempts.Select(a => (int)a.Delay.TotalMilliseconds));

        attempts.Clear();
        await Workbench.FailAsync(() => ServerConnection.OpenAsync(bench.Settings.Address with { Database = "nosuch", Retry = policy }, attempts.Add, Stop));
        Assert.Empty(attempts);
    }

    [Fact]
    public async Task A_port_that_opens_late_is_reached_by_a_later_attempt()
    {
        await using var bench = await Workbench.OpenAsync();
        var server = bench.Settings.Address;
        await using var relay = new Relay(server);
        var attempts = new List<ConnectionAttempt>();
        await using var connection = await ServerConnection.OpenAsync(
            server with { Host = "127.0.0.1", Port = relay.Port, Retry = new RetryPolicy(3, TimeSpan.FromMilliseconds(20)) },
            attempt =>
            {
                attempts.Add(attempt);
                if (attempt.Attempt == 2)
                {
                    relay.Open();
                }
            },
            Stop);
        await using var query = new NpgsqlCommand("SELECT 1", connection);
        Assert.Equal(1, await query.ExecuteScalarAsync(Stop));
        Assert.Equal([20, 40], attempts.Select(a => (int)a.Delay.TotalMilliseconds));
    }

    [Fact]
    public void Without_settings_the_first_of_three_delays_is_a_second() =>
        Assert.Equal(new RetryPolicy(3, TimeSpan.FromSeconds(1)), DatabaseAddress.Parse("postgresql://h/d").WithLimits(_ => null).Retry);

    [Fact]
    public async Task A_pool_is_as_large_as_the_variables_say()
    {
        await using var bench = await Workbench.OpenAsync();
        var address = bench.Settings.Address.WithLimits(n => n switch { "DB_POOL_MIN" => "1", "DB_POOL_MAX" => "2", "DB_CONNECTION_TIMEOUT_MS" => "1000", _ => null });
        await using var pool = ServerConnection.CreatePool(address with { ApplicationName = "pooled" });
        await using var one = await OpenAsync(pool);
        await using var two = await OpenAsync(pool);
        Assert.Equal(2L, await bench.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pooled' AND datname = current_database()"));
        Assert.Contains("pool has been exhausted", (await Assert.ThrowsAsync<NpgsqlException>(async () => await pool.OpenConnectionAsync(Stop))).Message, StringComparison.Ordinal);
    }

    // Within the second that the variable allows, which a busy machine may let pass.
    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource pool)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await pool.OpenConnectionAsync(Stop);
            }
            catch (NpgsqlException late) when (late.InnerException is TimeoutException && attempt < 60)
            {
                // Once more.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
