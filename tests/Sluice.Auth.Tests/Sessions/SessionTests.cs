using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Web;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Sessions;

public sealed class SessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_32_a_refresh_token_is_32_random_bytes_and_the_database_has_nothing_to_use()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var first = await node.RegisterAsync();
        var second = await node.RefreshAsync(first.Refresh);

        await using var command = database.Source.CreateCommand("SELECT (SELECT string_agg(s::text, ' ') FROM \"sessions\" s) || (SELECT string_agg(r::text, ' ') FROM \"refresh_tokens\" r) || (SELECT string_agg(u::text, ' ') FROM \"users\" u)");
        var everything = (string)(await command.ExecuteScalarAsync())!;

        Assert.Contains(RandomToken.Hash(second.Refresh), everything, StringComparison.Ordinal);
        Assert.All([first, second], t =>
        {
            Assert.True(RandomToken.IsOne(t.Refresh));
            Assert.DoesNotContain(t.Refresh, everything, StringComparison.Ordinal);
            Assert.DoesNotContain(t.Access, everything, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexStringLower(System.Buffers.Text.Base64Url.DecodeFromChars(t.Refresh)), everything, StringComparison.Ordinal);
        });
        // With the salt alone, which the database has, nobody makes a successor.
        Assert.NotEqual(RefreshToken.Successor(RandomToken.New(), new byte[32]), RefreshToken.Successor(RandomToken.New(), new byte[32]));
    }

    [Fact]
    public async Task A_session_that_may_not_begin_leaves_nothing_of_what_was_to_go_with_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await node.RegisterAsync();
        var account = (await node.Get<AccountStore>().FindAsync("ada@example.com", Cancellation))!;
        var (issuer, client) = (node.Get<SessionIssuer>(), new Client(null, null, "request"));

        Assert.False(await BeginAsync("of another password"));
        Assert.Equal("0, 0", await LeftAsync());
        Assert.True(await BeginAsync(account.PasswordHash!));
        Assert.Equal("1, 1", await LeftAsync());

        async Task<bool> BeginAsync(string hash)
        {
            var session = await issuer.PrepareAsync(account.User, hash, null, client, cancellation: Cancellation);
            return await issuer.BeginAsync(session, [new NpgsqlBatchCommand("UPDATE users SET name = 'changed'")], [AuditEvent.Of("begun", account.User.Id, session.Id, client)], Cancellation);
        }

        async Task<object?> LeftAsync() => await database.QueryAsync("SELECT (SELECT count(*) FROM users WHERE name = 'changed') || ', ' || (SELECT count(*) FROM audit_logs WHERE action = 'begun')");
    }

    // Two sign-ins that both wrote what refers to the account, a notification, would otherwise wait for each other.
    [Fact]
    public async Task A_sign_in_does_not_wait_for_what_only_refers_to_its_account()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await node.RegisterAsync();
        await using var connection = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var other = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var referring = new NpgsqlCommand("SELECT FROM users FOR KEY SHARE", connection);
        await referring.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await node.LoginAsync().WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Ada's 📱", "Ada's 📱")]
    [InlineData("one\nline\u0000\u001b[2J", "one?line??[2J")]
    [InlineData("", "Browser/1.0")]
    public async Task The_name_of_a_device_is_kept_on_one_line(string sent, string kept) => Assert.Equal([kept, kept], await DeviceNamesAsync(sent));

    [Fact]
    public async Task Of_the_name_of_a_device_no_more_is_kept_than_a_name_is_long() =>
        Assert.All(await DeviceNamesAsync(string.Concat(Enumerable.Repeat("📱", 20_000))), name => Assert.Equal(string.Concat(Enumerable.Repeat("📱", 200)), name));

    private static async Task<List<string?>> DeviceNamesAsync(string deviceName)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        node.Client.DefaultRequestHeaders.UserAgent.ParseAdd("Browser/1.0");
        await SignedIn.OfAsync(await node.PostAsync("register", new { email = "ada@example.com", password = TestNode.Password, deviceName }), HttpStatusCode.Created);
        await SignedIn.OfAsync(await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password, deviceName }), HttpStatusCode.OK);
        await using var command = database.Source.CreateCommand("SELECT \"deviceInfo\" FROM sessions");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string?>();
        while (await reader.ReadAsync())
        {
            names.Add(reader.IsDBNull(0) ? null : reader.GetString(0));
        }

        return names;
    }

    [Fact]
    public async Task Bar_33_34_a_token_whose_successor_was_used_ends_the_family_and_its_access_tokens()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var first = await node.RegisterAsync();
        var second = await node.RefreshAsync(first.Refresh);
        var third = await node.RefreshAsync(second.Refresh);
        Assert.NotEqual(first.Refresh, second.Refresh);

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(first.Refresh));

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(third.Refresh));
        foreach (var ended in new[] { first, second, third })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ended.Access));
        }
    }

    [Fact]
    public async Task Bar_34_a_superseded_token_after_the_window_ends_the_family_even_if_the_successor_is_unused()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var first = await node.RegisterAsync();
        var second = await node.RefreshAsync(first.Refresh);

        clock.Move(TimeSpan.FromMinutes(3));

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(first.Refresh));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(second.Refresh));
    }

    [Fact]
    public async Task Bar_35_parallel_refreshes_on_two_nodes_all_get_the_same_successor_and_make_one_row()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database);
        await using var two = await TestNode.StartAsync(database);
        var first = await one.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? one : two).RefreshAsync(first.Refresh)));

        var successor = Assert.Single(answers.Select(a => a.Refresh).Distinct());
        await using var command = database.Source.CreateCommand("SELECT count(*) FROM \"refresh_tokens\"");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
        await two.RefreshAsync(successor);
    }

    [Fact]
    public async Task Bar_36_who_lost_the_answer_asks_again_and_gets_the_same_successor()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var first = await node.RegisterAsync();

        var answered = await node.RefreshAsync(first.Refresh);
        var again = await node.RefreshAsync(first.Refresh);

        Assert.Equal(answered.Refresh, again.Refresh);
        await node.RefreshAsync(again.Refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(first.Refresh));
    }

    [Fact]
    public async Task A_session_of_the_system_before_goes_on_with_the_token_that_it_gave_out()
    {
        const string Before = "5f3c-of-the-old-system-0123456789abcdef";
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await node.RegisterAsync();
        await database.ExecuteAsync($"""UPDATE sessions SET "refreshToken" = encode(sha256(convert_to('{Before}', 'UTF8')), 'hex')""");

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync("ü" + Before));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync("5f3c"));
        var next = await node.RefreshAsync(Before);

        Assert.Equal(43, next.Refresh.Length);
        Assert.Equal(next.Refresh, (await node.RefreshAsync(Before)).Refresh);
        await node.RefreshAsync(next.Refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(Before));
    }

    [Fact]
    public async Task Bar_37_rotations_within_one_instant_are_told_apart_by_their_generation()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, clock: new StoppedClock());
        var first = await node.RegisterAsync();
        var second = await node.RefreshAsync(first.Refresh);
        await node.RefreshAsync(second.Refresh);

        await using var command = database.Source.CreateCommand("SELECT string_agg(\"generation\"::text, ' ' ORDER BY \"generation\") FROM \"refresh_tokens\"");
        Assert.Equal("1 2", await command.ExecuteScalarAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(first.Refresh));
    }

    [Fact]
    public async Task Bar_38_a_session_ends_after_its_absolute_time_whatever_is_done_and_after_its_idle_time_when_nothing_is()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => o.Sessions.IdleLifetime = TimeSpan.FromDays(10), clock);
        var busy = await node.RegisterAsync();
        var idle = await node.LoginAsync();

        for (var day = 8; day < 30; day += 8)
        {
            clock.Move(TimeSpan.FromDays(8));
            busy = await node.RefreshAsync(busy.Refresh);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(idle.Refresh));
        clock.Move(TimeSpan.FromDays(6) - TimeSpan.FromMinutes(10));
        busy = await node.RefreshAsync(busy.Refresh);
        clock.Move(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(busy.Refresh));
        // Its last access token was not to outlive it, but for the clocks' tolerance.
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(busy.Access));
    }

    [Fact]
    public async Task Bar_39_an_account_that_may_no_longer_sign_in_gets_no_new_token()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync();
        var eve = await node.RegisterAsync("eve@example.com");
        await database.ExecuteAsync("UPDATE \"users\" SET \"isActive\" = false WHERE \"email\" = 'eve@example.com'");

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(eve.Refresh));
        Assert.Equal(ada.UserId, (await node.RefreshAsync(ada.Refresh)).UserId);
    }

    [Theory, InlineData(""), InlineData("x"), InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), InlineData("' OR 1=1 --")]
    public async Task What_is_no_refresh_token_is_refused(string text)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);

        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(text));
    }

    [Fact]
    public async Task Bar_25_no_kind_of_token_passes_for_another()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ada.Refresh));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(ada.Access));
    }

    [Fact]
    public async Task Bar_41_a_user_sees_and_ends_the_own_sessions_and_nobody_else_s()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var here = await node.RegisterAsync();
        var phone = await node.LoginAsync();
        var tablet = await node.LoginAsync();
        var eve = await node.RegisterAsync("eve@example.com");
        var mine = await ListAsync(node, here.Access);
        Assert.Equal(3, mine.Count);
        Assert.Single(mine, s => s.Current);

        var foreign = (await ListAsync(node, eve.Access)).Single().Id;
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(foreign));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(Guid.NewGuid().ToString()));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync("'; DROP TABLE users"));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(eve.Access));

        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync((await ListAsync(node, phone.Access)).Single(s => s.Current).Id));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(phone.Access));
        using (var others = await node.SendAsync(HttpMethod.Delete, "me/sessions?except=current", here.Access))
        {
            Assert.Equal(HttpStatusCode.NoContent, others.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(tablet.Access));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(here.Access));

        async Task<HttpStatusCode> DeleteAsync(string id)
        {
            using var response = await node.SendAsync(HttpMethod.Delete, $"me/sessions/{Uri.EscapeDataString(id)}", here.Access);
            return response.StatusCode;
        }
    }

    private static async Task<List<SessionView>> ListAsync(TestNode node, string token)
    {
        using var response = await node.SendAsync(HttpMethod.Get, "me/sessions", token);
        return (await response.Content.ReadFromJsonAsync(SessionJson.Default.SessionList))!.Sessions;
    }

    private sealed class StoppedClock : TimeProvider
    {
        private readonly DateTimeOffset at = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => at;
    }

    [Fact]
    public async Task A_refresh_is_one_round_trip_to_the_database_and_a_sign_in_four()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var trips = new RoundTrips();
        await using var node = await TestNode.StartAsync(
            new UriBuilder(database.Url) { Host = "127.0.0.1", Port = trips.Port }.Uri.ToString(),
            o =>
            {
                o.Tokens.RevocationPoll = TimeSpan.FromHours(1);
                (o.RateLimits.SignInsPerClient, o.RateLimits.SignInsPerName) = (default, default);
            });
        var ada = await node.RegisterAsync();

        Assert.Equal(10, await FewestAsync(10, async () => ada = await node.RefreshAsync(ada.Refresh)));
        // Who is it; was there too much before, and the end of that; the session with its audit.
        Assert.Equal(4, await FewestAsync(1, async () => await node.LoginAsync()));

        // What the node does by itself at its start, and preparing the statements, is over after some rounds.
        async Task<int> FewestAsync(int times, Func<Task> step)
        {
            var fewest = int.MaxValue;
            for (var round = 0; round < 8; round++)
            {
                var before = trips.Count;
                for (var i = 0; i < times; i++)
                {
                    await step();
                }

                fewest = Math.Min(fewest, trips.Count - before);
            }

            return fewest;
        }
    }

    [Fact]
    public async Task A_session_says_to_the_minute_when_it_was_used_and_is_not_idle_for_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => o.Sessions.IdleLifetime = TimeSpan.FromHours(2), clock);
        await using var strict = await TestNode.StartAsync(database, o => o.Sessions.IdleLifetime = TimeSpan.FromMinutes(10), clock);
        var ada = await node.RegisterAsync();
        var began = await UsedAsync();

        clock.Move(TimeSpan.FromSeconds(20));
        ada = await node.RefreshAsync(ada.Refresh);
        Assert.Equal(began, await UsedAsync());
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        Assert.Equal(began, await UsedAsync());

        clock.Move(TimeSpan.FromSeconds(50));
        ada = await node.RefreshAsync(ada.Refresh);
        var later = await UsedAsync();
        Assert.InRange(later - began, TimeSpan.FromSeconds(70), TimeSpan.FromSeconds(100));

        // Where ten minutes make it idle, a minute is too much to be wrong by.
        clock.Move(TimeSpan.FromSeconds(20));
        ada = await strict.RefreshAsync(ada.Refresh);
        Assert.InRange(await UsedAsync() - later, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(50));
        clock.Move(TimeSpan.FromMinutes(9.5));
        await strict.RefreshAsync(ada.Refresh);

        async Task<DateTime> UsedAsync() => (DateTime)(await database.QueryAsync("SELECT \"lastUsedAt\" FROM sessions"))!;
    }
}
