using System.Globalization;
using System.Net;
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

public sealed class RedisRevocationTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static int prefixes;

    private readonly string prefix = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref prefixes)}:");

    [Fact]
    public async Task Bar_28_with_redis_alone_every_node_hears_and_the_table_stays_empty()
    {
        RedisServer.Require();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await StartAsync(database, redis);
        await using var two = await StartAsync(database, redis);
        await ListeningAsync(redis, 2);
        var ada = await one.RegisterAsync();
        var other = await one.LoginAsync();

        await LogoutAsync(one, ada.Access);

        Assert.Equal(HttpStatusCode.Unauthorized, await one.StatusAsync(ada.Access));
        await RefusedSoonAsync(two, ada.Access);
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(other.Access));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM \"token_blacklist\""));
        // As the documents have it: a key by the hash, that goes when the last token it means has gone.
        var hash = one.Get<RevocationList>().All.Single().Hash;
        Assert.InRange(int.Parse(await redis.AskAsync("TTL", prefix + hash), CultureInfo.InvariantCulture), 3000, 3661);
    }

    [Fact]
    public async Task Redis_and_the_table_have_the_same_where_the_copy_is_wanted()
    {
        RedisServer.Require();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database, redis, o => o.Revocation.KeepInPostgres = true);
        var ada = await node.RegisterAsync();

        await LogoutAsync(node, ada.Access);

        var hash = (string)(await database.QueryAsync("SELECT \"tokenHash\" FROM \"token_blacklist\""))!;
        Assert.Equal("1", await redis.AskAsync("EXISTS", prefix + hash));
    }

    [Fact]
    public async Task Bar_28_after_a_lost_connection_to_redis_what_was_missed_is_caught_up()
    {
        RedisServer.Require();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await StartAsync(database, redis);
        await using var two = await StartAsync(database, redis);
        await ListeningAsync(redis, 2);
        var ada = await one.RegisterAsync();

        await redis.AskAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await LogoutAsync(one, ada.Access);

        await RefusedSoonAsync(two, ada.Access);
    }

    [Fact]
    public async Task Bar_28_with_nothing_to_be_heard_of_redis_its_log_is_read_again()
    {
        RedisServer.Require();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await StartAsync(database, redis);
        await using var two = await StartAsync(database, redis, o => o.Tokens.RevocationPoll = TimeSpan.FromMilliseconds(200));
        var ada = await one.RegisterAsync();
        var session = (string)(await database.QueryAsync("SELECT \"id\"::text FROM \"sessions\""))!;

        // As a writer would that does not publish.
        await redis.AskAsync("XADD", $"{prefix}log", "*", "told", new Revoked(RevocationList.HashOf(RevocationList.OfSession(session)), DateTimeOffset.UtcNow.AddHours(1)).Told);

        await RefusedSoonAsync(two, ada.Access);
    }

    [Fact]
    public async Task Bar_66_redis_gets_what_it_refused_while_its_connections_stayed()
    {
        RedisServer.Require();
        await using var own = await RedisServer.OfItsOwnAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database, own, o => o.Tokens.RevocationPoll = TimeSpan.FromMilliseconds(200));
        await ListeningAsync(own, 1);
        var ada = await node.RegisterAsync();

        await own.AskAsync("CONFIG", "SET", "maxmemory", "1");
        await LogoutAsync(node, ada.Access);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"token_blacklist\""));
        var hash = node.Get<RevocationList>().All.Single().Hash;
        Assert.Equal("0", await own.AskAsync("EXISTS", prefix + hash));
        await own.AskAsync("CONFIG", "SET", "maxmemory", "0");

        await Wait.UntilAsync(async () => await own.AskAsync("EXISTS", prefix + hash) == "1", "Redis was not given what it had refused");
    }

    [Fact]
    public async Task Bar_28_a_node_that_starts_later_reads_all_of_a_long_log()
    {
        RedisServer.Require();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await StartAsync(database, redis);
        var ada = await one.RegisterAsync();
        await LogoutAsync(one, ada.Access);
        var denylist = one.Get<RedisDenylist>();
        await denylist.AddAsync(Enumerable.Range(0, 5000).Select(i => new Revoked(RevocationList.HashOf($"{i}"), DateTimeOffset.UtcNow.AddHours(1))), default);

        await using var late = await StartAsync(database, redis);

        Assert.Equal(HttpStatusCode.Unauthorized, await late.StatusAsync(ada.Access));
        Assert.Equal(5001, late.Get<RevocationList>().Count);
    }

    [Fact]
    public async Task Bar_66_with_redis_killed_revocations_go_by_postgresql_and_redis_gets_them_back()
    {
        RedisServer.Require();
        await using var own = await RedisServer.OfItsOwnAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await StartAsync(database, own);
        await using var two = await StartAsync(database, own);
        await ListeningAsync(own, 2);
        var before = await one.RegisterAsync();
        var meanwhile = await one.LoginAsync();
        await LogoutAsync(one, before.Access);
        await RefusedSoonAsync(two, before.Access);

        await own.KillAsync();

        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(meanwhile.Access));
        await LogoutAsync(one, meanwhile.Access);
        await RefusedSoonAsync(two, meanwhile.Access);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"token_blacklist\""));
        Assert.Equal(HttpStatusCode.Unauthorized, await two.StatusAsync(before.Access));
        var another = await one.LoginAsync();

        await own.StartAgainAsync();

        var hashes = one.Get<RevocationList>().All.Select(r => prefix + r.Hash).ToArray();
        await Wait.UntilAsync(async () => await own.AskAsync(["EXISTS", .. hashes]) == "2", "Redis did not get back what it had and what it missed");
        await LogoutAsync(one, another.Access);
        await RefusedSoonAsync(two, another.Access);
    }

    [Fact]
    public async Task Bar_66_a_node_that_starts_without_redis_accepts_nothing_until_it_has_read_what_is_only_there()
    {
        RedisServer.Require();
        await using var own = await RedisServer.OfItsOwnAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var before = await StartAsync(database, own);
        var ada = await before.RegisterAsync();
        await own.KillAsync();

        await using var blind = await StartAsync(database, own);
        await using var whole = await StartAsync(database, own, o => o.Revocation.KeepInPostgres = true);

        using (var refused = await blind.SendAsync(HttpMethod.Get, "/mine", ada.Access))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await blind.StatusAsync(ada.Access, "me"));
        Assert.Equal(HttpStatusCode.OK, await whole.StatusAsync(ada.Access));
        await own.StartAgainAsync();
        await Wait.UntilAsync(async () => await blind.StatusAsync(ada.Access) == HttpStatusCode.OK, "it does not begin to accept tokens");
    }

    [Fact]
    public async Task A_service_without_a_database_hears_of_revocations_by_redis()
    {
        RedisServer.Require();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database, redis, o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = ("HS256", "a secret of this test that is long enough"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSluiceTokens(o =>
        {
            (o.Issuer, o.Audience, o.HmacSecret) = (TestNode.Issuer, TestNode.Audience, "a secret of this test that is long enough");
            (o.Revocation.RedisUrl, o.Revocation.RedisPrefix, o.RevocationPoll) = (redis.Url, prefix, TimeSpan.FromHours(1));
        });
        await using var service = builder.Build();
        service.UseAuthentication();
        service.UseAuthorization();
        service.MapGet("/mine", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireAuthorization();
        await service.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        await ListeningAsync(redis, 2);
        var ada = await node.RegisterAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", ada.Access);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());

        await LogoutAsync(node, ada.Access);

        await Wait.UntilAsync(async () => await StatusAsync() == HttpStatusCode.Unauthorized, "the service still accepts the token");

        async Task<HttpStatusCode> StatusAsync()
        {
            using var answer = await client.GetAsync(new Uri("/mine", UriKind.Relative));
            return answer.StatusCode;
        }
    }

    private Task<TestNode> StartAsync(TestDatabase database, RedisServer server, Action<SluiceAuthOptions>? more = null) => TestNode.StartAsync(database, o =>
    {
        (o.Revocation.RedisUrl, o.Revocation.RedisPrefix, o.Revocation.KeepInPostgres) = (server.Url, prefix, false);
        // The poll does not help: what is heard is what counts.
        o.Tokens.RevocationPoll = TimeSpan.FromHours(1);
        more?.Invoke(o);
    });

    private Task ListeningAsync(RedisServer server, int nodes) =>
        Wait.UntilAsync(async () => (await server.AskAsync("PUBSUB", "NUMSUB", $"{prefix}told")).EndsWith($"\n{nodes}", StringComparison.Ordinal), "the nodes do not listen to Redis");

    private static Task LogoutAsync(TestNode node, string token) => RevocationTests.LogoutAsync(node, token);

    private static Task RefusedSoonAsync(TestNode node, string token) => RevocationTests.RefusedSoonAsync(node, token);
}
