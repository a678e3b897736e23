using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Xunit;

namespace Sluice.Auth.Tests.Tokens;

public sealed class StoredKeysTests
{
    [Fact]
    public async Task Bar_29_a_new_key_is_published_before_it_signs_and_the_old_one_verifies_until_its_last_token_expired()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var one = await TestNode.StartAsync(database, clock: clock);
        await using var two = await TestNode.StartAsync(database, clock: clock);
        var old = await one.RegisterAsync();
        var (first, propagation) = (Kid(old.Access), TimeSpan.FromMinutes(10));

        await one.Get<StoredKeys>().RotateAsync(null, CancellationToken.None);
        await two.Get<StoredKeys>().TendAsync(CancellationToken.None);
        Assert.Equal(2, (await KeySetAsync(two)).Count);
        Assert.Equal(first, Kid((await one.LoginAsync()).Access));

        clock.Move(propagation);
        var fresh = await one.LoginAsync();
        Assert.NotEqual(first, Kid(fresh.Access));
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(fresh.Access));
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(old.Access));
        await using (var three = await TestNode.StartAsync(database, clock: clock))
        {
            Assert.Equal(HttpStatusCode.OK, await three.StatusAsync(old.Access));
        }

        clock.Move(TimeSpan.FromMinutes(62));
        await one.Get<StoredKeys>().TendAsync(CancellationToken.None);
        Assert.Equal([Kid(fresh.Access)], await KeySetAsync(one));
    }

    [Fact]
    public async Task Bar_29_many_nodes_that_start_at_once_share_one_key_and_it_is_sealed()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestNode.StartAsync(database)));

        var ada = await nodes[0].RegisterAsync();
        foreach (var node in nodes)
        {
            Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
            await node.DisposeAsync();
        }

        await using var command = database.Source.CreateCommand("SELECT count(*) FROM \"signing_keys\"");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
        var refused = await Assert.ThrowsAsync<AuthSetupException>(() => TestNode.StartAsync(database, o => o.Secret = Convert.ToBase64String(new byte[32])));
        Assert.Contains("not sealed with this Secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("ES256", "crv,kty,x,y"), InlineData("RS256", "e,kty,n")]
    public async Task Bar_30_the_key_set_has_only_public_parts_and_is_kept_for_less_long_than_a_key_waits(string algorithm, string members)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tokens.Algorithm = algorithm);

        using var response = await node.SendAsync(HttpMethod.Get, "/.well-known/jwks.json");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var key = json.RootElement.GetProperty("keys").EnumerateArray().Single();

        Assert.Equal(members.Split(',').Concat(["alg", "kid", "use"]).Order(StringComparer.Ordinal), key.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TimeSpan.FromMinutes(5), response.Headers.CacheControl?.MaxAge);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/.well-known/jwks.json");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await node.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var discovery = JsonDocument.Parse(await node.Client.GetStringAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)));
        Assert.Equal($"{TestNode.Issuer}/.well-known/jwks.json", discovery.RootElement.GetProperty("jwks_uri").GetString());
    }

    private static string Kid(string token)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]));
        return header.RootElement.GetProperty("kid").GetString()!;
    }

    private static async Task<List<string>> KeySetAsync(TestNode node)
    {
        using var json = JsonDocument.Parse(await node.Client.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative)));
        return [.. json.RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
    }
}
