using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Revocation;

/// <summary>`/sure` asks for fresh revocations, `/mine` does not.</summary>
public sealed class FreshRevocationTests
{
    private const string Shared = "a secret of this test that is long enough";

    [Fact]
    public async Task Bar_28_an_endpoint_that_asks_refuses_what_its_node_has_not_heard_of()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1));
        await RevocationTests.ListeningAsync(database, 1);
        var ada = await node.RegisterAsync();
        var other = await node.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access, "/sure"));

        // Nobody is told.
        await database.ExecuteAsync($"""
            INSERT INTO "token_blacklist" ("id", "tokenHash", "expiresAt", "userId", "revokedAt")
            VALUES (gen_random_uuid(), '{RevocationList.HashOf(ada.Access)}', now() + interval '1 hour', '{ada.UserId}', now())
            """);

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ada.Access, "/sure"));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(other.Access, "/sure"));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(null, "/sure"));
        await database.ExecuteAsync("UPDATE \"token_blacklist\" SET \"tokenHash\" = encode(sha256(convert_to('session:' || (SELECT \"id\"::text FROM \"sessions\" ORDER BY \"createdAt\" DESC LIMIT 1), 'UTF8')), 'hex')");
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(other.Access, "/sure"));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access, "/sure"));
    }

    [Fact]
    public async Task Bar_28_66_with_the_database_down_it_is_closed_and_so_is_all_once_nothing_was_heard_for_as_long_as_the_host_allows()
    {
        var cluster = await TestCluster.StartThrowAwayAsync();
        var server = cluster.Connection();
        var url = $"postgresql://{server.Username}:{Uri.EscapeDataString(server.Password ?? "")}@{server.Host}:{server.Port}/postgres";
        var clock = new MovedClock();
        await using var open = await TestNode.StartAsync(url, o => (o.MigrateOnStart, o.Tokens.RevocationPoll) = (true, TimeSpan.FromMilliseconds(200)), clock);
        await using var strict = await TestNode.StartAsync(url, o => (o.Revocation.FailClosedAfter, o.Tokens.RevocationPoll) = (TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(200)), clock);
        var ada = await open.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, await strict.StatusAsync(ada.Access, "/sure"));

        await cluster.StopAsync();

        foreach (var node in new[] { open, strict })
        {
            Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
            using var closed = await node.SendAsync(HttpMethod.Get, "/sure", ada.Access);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, closed.StatusCode);
            Assert.NotNull(closed.Headers.RetryAfter);
        }

        clock.Move(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, await open.StatusAsync(ada.Access));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await strict.StatusAsync(ada.Access));
        using (var ready = await strict.Client.GetAsync(new Uri("/health/ready", UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("\"revocations\":\"not heard\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await cluster.StartAsync();
        await Wait.UntilAsync(async () => await strict.StatusAsync(ada.Access) == HttpStatusCode.OK, "it stays closed");
        Assert.Equal(HttpStatusCode.OK, await strict.StatusAsync(ada.Access, "/sure"));
        await cluster.StopAsync();
    }

    [Fact]
    public async Task Bar_28_66_with_redis_alone_it_asks_redis_and_is_closed_without_it()
    {
        RedisServer.Require();
        await using var redis = await RedisServer.OfItsOwnAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var alone = await TestNode.StartAsync(database, o => (o.Revocation.RedisUrl, o.Revocation.KeepInPostgres, o.Tokens.Algorithm, o.Tokens.HmacSecret) = (redis.Url, false, "HS256", Shared));
        await using var both = await TestNode.StartAsync(database, o => (o.Revocation.RedisUrl, o.Tokens.Algorithm, o.Tokens.HmacSecret) = (redis.Url, "HS256", Shared));
        await using var service = await ServiceAsync(redis);
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        var ada = await alone.RegisterAsync();
        var other = await alone.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, await alone.StatusAsync(ada.Access, "/sure"));
        Assert.Contains("\"redis\":\"ok\"", await alone.Client.GetStringAsync(new Uri("/health/ready", UriKind.Relative)), StringComparison.Ordinal);

        // As the documents' own code revokes a token.
        await redis.AskAsync("SETEX", $"blacklist:{RevocationList.HashOf(ada.Access)}", "3600", ada.UserId);

        foreach (var node in new[] { alone, both })
        {
            Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
            Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ada.Access, "/sure"));
            Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(other.Access, "/sure"));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, ada.Access));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, other.Access));
        await redis.KillAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await alone.StatusAsync(other.Access, "/sure"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, other.Access));
        Assert.Equal(HttpStatusCode.OK, await both.StatusAsync(other.Access, "/sure"));
        // Degraded is ready: PostgreSQL does the work.
        Assert.Contains("\"redis\":\"degraded\"", await both.Client.GetStringAsync(new Uri("/health/ready", UriKind.Relative)), StringComparison.Ordinal);
        var metrics = await both.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("sluice_auth_redis_connected 0\n", metrics, StringComparison.Ordinal);
        Assert.Matches("sluice_auth_redis_failures_total [1-9]", metrics);
    }

    private static async Task<WebApplication> ServiceAsync(RedisServer redis)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSluiceTokens(o =>
        {
            (o.Issuer, o.Audience, o.HmacSecret) = (TestNode.Issuer, TestNode.Audience, Shared);
            o.Revocation.RedisUrl = redis.Url;
        });
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        // The same as a policy by its name.
        app.MapGet("/sure", [Authorize(Policy = FreshRevocationPolicy.Name)] (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!));
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sure");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
