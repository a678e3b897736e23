using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Sluice.Auth.Identities;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Upkeep;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>GitHub, whose API says who somebody is, and whose tokens are kept.</summary>
public sealed class GitHubTests
{
    private static readonly StubAccount Octocat = new("583231", "octocat@example.com");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_57_of_GitHubs_addresses_the_primary_one_counts_and_only_when_it_is_confirmed()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, stub.Use);
        await node.RegisterAsync("victim@example.com");
        await LinkingTests.ConfirmAsync(database, "victim@example.com");

        foreach (var (emails, expected) in new[]
                 {
                     ("[]", "email_not_verified"), ("null", "email_not_verified"), ("{}", "email_not_verified"),
                     ("""[{"email":"victim@example.com","primary":true,"verified":false}]""", "email_not_verified"),
                     ("""[{"email":"victim@example.com","primary":false,"verified":true}]""", "email_not_verified"),
                     ("""[{"email":"victim@example.com","primary":"true","verified":"true"}]""", "email_not_verified"),
                     ("""[{"email":"victim@example.com","primary":1,"verified":1}]""", "email_not_verified"),
                     ("""[{"email":null,"primary":true,"verified":true}]""", "email_not_verified"),
                     ("""[{"email":["victim@example.com"],"primary":true,"verified":true}]""", "email_not_verified"),
                     ("""[{"email":"victim@example.com\u0000","primary":true,"verified":true}]""", "email_not_verified"),
                     ("""[null, 1, "victim@example.com"]""", "email_not_verified"),
                     ("""[{"email":"victim@example.com","primary":true,"verified":false},{"email":"eve@example.com","primary":false,"verified":true}]""", "email_not_verified"),
                 })
        {
            Assert.Equal((emails, expected), (emails, await LinkingTests.ErrorAsync(node, stub, Octocat with { Emails = emails }, "github")));
        }

        foreach (var id in new[] { "\"583231\"", "null", "0", "-1", "1.5", "9223372036854775808", "{}", "true" })
        {
            Assert.Equal((id, "provider_failed"), (id, await LinkingTests.ErrorAsync(node, stub, Octocat with { Id = id }, "github")));
        }

        Assert.Equal(0L, await database.QueryAsync("SELECT (SELECT count(*) FROM user_identities) + (SELECT count(*) FROM github_accounts)"));
        var first = await LinkingTests.SignInAsync(node, stub, Octocat, "github");
        // Known by its number, whatever its addresses are by now.
        Assert.Equal(first.UserId, (await LinkingTests.SignInAsync(node, stub, Octocat with { Emails = "[]" }, "github")).UserId);
        Assert.Equal("583231 octocat@example.com", await database.QueryAsync("""SELECT concat(g."githubUserId", ' ', u.email) FROM github_accounts g JOIN users u ON u.id = g."userId" """));
    }

    [Fact]
    public async Task A_GitHub_number_that_is_somebodys_is_found_before_anything_is_written_and_joins_no_accounts()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, stub.Use);
        var ada = await node.RegisterAsync();
        await LinkingTests.ConfirmAsync(database, "ada@example.com");
        // As the application's own tables had it, before it came to us.
        await database.ExecuteAsync($"""INSERT INTO github_accounts ("userId", "githubUserId", provider, "keyId", "createdAt", "updatedAt") VALUES ('{ada.UserId}', 583231, 'github', '', now(), now())""");

        Assert.Equal(ada.UserId, (await LinkingTests.SignInAsync(node, stub, Octocat, "github")).UserId);
        Assert.Equal("1 1", await database.QueryAsync("""SELECT concat((SELECT count(*) FROM users), ' ', (SELECT count(*) FROM github_accounts WHERE "accessToken" IS NOT NULL))"""));

        var bob = await node.RegisterAsync("bob@example.com");
        await LinkingTests.ConfirmAsync(database, "bob@example.com");
        using var browser = new Browser(node);
        var landed = await browser.LandAsync(stub.Admit(await LinkingTests.LinkAddressAsync(browser, "github", bob.Access), Octocat));
        Assert.Equal("identity_taken", landed["error"]);
        Assert.Equal(ada.UserId, (await LinkingTests.SignInAsync(node, stub, Octocat, "github")).UserId);
    }

    [Fact]
    public async Task Bar_58_tokens_are_sealed_for_their_row_renewed_before_they_expire_and_by_one_node_at_a_time()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        stub.ExpiresIn = 8 * 3600;
        var clock = new MovedClock();
        await using var one = await TestNode.StartAsync(database, stub.Use, clock);
        await using var two = await TestNode.StartAsync(database, stub.Use, clock);
        var session = await LinkingTests.SignInAsync(one, stub, Octocat, "github");
        var first = await one.Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation);
        Assert.Contains(first, stub.Secrets);
        Assert.Null(await one.Get<GitHubTokens>().AccessTokenAsync(Guid.NewGuid().ToString(), Cancellation));
        Assert.Null(await one.Get<GitHubTokens>().AccessTokenAsync("x", Cancellation));

        // Upkeep, on two nodes at once: one call, and a refresh token that is used once.
        Assert.Equal(0, await RenewAsync(one));
        clock.Move(TimeSpan.FromHours(7.6));
        await Task.WhenAll(RenewAsync(one), RenewAsync(two));
        var second = await two.Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation);
        Assert.NotEqual(first, second);
        Assert.Equal(2, stub.Count("POST /login/oauth/access_token"));

        // On use, by twenty at once.
        clock.Move(TimeSpan.FromHours(9));
        var given = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? one : two).Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation)));
        Assert.NotNull(Assert.Single(given.Distinct()));
        Assert.Equal(3, stub.Count("POST /login/oauth/access_token"));
        var third = await two.Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation);
        Assert.DoesNotContain(third, new[] { first, second, null });

        // GitHub is away: what is there stays, and is tried again when the lease is over.
        clock.Move(TimeSpan.FromHours(7.6));
        stub.Instead = c =>
        {
            c.Response.StatusCode = 502;
            return Task.FromResult(true);
        };
        await RenewAsync(one);
        Assert.Equal(third, await one.Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation));
        stub.Instead = null;
        await RenewAsync(one);
        Assert.Equal(3, stub.Asked.Count(a => a == "POST /login/oauth/access_token") - 1);
        clock.Move(TimeSpan.FromSeconds(61));
        await RenewAsync(one);
        Assert.NotEqual(third, await one.Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation));

        // In another's row it opens for nobody; in the tables nothing is legible.
        foreach (var secret in stub.Secrets)
        {
            Assert.Equal(0L, await database.QueryAsync($"""SELECT count(*) FROM github_accounts g WHERE g::text LIKE '%{secret}%' OR g::text LIKE '%{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret))}%'"""));
        }

        var other = await LinkingTests.SignInAsync(one, stub, new StubAccount("2", "bob@example.com"), "github");
        await database.ExecuteAsync($"""UPDATE github_accounts SET "accessToken" = (SELECT "accessToken" FROM github_accounts WHERE "githubUserId" = 583231), "refreshToken" = NULL WHERE "githubUserId" = 2""");
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => one.Get<GitHubTokens>().AccessTokenAsync(other.UserId, Cancellation));

        // A refresh token that GitHub has no more: the row is empty, and the next sign-in fills it.
        clock.Move(TimeSpan.FromHours(7.6));
        stub.Instead = async c =>
        {
            await c.Response.WriteAsync("""{"error":"bad_refresh_token"}""");
            return true;
        };
        await RenewAsync(one);
        stub.Instead = null;
        Assert.Null(await one.Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'github_access_lost'"));
        await LinkingTests.SignInAsync(one, stub, Octocat, "github");
        Assert.NotNull(await one.Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation));

        static async Task<long?> RenewAsync(TestNode node) => await JobAsync(node, "github_tokens");
    }

    [Fact]
    public async Task Unlinking_takes_the_grant_back_at_GitHub_at_once_or_when_GitHub_answers_again()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        var clock = new MovedClock();
        await using var node = await StartAsync(TimeSpan.FromMinutes(1));
        await using var hasty = await StartAsync(TimeSpan.FromSeconds(1));
        var ada = await node.RegisterAsync("octocat@example.com");
        await LinkingTests.ConfirmAsync(database, "octocat@example.com");

        await LinkingTests.SignInAsync(node, stub, Octocat, "github");
        var token = await node.Get<GitHubTokens>().AccessTokenAsync(ada.UserId, Cancellation);
        Assert.Equal((HttpStatusCode.NoContent, token), (await UnlinkAsync(node), stub.Revoked.Single()));
        Assert.Equal(0L, await database.QueryAsync("SELECT (SELECT count(*) FROM github_accounts) + (SELECT count(*) FROM github_revocations) + (SELECT count(*) FROM user_identities)"));

        // GitHub is away: it is unlinked here, the token waits sealed, and is tried at longer and longer intervals.
        await LinkingTests.SignInAsync(node, stub, Octocat, "github");
        token = await node.Get<GitHubTokens>().AccessTokenAsync(ada.UserId, Cancellation);
        var gate = new TaskCompletionSource();
        stub.Instead = async c =>
        {
            await gate.Task;
            c.Response.StatusCode = 503;
            return true;
        };
        Assert.Equal(HttpStatusCode.Accepted, await UnlinkAsync(hasty));
        gate.SetResult();
        Assert.Null(await node.Get<GitHubTokens>().AccessTokenAsync(ada.UserId, Cancellation));
        Assert.Equal(0, await JobAsync(node, "github_revocations"));
        clock.Move(TimeSpan.FromMinutes(1.1));
        Assert.Equal(0, await JobAsync(node, "github_revocations"));
        Assert.Equal(2, await database.QueryAsync("SELECT attempts FROM github_revocations"));
        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM github_revocations r WHERE r::text LIKE '%{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(token!))}%'"));
        stub.Instead = null;
        Assert.Equal(0, await JobAsync(node, "github_revocations"));
        clock.Move(TimeSpan.FromMinutes(2.1));
        Assert.Equal(1, await JobAsync(node, "github_revocations"));
        Assert.Equal((token, 2), (stub.Revoked.Last(), stub.Revoked.Count));
        Assert.Equal("2 2", await database.QueryAsync("SELECT concat(count(*) FILTER (WHERE action = 'github_access_revoked'), ' ', count(*) FILTER (WHERE action = 'identity_unlinked')) FROM audit_logs"));

        // Who has linked again meanwhile keeps what was given anew.
        await LinkingTests.SignInAsync(node, stub, Octocat, "github");
        stub.Instead = c =>
        {
            c.Response.StatusCode = c.Request.Method == "DELETE" ? 503 : 200;
            return Task.FromResult(c.Request.Method == "DELETE");
        };
        Assert.Equal(HttpStatusCode.Accepted, await UnlinkAsync(node));
        await LinkingTests.SignInAsync(node, stub, Octocat, "github");
        stub.Instead = null;
        clock.Move(TimeSpan.FromMinutes(5));
        Assert.Equal(0, await JobAsync(node, "github_revocations"));
        Assert.Equal(2, stub.Revoked.Count);

        Task<TestNode> StartAsync(TimeSpan patience) => TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            o.Identities.Patience = patience;
            o.Factors.FreshFor = TimeSpan.FromDays(1);
        }, clock);

        async Task<HttpStatusCode> UnlinkAsync(TestNode at)
        {
            using var response = await at.SendAsync(HttpMethod.Delete, "me/identities/github", ada.Access);
            return response.StatusCode;
        }
    }

    private static async Task<long?> JobAsync(TestNode node, string name)
    {
        var jobs = node.Get<UpkeepJobs>();
        return await jobs.RunAsync(jobs.All.Single(j => j.Name == name), isForced: true, Cancellation);
    }
}
