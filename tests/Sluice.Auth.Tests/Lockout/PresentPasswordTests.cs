using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Lockout;

/// <summary>Passwords of those who are signed in, or were: who guesses with a stolen token, who ends a lock, who must choose another.</summary>
public sealed class PresentPasswordTests : IDisposable
{
    private const string Wrong = "a wrong evening at home";
    private const string Fresh = "another evening, elsewhere";

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-mail-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("POST", "me/password", "password_change")]
    [InlineData("DELETE", "me", "account_delete")]
    [InlineData("POST", "me/email", "email_change")]
    public async Task Bar_15_a_stolen_access_token_guesses_no_better_than_a_stranger(string method, string path, string action)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            (o.Lockout.FirstLock, o.AutoConfirm) = (TimeSpan.FromMinutes(5), true);
            // That there is a route for another address.
            (o.Mail.Folder, o.Mail.From, o.Mail.LinkBase) = (folder, "no-reply@example.com", "https://auth.example.com/auth/v1");
        });
        var ada = await node.RegisterAsync();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await ConfirmAsync(Wrong));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await ConfirmAsync(TestNode.Password));
        using (var login = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        }

        Assert.Equal(
            new[] { $"{action}_failed 10", $"{action}_locked 1", "client_locked 1", "login_locked 1" }.Order(StringComparer.Ordinal),
            ((string)(await database.QueryAsync("SELECT string_agg(concat(action, ' ', n), ',') FROM (SELECT action, count(*) n FROM audit_logs WHERE action <> 'register' GROUP BY action) a"))!)
                .Split(',').Order(StringComparer.Ordinal));

        async Task<HttpStatusCode> ConfirmAsync(string password)
        {
            object body = path switch
            {
                "me/password" => new { currentPassword = password, newPassword = Fresh },
                "me/email" => new { currentPassword = password, newEmail = "countess@example.com" },
                _ => new { currentPassword = password },
            };
            using var response = await node.SendAsync(new HttpMethod(method), path, ada.Access, body);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Bar_17_another_password_and_an_administrator_end_a_lock()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => o.Lockout.FailuresPerClient = 3, clock);
        var ada = await node.RegisterAsync();
        await LockAsync(node, database);

        Assert.StartsWith("0 Ada@example.com", await RunAsync(node, "unlock", "Ada@example.com"), StringComparison.Ordinal);
        await node.LoginAsync();
        Assert.StartsWith("1 There is no account", await RunAsync(node, "unlock", "bob@example.com"), StringComparison.Ordinal);
        await LockAsync(node, database);
        Assert.True(await node.Get<AccountAdministration>().UnlockAsync("ada@example.com", ada.UserId, TestContext.Current.CancellationToken));
        await node.LoginAsync();
        Assert.Equal(
            $"command line, {ada.UserId}",
            await database.QueryAsync("SELECT string_agg(coalesce(\"userId\"::text, \"userAgent\"), ', ' ORDER BY \"createdAt\") FROM audit_logs WHERE action = 'account_unlocked'"));

        // The owner elsewhere, who is not held up, changes the password.
        await LockAsync(node, database);
        await database.ExecuteAsync("UPDATE auth_attempts SET ip = '203.0.113.7' WHERE ip IS NOT NULL");
        using var changed = await node.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword = Fresh }, ada.Access);
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM auth_attempts WHERE \"lockedUntil\" IS NOT NULL OR \"failuresCount\" > 0"));
    }

    [Fact]
    public async Task Bar_11_a_password_is_changed_when_it_may_be_known_and_not_because_it_is_old()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var ada = await node.RegisterAsync();
        clock.Move(TimeSpan.FromDays(5000));
        var old = await node.LoginAsync();

        Assert.StartsWith("0 ada@example.com", await RunAsync(node, "require-password-change", "ada@example.com", "found in a list"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(old.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(old.Refresh));
        Assert.Equal("Forbidden password_change_required", await LoginAsync(TestNode.Password));
        Assert.Equal("Unauthorized invalid_credentials", await LoginAsync(Wrong));
        Assert.Equal("Unauthorized invalid_credentials", await LoginAsync(Wrong, Fresh));
        Assert.Equal("UnprocessableEntity same_password", await LoginAsync(TestNode.Password, TestNode.Password));
        Assert.Equal("UnprocessableEntity weak_password", await LoginAsync(TestNode.Password, "short"));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions"));
        Assert.Equal("OK ", await LoginAsync(TestNode.Password, Fresh));
        Assert.Equal("Unauthorized invalid_credentials", await LoginAsync(TestNode.Password));
        Assert.Equal("OK ", await LoginAsync(Fresh));
        Assert.Equal("BadRequest invalid_request", await LoginAsync(Fresh, "a third evening, at sea"));
        Assert.Equal(
            "account: found in a list, changed",
            await database.QueryAsync($"SELECT concat('account: ', (SELECT \"newValues\"->>'reason' FROM audit_logs WHERE action = 'password_change_required' AND \"resourceId\" = '{ada.UserId}'), ', ', (SELECT 'changed' FROM audit_logs WHERE action = 'password_changed'))"));

        async Task<string> LoginAsync(string password, string? newPassword = null)
        {
            using var response = await node.PostAsync("login", newPassword is null ? new { identifier = "ada@example.com", password } : new { identifier = "ada@example.com", password, newPassword });
            using var json = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            return $"{response.StatusCode} {(json.RootElement.TryGetProperty("code", out var code) ? code.GetString() : "")}";
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("users.lastLoginAt")]
    public async Task Bar_11_a_sign_in_that_found_no_demand_begins_no_session_behind_it(string absent)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tables.Absent.UnionWith(absent.Split(',', StringSplitOptions.RemoveEmptyEntries)));
        await node.RegisterAsync();

        await using var held = await HeldUsers.ByAsync(database);
        var demanding = node.Get<AccountAdministration>().RequirePasswordChangeAsync("ada@example.com", cancellation: TestContext.Current.CancellationToken);
        await held.UntilWaitingAsync(1);
        var login = node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });
        await held.UntilWaitingAsync(2);
        await held.ReleaseAsync();

        Assert.True(await demanding);
        using var answer = await login;
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task Bar_19_registrations_confirmations_and_refused_refreshes_are_limited_by_all_nodes_together()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database, Limits);
        await using var two = await TestNode.StartAsync(database, Limits);
        var ada = await one.RegisterAsync();
        await two.RegisterAsync("bob@example.com");
        await LimitedAsync(one.PostAsync("register", new { email = "eve@example.com", password = TestNode.Password }));

        foreach (var node in new[] { one, two })
        {
            using var wrong = await node.PostAsync("me/password", new { currentPassword = Wrong, newPassword = Fresh }, ada.Access);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(new string('A', 43)));
        }

        await LimitedAsync(one.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword = Fresh }, ada.Access));
        await LimitedAsync(two.PostAsync("token/refresh", new { refreshToken = new string('A', 43) }));
        await one.RefreshAsync(ada.Refresh);

        static void Limits(SluiceAuthOptions o) =>
            o.RateLimits.RegistrationsPerClient = o.RateLimits.ConfirmationsPerAccount = o.RateLimits.RefusedRefreshesPerClient = new RateLimit(2, TimeSpan.FromHours(1));

        static async Task LimitedAsync(Task<HttpResponseMessage> request)
        {
            using var response = await request;
            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(60));
        }
    }

    private static async Task LockAsync(TestNode node, TestDatabase database)
    {
        for (var i = 0; i < 3; i++)
        {
            using var response = await node.PostAsync("login", new { identifier = "ada@example.com", password = Wrong });
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        await database.ExecuteAsync("UPDATE auth_attempts SET \"lockedUntil\" = \"lockedUntil\" + interval '1 hour'");
        using var locked = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });
        Assert.Equal(HttpStatusCode.Unauthorized, locked.StatusCode);
    }

    private static async Task<string> RunAsync(TestNode node, params string[] arguments)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        return $"{await AuthCommands.RunAsync(node.Services, arguments, output, TestContext.Current.CancellationToken)} {output}";
    }
}
