using System.Net;
using Npgsql;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

/// <summary>The real program, told to end by SIGTERM.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task A_request_under_way_is_answered_and_nothing_is_left_on_the_server()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var server = await ServerProcess.StartAsync(database.Url);
        using var client = new HttpClient { BaseAddress = server.Address };
        (await TestNode.PostAsync(client, "register", new { email = "ada@example.com", password = TestNode.Password })).Dispose();

        Task<HttpResponseMessage> login;
        Task<int> stopping;
        await using (var connection = await database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand("LOCK TABLE users IN ACCESS EXCLUSIVE MODE", connection, transaction);
            await hold.ExecuteNonQueryAsync();
            login = TestNode.PostAsync(client, "login", new { identifier = "ada@example.com", password = TestNode.Password });
            await Wait.UntilAsync(async () => (long)(await database.QueryAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass"))! > 0, "the sign-in does not wait for the table");

            stopping = server.StopAsync();
            await Wait.UntilAsync(() => server.Said.Contains("Application is shutting down", StringComparison.Ordinal), "the server does not say that it ends");
            Assert.False(login.IsCompleted);
            await transaction.CommitAsync();
        }

        using var answer = await login;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await stopping);
        await Wait.UntilAsync(async () => (long)(await database.QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sluice%'"))! == 0, "connections are left");
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }
}
