using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Revocation;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Clients;

/// <summary>POST /token/revoke (RFC 7009) and /token/introspect (RFC 7662).</summary>
public sealed class TokenRequestTests
{
    private const string Id = "orders";
    private const string Secret = "c2Vj+mV0/with=signs%41";

    [Fact]
    public async Task Bar_60_introspection_tells_a_client_what_a_token_is_worth_now_and_nothing_of_one_that_is_worth_nothing()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database);
        var ada = await node.RegisterAsync();

        var access = await IntrospectAsync(node, ada.Access);
        Assert.True(access["active"].GetBoolean());
        Assert.Equal(ada.UserId, access["sub"].GetString());
        Assert.Equal("Bearer", access["token_type"].GetString());
        Assert.Equal((TestNode.Issuer, TestNode.Audience), (access["iss"].GetString(), access["aud"].GetString()));
        Assert.All(["exp", "iat", "jti", "client_id", "sid", "role"], claim => Assert.Contains(claim, access.Keys));
        var refresh = await IntrospectAsync(node, ada.Refresh, hint: "access_token");
        Assert.Equal(["active", "client_id", "exp", "iat", "iss", "sid", "sub"], refresh.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(access["sid"].GetString(), refresh["sid"].GetString());

        var next = await node.RefreshAsync(ada.Refresh);
        await RevocationTests.LogoutAsync(node, (await node.LoginAsync()) is var gone ? gone.Access : "");
        foreach (var worthless in new[] { "", "x", ada.Refresh, gone.Access, gone.Refresh, next.Access + "x", next.Access[..^3], RandomToken.New(), "a.b.c", new string('x', 8000) })
        {
            if (worthless.Length > 0)
            {
                Assert.Equal("active", Assert.Single(await IntrospectAsync(node, worthless)).Key);
            }
        }

        await database.ExecuteAsync("UPDATE \"users\" SET \"isActive\" = false");
        Assert.False((await IntrospectAsync(node, next.Access))["active"].GetBoolean());
        Assert.False((await IntrospectAsync(node, next.Refresh))["active"].GetBoolean());
    }

    [Fact]
    public async Task Bar_60_28_a_revoked_refresh_token_takes_its_session_with_it_on_every_node()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await StartAsync(database);
        await using var two = await StartAsync(database);
        await RevocationTests.ListeningAsync(database, 2);
        var ada = await one.RegisterAsync();
        var next = await one.RefreshAsync(ada.Refresh);
        var other = await one.LoginAsync();

        // The predecessor stands for its family.
        Assert.Equal(HttpStatusCode.OK, await RevokeAsync(one, ada.Refresh, hint: "refresh_token"));

        await RevocationTests.RefusedSoonAsync(two, next.Access);
        Assert.Equal(HttpStatusCode.Unauthorized, await one.TryRefreshAsync(next.Refresh));
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(other.Access));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"audit_logs\" WHERE \"action\" = 'token_revoked'"));
        Assert.Equal(Id, await database.QueryAsync("SELECT \"revokedBy\" FROM \"token_blacklist\""));
    }

    [Theory, InlineData("ES256", true), InlineData("HS256", true), InlineData("ES256", false)]
    public async Task Bar_60_28_a_revoked_access_token_is_refused_alone_and_no_twin_of_it_is_accepted(string algorithm, bool inTable)
    {
        await using var redis = new RedisServer();
        if (!inTable)
        {
            RedisServer.Require();
            await redis.InitializeAsync();
        }

        await using var database = await TestNode.NewDatabaseAsync();
        void Configure(SluiceAuthOptions o)
        {
            (o.Tokens.Algorithm, o.Tokens.HmacSecret) = (algorithm, "a secret of this test that is long enough");
            (o.Revocation.KeepInPostgres, o.Revocation.RedisUrl) = (inTable, inTable ? "" : redis.Url);
        }

        await using var one = await StartAsync(database, Configure);
        await using var two = await StartAsync(database, Configure);
        var ada = await one.RegisterAsync();
        var later = await one.RefreshAsync(ada.Refresh);
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(ada.Access));

        Assert.Equal(HttpStatusCode.OK, await RevokeAsync(one, ada.Access, hint: "refresh_token"));

        Assert.Equal(HttpStatusCode.Unauthorized, await one.StatusAsync(ada.Access));
        await RevocationTests.RefusedSoonAsync(two, ada.Access);
        Assert.False((await IntrospectAsync(two, ada.Access))["active"].GetBoolean());
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(later.Access));
        Assert.Equal(inTable ? 1L : 0L, await database.QueryAsync("SELECT count(*) FROM \"token_blacklist\""));
        if (algorithm == "ES256")
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await one.StatusAsync(Twin(ada.Access)));
        }

        // Again is as good as once.
        Assert.Equal(HttpStatusCode.OK, await RevokeAsync(one, ada.Access));
    }

    [Fact]
    public async Task Bar_60_who_revokes_what_is_no_token_is_told_that_it_is_done()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database);
        foreach (var unknown in new[] { "x", RandomToken.New(), "a.b.c", new string('x', 8000) })
        {
            Assert.Equal(HttpStatusCode.OK, await RevokeAsync(node, unknown, hint: "what_is_this"));
        }

        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM \"token_blacklist\""));
    }

    [Theory, InlineData("revoke"), InlineData("introspect")]
    public async Task Bar_60_only_a_client_with_its_secret_is_heard_in_either_of_the_two_ways(string route)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database);
        var ada = await node.RegisterAsync();
        (string, string)[] token = [("token", ada.Access)];

        foreach (var (authorization, form, error) in new (string?, (string, string)[], string?)[]
                 {
                     (null, token, "invalid_client"),
                     ($"Bearer {ada.Access}", token, "invalid_client"),
                     (Basic(Id, "wrong"), token, "invalid_client"),
                     (Basic("nobody", Secret), token, "invalid_client"),
                     ("Basic !!!", token, "invalid_client"),
                     ("Basic " + Convert.ToBase64String("no colon"u8), token, "invalid_client"),
                     (null, [.. token, ("client_id", Id)], "invalid_client"),
                     (null, [.. token, ("client_id", Id), ("client_secret", "wrong")], "invalid_client"),
                     (Basic(Id, Secret), [.. token, ("client_id", Id), ("client_secret", Secret)], "invalid_request"),
                     (Basic(Id, Secret), [.. token, ("client_id", "another")], "invalid_request"),
                     (Basic(Id, Secret), [], "invalid_request"),
                     (Basic(Id, Secret), [("token", "")], "invalid_request"),
                     (Basic(Id, Secret), [.. token, .. token], "invalid_request"),
                     (Basic(Id, Secret), [("token", new string('x', 20_000))], "invalid_request"),
                     (Basic(Id, Secret), [.. Enumerable.Range(0, 20).Select(i => ($"n{i}", "")), .. token], "invalid_request"),
                 })
        {
            using var refused = await PostAsync(node, route, authorization, form);
            Assert.Equal(error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal(error == "invalid_client", refused.Headers.WwwAuthenticate.Any(w => w.Scheme == "Basic"));
            Assert.Equal("no-store", refused.Headers.CacheControl?.ToString());
            using var json = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
            Assert.Equal(error, json.RootElement.GetProperty("error").GetString());
        }

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        using (var json = await node.PostAsync($"token/{route}", new { token = ada.Access, client_id = Id, client_secret = Secret }))
        {
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
            Assert.Contains("\"error\":\"invalid_request\"", await json.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        foreach (var (authorization, form) in new (string?, (string, string)[])[]
                 {
                     (Basic(Id, Secret), token),
                     (Basic(Uri.EscapeDataString(Id), Uri.EscapeDataString(Secret)), token),
                     (Basic(Id, Secret), [.. token, ("client_id", Id)]),
                     (null, [.. token, ("client_id", Id), ("client_secret", Secret)]),
                 })
        {
            using var answered = await PostAsync(node, route, authorization, form);
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
            Assert.Equal("no-store", answered.Headers.CacheControl?.ToString());
        }
    }

    [Fact]
    public async Task Clients_find_both_by_discovery_unless_there_are_no_clients()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database);
        await using var without = await TestNode.StartAsync(database);

        using var json = JsonDocument.Parse(await node.Client.GetStringAsync(new Uri("/.well-known/oauth-authorization-server", UriKind.Relative)));
        Assert.Equal($"{TestNode.Issuer}/auth/v1/token/revoke", json.RootElement.GetProperty("revocation_endpoint").GetString());
        Assert.Equal($"{TestNode.Issuer}/auth/v1/token/introspect", json.RootElement.GetProperty("introspection_endpoint").GetString());
        Assert.DoesNotContain("revocation_endpoint", await without.Client.GetStringAsync(new Uri("/.well-known/oauth-authorization-server", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_client_is_said_and_its_secret_is_not()
    {
        var options = new SluiceAuthOptions { Clients = { new ClientOptions { Id = Id, SecretSha256 = Secret }, new ClientOptions { Id = Id, SecretSha256 = new string('a', 64) }, new ClientOptions { Id = "two words", SecretSha256 = new string('a', 64) } } };

        var said = string.Join('\n', new OptionsCheck().Validate(null, options).Failures!);

        Assert.Contains("sha256sum", said, StringComparison.Ordinal);
        Assert.Contains("more than once", said, StringComparison.Ordinal);
        Assert.Contains("`two words`", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
    }

    /// <summary>As anybody can make it: (r, n - s) is a signature, too.</summary>
    private static string Twin(string token)
    {
        var at = token.LastIndexOf('.') + 1;
        var signature = System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(at));
        var order = new System.Numerics.BigInteger(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);
        var other = (order - new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        other.CopyTo(signature.AsSpan(64 - other.Length));
        signature.AsSpan(32, 32 - other.Length).Clear();
        return token[..at] + System.Buffers.Text.Base64Url.EncodeToString(signature);
    }

    [Fact]
    public void Of_the_two_signatures_that_anybody_can_make_of_one_only_ours_counts()
    {
        var (pkcs8, publicKey) = TokenKey.Generate("ES256");
        var key = TokenKey.OfPrivate("kid", "ES256", pkcs8, publicKey, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        using var curve = ECDsa.Create();
        curve.ImportSubjectPublicKeyInfo(publicKey, out _);
        for (var i = 0; i < 50; i++)
        {
            var data = Encoding.ASCII.GetBytes($"text {i}");
            var signature = key.Sign(data);
            var twin = System.Buffers.Text.Base64Url.DecodeFromChars(Twin("." + System.Buffers.Text.Base64Url.EncodeToString(signature)).AsSpan(1));

            Assert.True(curve.VerifyData(data, signature, HashAlgorithmName.SHA256));
            Assert.True(curve.VerifyData(data, twin, HashAlgorithmName.SHA256));
            Assert.True(key.Verify(data, signature));
            Assert.False(key.Verify(data, twin));
        }
    }

    private static Task<TestNode> StartAsync(TestDatabase database, Action<SluiceAuthOptions>? more = null) => TestNode.StartAsync(database, o =>
    {
        // Revoking is for whom a token was issued to.
        o.Tokens.ClientId = Id;
        o.Clients.Add(new ClientOptions { Id = Id, SecretSha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Secret))) });
        o.Tokens.RevocationPoll = TimeSpan.FromHours(1);
        more?.Invoke(o);
    });

    private static string Basic(string id, string secret) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));

    private static async Task<HttpStatusCode> RevokeAsync(TestNode node, string token, string? hint = null)
    {
        using var response = await PostAsync(node, "revoke", Basic(Id, Secret), hint is null ? [("token", token)] : [("token", token), ("token_type_hint", hint)]);
        return response.StatusCode;
    }

    private static async Task<Dictionary<string, JsonElement>> IntrospectAsync(TestNode node, string token, string? hint = null)
    {
        using var response = await PostAsync(node, "introspect", Basic(Id, Secret), hint is null ? [("token", token)] : [("token", token), ("token_type_hint", hint)]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(await response.Content.ReadAsStringAsync())!;
    }

    private static async Task<HttpResponseMessage> PostAsync(TestNode node, string route, string? authorization, (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/auth/v1/token/{route}");
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        request.Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await node.Client.SendAsync(request);
    }
}
