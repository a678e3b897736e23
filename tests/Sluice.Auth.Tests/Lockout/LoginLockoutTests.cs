using System.Net;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Lockout;

/// <summary>Lockout and audit as a client of two nodes sees them.</summary>
public sealed class LoginLockoutTests
{
    private const string Wrong = "a wrong evening at home";

    [Fact]
    public async Task Bar_15_13_a_locked_client_gets_the_answer_of_a_wrong_password_on_every_node()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database, LongLocks);
        await using var two = await TestNode.StartAsync(database, LongLocks);
        await one.RegisterAsync();

        var wrong = await FailAsync(one, "ada@example.com");
        for (var i = 0; i < 9; i++)
        {
            await FailAsync(two, "ada@example.com");
        }

        var locked = await FailAsync(one, "ada@example.com", TestNode.Password);
        Assert.Equal(wrong, locked);
        Assert.Equal(
            "client_locked 1, login_failed 10, login_locked 1, register 1",
            await database.QueryAsync("SELECT string_agg(concat(action, ' ', n), ', ' ORDER BY action) FROM (SELECT action, count(*) n FROM audit_logs GROUP BY action) a"));
    }

    [Fact]
    public async Task Bar_16_of_parallel_guesses_on_two_nodes_one_is_the_right_one_and_it_comes_too_late()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database, LongLocks);
        await using var two = await TestNode.StartAsync(database, LongLocks);
        await one.RegisterAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => FailAsync(i % 2 == 0 ? one : two, "ada@example.com")));

        Assert.Equal(10, await database.QueryAsync("SELECT max(\"failuresCount\") FROM auth_attempts"));
        await FailAsync(two, "ada@example.com", TestNode.Password);
    }

    [Fact]
    public async Task Bar_19_a_forged_X_Forwarded_For_changes_nothing_unless_the_peer_is_a_trusted_proxy()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var open = await TestNode.StartAsync(database, o => o.RateLimits.SignInsPerClient = new RateLimit(1, TimeSpan.FromHours(1)));
        await using var behind = await TestNode.StartAsync(database, o =>
        {
            o.RateLimits.SignInsPerClient = new RateLimit(1, TimeSpan.FromHours(1));
            o.TrustedProxies.Add("127.0.0.0/8");
        });

        Assert.Equal(HttpStatusCode.Unauthorized, (await FromAsync(open, "198.51.100.1")).StatusCode);
        using var refused = await FromAsync(open, "198.51.100.2");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(60));

        Assert.Equal(HttpStatusCode.Unauthorized, (await FromAsync(behind, "198.51.100.1")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await FromAsync(behind, "198.51.100.2")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await FromAsync(behind, "6.6.6.6, 198.51.100.2")).StatusCode);
    }

    [Fact]
    public async Task Bar_18_the_cookie_of_a_success_lets_its_browser_in_where_its_address_is_locked()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, LongLocks);
        await node.RegisterAsync();
        using var success = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });
        var cookie = Assert.Single(success.Headers.GetValues("Set-Cookie"));
        Assert.Matches("^__Host-sluice-device=[^;]+; max-age=7776000; path=/; secure; samesite=lax; httponly$", cookie);
        for (var i = 0; i < 10; i++)
        {
            await FailAsync(node, "ada@example.com");
        }

        await FailAsync(node, "ada@example.com", TestNode.Password);
        node.Client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        await node.LoginAsync();
    }

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("ada")]
    public async Task Bar_18_strangers_who_use_up_the_allowance_of_a_name_leave_the_owners_browser_its_own(string identifier)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.RateLimits.SignInsPerName = new RateLimit(2, TimeSpan.FromHours(1)));
        await node.RegisterAsync(username: "ada");
        await node.RegisterAsync("eve@example.com", "eve");
        var (ada, eve) = (await CookieAsync("ada@example.com"), await CookieAsync("eve@example.com"));
        foreach (var _ in new[] { "once", "twice" })
        {
            (await LoginAsync(null)).Dispose();
        }

        using var stranger = await LoginAsync(eve);
        Assert.Equal(HttpStatusCode.TooManyRequests, stranger.StatusCode);
        foreach (var expected in new[] { HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests })
        {
            using var owner = await LoginAsync(ada);
            Assert.Equal(expected, owner.StatusCode);
        }

        async Task<string> CookieAsync(string email)
        {
            using var success = await node.PostAsync("login", new { identifier = email, password = TestNode.Password });
            return Assert.Single(success.Headers.GetValues("Set-Cookie")).Split(';')[0];
        }

        async Task<HttpResponseMessage> LoginAsync(string? cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/login") { Content = System.Net.Http.Json.JsonContent.Create(new { identifier, password = TestNode.Password }) };
            if (cookie is not null)
            {
                request.Headers.Add("Cookie", cookie);
            }

            return await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Bar_20_a_new_client_and_failures_before_a_success_are_told()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync();
        await FailAsync(node, "ada@example.com");
        await node.LoginAsync();
        await node.LoginAsync();

        Assert.Equal(
            "login 2, login_after_failures 1, login_failed 1, login_new_client 1, register 1",
            await database.QueryAsync("SELECT string_agg(concat(action, ' ', n), ', ' ORDER BY action) FROM (SELECT action, count(*) n FROM audit_logs GROUP BY action) a"));
        Assert.Equal(6L, await database.QueryAsync($"SELECT count(*) FROM audit_logs WHERE \"userId\" = '{ada.UserId}' AND \"ipAddress\" = '127.0.0.1' AND \"requestId\" IS NOT NULL"));
    }

    [Fact]
    public async Task The_commands_for_cron_clean_up_and_verify()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await node.RegisterAsync();

        Assert.StartsWith("0 audit_sealing: 1\naudit_months: 0\n", await RunAsync(node, "cleanup", "audit"), StringComparison.Ordinal);
        Assert.StartsWith("0 The audit log holds. Head: 1:", await RunAsync(node, "audit", "verify"), StringComparison.Ordinal);
        await database.ExecuteAsync("UPDATE audit_logs SET action = 'login'");
        Assert.StartsWith("1 entry 1: row ", await RunAsync(node, "audit", "verify"), StringComparison.Ordinal);
        Assert.StartsWith("2 No such command. There are:\nmigrate ", await RunAsync(node, "cleanup", "everything"), StringComparison.Ordinal);
    }

    // A second is over too soon on a busy machine.
    private static void LongLocks(SluiceAuthOptions options) => options.Lockout.FirstLock = TimeSpan.FromMinutes(5);

    private static async Task<string> RunAsync(TestNode node, params string[] arguments)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        return $"{await AuthCommands.RunAsync(node.Services, arguments, output, TestContext.Current.CancellationToken)} {output}";
    }

    private static async Task<string> FailAsync(TestNode node, string identifier, string password = Wrong)
    {
        using var response = await node.PostAsync("login", new { identifier, password });
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var body = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
        body.Remove("traceId");
        return string.Join('\n', response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not ("Date" or "Content-Length")).Select(h => $"{h.Key}: {string.Join(',', h.Value)}").Order(StringComparer.Ordinal)) + body.ToJsonString();
    }

    private static async Task<HttpResponseMessage> FromAsync(TestNode node, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/login") { Content = System.Net.Http.Json.JsonContent.Create(new { identifier = "nobody@example.com", password = Wrong }) };
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        return await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
