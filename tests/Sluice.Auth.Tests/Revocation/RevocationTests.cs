using System.Net;
using Sluice.Auth.Accounts;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Revocation;

public sealed class RevocationTests
{
    [Fact]
    public async Task Bar_28_a_token_is_refused_here_at_once_and_on_every_node_soon_after_its_session_ended()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        // The poll does not help: what is heard is what counts.
        await using var one = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        await using var two = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        await ListeningAsync(database, 2);
        var ada = await one.RegisterAsync();
        var other = await one.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(ada.Access));

        await LogoutAsync(one, ada.Access);

        Assert.Equal(HttpStatusCode.Unauthorized, await one.StatusAsync(ada.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await one.StatusAsync(ada.Access, "me"));
        await RefusedSoonAsync(two, ada.Access);
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(other.Access));
    }

    [Fact]
    public async Task Bar_28_a_disabled_account_is_refused_on_every_node_and_may_come_back()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        await using var two = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        await ListeningAsync(database, 2);
        var ada = await one.RegisterAsync();
        var eve = await one.RegisterAsync("eve@example.com");
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(ada.Access));

        Assert.Equal((0, "The account is disabled; its sessions have ended."), await CommandAsync("disable", "Ada@example.com"));

        await RefusedSoonAsync(two, ada.Access);
        Assert.Equal(HttpStatusCode.Unauthorized, await two.TryRefreshAsync(ada.Refresh));
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(eve.Access));
        using (var refused = await two.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Equal((0, "The account was disabled before."), await CommandAsync("disable", "ada@example.com"));
        Assert.Equal((1, "There is no account with that address."), await CommandAsync("disable", "nobody@example.com"));
        Assert.Equal((0, "The account may sign in again."), await CommandAsync("enable", "ada@example.com"));
        await two.LoginAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await two.StatusAsync(ada.Access));
        Assert.True(await one.Get<AccountAdministration>().DisableAsync("ada@example.com", eve.UserId, TestContext.Current.CancellationToken));
        Assert.True(await one.Get<AccountAdministration>().EnableAsync("ada@example.com", eve.UserId, TestContext.Current.CancellationToken));
        // Who did it, and not the one it was done to.
        Assert.Equal(
            $"account_disabled by command line, account_enabled by command line, account_disabled by {eve.UserId}, account_enabled by {eve.UserId}",
            await database.QueryAsync($"""
                SELECT string_agg(concat("action", ' by ', coalesce("userId"::text, "userAgent")), ', ' ORDER BY "createdAt") FROM "audit_logs"
                WHERE "action" IN ('account_disabled', 'account_enabled') AND "resourceId" = '{ada.UserId}'
                """));

        async Task<(int, string)> CommandAsync(params string[] words)
        {
            await using var output = new StringWriter();
            return (await AuthCommands.RunAsync(one.Services, words, output), output.ToString().Trim());
        }
    }

    [Fact]
    public async Task Bar_28_with_nothing_to_be_heard_the_table_is_read_again()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database);
        await using var two = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromMilliseconds(200));
        await ListeningAsync(database, 2);
        var ada = await one.RegisterAsync();
        // As another writer would, who does not tell: the statement of NOTIFY left out.
        await database.ExecuteAsync("""
            INSERT INTO "token_blacklist" ("id", "tokenHash", "expiresAt", "userId", "revokedAt")
            SELECT gen_random_uuid(), encode(sha256(convert_to('session:' || "id"::text, 'UTF8')), 'hex'), now() + interval '1 hour', "userId", now() FROM "sessions"
            """);

        await RefusedSoonAsync(two, ada.Access);
    }

    [Fact]
    public async Task Bar_28_after_a_lost_connection_what_was_missed_is_caught_up()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database);
        await using var two = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        await ListeningAsync(database, 2);
        var ada = await one.RegisterAsync();

        await database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        await LogoutAsync(one, ada.Access);

        await RefusedSoonAsync(two, ada.Access);
    }

    [Fact]
    public async Task Bar_28_a_node_that_starts_later_knows_what_was_revoked_before()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database);
        var ada = await one.RegisterAsync();
        await LogoutAsync(one, ada.Access);

        await using var late = await TestNode.StartAsync(database);

        Assert.Equal(HttpStatusCode.Unauthorized, await late.StatusAsync(ada.Access));
    }

    [Fact]
    public async Task A_revoked_access_token_is_refused_by_its_own_hash_as_the_documents_have_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromMilliseconds(200));
        var ada = await node.RegisterAsync();
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(ada.Access)));

        await database.ExecuteAsync($"INSERT INTO \"token_blacklist\" (\"id\", \"tokenHash\", \"expiresAt\", \"userId\", \"revokedAt\") VALUES (gen_random_uuid(), '{hash}', now() + interval '1 hour', '{ada.UserId}', now())");

        await RefusedSoonAsync(node, ada.Access);
        await node.RefreshAsync(ada.Refresh);
    }

    internal static async Task LogoutAsync(TestNode node, string token)
    {
        using var response = await node.SendAsync(HttpMethod.Post, "logout", token);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    internal static Task RefusedSoonAsync(TestNode node, string token) => Wait.UntilAsync(async () => await node.StatusAsync(token) == HttpStatusCode.Unauthorized, "the token is still accepted");

    internal static Task ListeningAsync(TestDatabase database, long nodes) => Wait.UntilAsync(
        async () =>
        {
            await using var command = database.Source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
            return (long)(await command.ExecuteScalarAsync())! == nodes;
        },
        "the nodes do not listen");
}
