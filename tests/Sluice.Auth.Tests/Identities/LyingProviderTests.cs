using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Auth.Identities;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>Providers that are slow, failing, or say what is not so: an error for the browser, and neither an account nor a session.</summary>
public sealed class LyingProviderTests
{
    private static readonly StubAccount Ada = new("1", "ada@example.com");

    [Fact]
    public async Task Bar_55_an_ID_token_that_is_not_in_everything_as_it_must_be_is_nobodys()
    {
        await using var at = await Place.NewAsync();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var lies = new Dictionary<string, Action<JsonObject, JsonObject>>
        {
            ["iss"] = (_, c) => c["iss"] = "https://evil.example",
            ["iss with a slash"] = (_, c) => c["iss"] = at.Stub.Issuer + "/",
            ["no iss"] = (_, c) => c.Remove("iss"),
            ["aud"] = (_, c) => c["aud"] = "another",
            ["no aud"] = (_, c) => c.Remove("aud"),
            ["aud as a number"] = (_, c) => c["aud"] = 1,
            ["aud of others"] = (_, c) => c["aud"] = new JsonArray("another", 1),
            ["two aud without azp"] = (_, c) => c["aud"] = new JsonArray(StubProvider.ClientId, "another"),
            ["azp"] = (_, c) => c["azp"] = "another",
            ["azp as a number"] = (_, c) => c["azp"] = 1,
            ["exp"] = (_, c) => c["exp"] = now - 61,
            ["no exp"] = (_, c) => c.Remove("exp"),
            ["exp as a text"] = (_, c) => c["exp"] = "9999999999",
            ["exp out of time"] = (_, c) => c["exp"] = 1e300,
            ["iat in an hour"] = (_, c) => c["iat"] = now + 3600,
            ["iat of yesterday"] = (_, c) => c["iat"] = now - 86_400,
            ["nbf"] = (_, c) => c["nbf"] = now + 3600,
            ["nonce of another"] = (_, c) => c["nonce"] = "another",
            ["no nonce"] = (_, c) => c.Remove("nonce"),
            ["at_hash"] = (_, c) => c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA",
            ["at_hash as a number"] = (_, c) => c["at_hash"] = 1,
            ["no sub"] = (_, c) => c.Remove("sub"),
            ["sub as a number"] = (_, c) => c["sub"] = 1,
            ["an empty sub"] = (_, c) => c["sub"] = "",
            ["a long sub"] = (_, c) => c["sub"] = new string('1', 256),
            ["a sub with a NUL"] = (_, c) => c["sub"] = "1\0",
            ["crit"] = (h, _) => h["crit"] = new JsonArray("exp"),
            ["a key of its own"] = (h, _) => h["jwk"] = new JsonObject(),
            ["an address of keys"] = (h, _) => h["jku"] = "https://evil.example/keys",
            ["alg none"] = (h, _) => h["alg"] = "none",
            ["alg in small letters"] = (h, _) => h["alg"] = "es256",
            ["alg HS256"] = (h, _) => h["alg"] = "HS256",
            ["alg RS256 by a curve"] = (h, _) => h["alg"] = "RS256",
            ["no alg"] = (h, _) => h.Remove("alg"),
        };
        foreach (var (lie, tell) in lies)
        {
            at.Stub.Lie = tell;
            Assert.Equal((lie, "provider_failed"), (lie, await at.ErrorAsync()));
        }

        at.Stub.Lie = null;
        var forgeries = new Dictionary<string, Func<string, string>>
        {
            ["without a signature"] = t => t[..(t.LastIndexOf('.') + 1)],
            ["unsigned"] = t => $"{StubProvider.Encode(new JsonObject { ["alg"] = "none" })}.{t.Split('.')[1]}.",
            ["with the client's secret as a key"] = t => Hmac(t, Encoding.UTF8.GetBytes(StubProvider.ClientSecret)),
            ["with the public key as a secret"] = t => Hmac(t, at.Stub.Key.ExportSubjectPublicKeyInfo()),
            ["by a stranger"] = t => $"{t[..t.LastIndexOf('.')]}.{System.Buffers.Text.Base64Url.EncodeToString(stranger.SignData(Encoding.ASCII.GetBytes(t[..t.LastIndexOf('.')]), HashAlgorithmName.SHA256))}",
            ["with other claims"] = t => $"{t.Split('.')[0]}.{System.Buffers.Text.Base64Url.EncodeToString("{\"sub\":\"2\"}"u8)}.{t.Split('.')[2]}",
            ["of four parts"] = t => t + ".x",
            ["of nothing"] = _ => "",
            ["of no base64"] = t => t + "!",
            ["encrypted"] = _ => "a.b.c.d.e",
            ["too long"] = t => t + new string('A', 20_000),
        };
        foreach (var (forgery, forge) in forgeries)
        {
            at.Stub.Forge = forge;
            Assert.Equal((forgery, "provider_failed"), (forgery, await at.ErrorAsync()));
        }

        at.Stub.Forge = null;
        Assert.Equal(0L, await at.Database.QueryAsync("SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM user_identities) + (SELECT count(*) FROM sessions)"));
        Assert.Equal((long)(lies.Count + forgeries.Count), await at.Database.QueryAsync("""SELECT count(*) FROM audit_logs WHERE action = 'provider_sign_in_failed' AND "newValues"->>'reason' = 'provider_failed'"""));
        // So much was asked, and no more: keys are not read again for each forgery.
        Assert.Equal((1, 1), (at.Stub.Count("GET /.well-known/openid-configuration"), at.Stub.Count("GET /keys")));
        await LinkingTests.SignInAsync(at.Node, at.Stub, Ada);

        // A new key is read, once in a minute at most.
        var (before, kid) = (at.Stub.Key, at.Stub.Kid);
        (at.Stub.Key, at.Stub.Kid) = (stranger, "two");
        Assert.Equal("provider_failed", await at.ErrorAsync());
        at.Clock.Move(TimeSpan.FromSeconds(61));
        await LinkingTests.SignInAsync(at.Node, at.Stub, Ada);
        at.Stub.Kid = "../../three";
        at.Stub.Forge = t => $"{StubProvider.Encode(new JsonObject { ["alg"] = "ES256", ["kid"] = Guid.NewGuid().ToString() })}.{t.Split('.')[1]}.{t.Split('.')[2]}";
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("provider_failed", await at.ErrorAsync());
        }

        Assert.Equal(2, at.Stub.Count("GET /keys"));
        (at.Stub.Key, at.Stub.Kid) = (before, kid);

        static string Hmac(string token, byte[] key)
        {
            var text = $"{StubProvider.Encode(new JsonObject { ["alg"] = "HS256" })}.{token.Split('.')[1]}";
            return $"{text}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)))}";
        }
    }

    [Fact]
    public async Task Bar_55_an_answer_of_another_issuer_is_not_taken_to_this_one()
    {
        await using var at = await Place.NewAsync();

        foreach (var provider in new[] { "stub", "github" })
        {
            Assert.Equal("oauth_state_invalid", await at.ErrorAsync(provider, issuer: "https://evil.example"));
            Assert.Equal("oauth_state_invalid", await at.ErrorAsync(provider, issuer: ""));
        }

        Assert.Equal(0, at.Stub.Count("POST /token") + at.Stub.Count("POST /login/oauth/access_token"));
        using (var browser = new Browser(at.Node))
        {
            Assert.Contains("code", await browser.LandAsync(at.Stub.Admit(await browser.StartAsync("stub"), Ada, at.Stub.Issuer)));
        }

        // Who says that it always says it, must.
        at.Stub.Metadata = m => m["authorization_response_iss_parameter_supported"] = true;
        at.Clock.Move(TimeSpan.FromMinutes(61));
        Assert.Equal("oauth_state_invalid", await at.ErrorAsync());
    }

    [Fact]
    public async Task A_provider_that_is_slow_failing_or_endless_costs_a_moment_and_says_so()
    {
        await using var at = await Place.NewAsync();
        // What is answered, however late on a busy machine, is read; what never is, is waited for by one that soon has enough.
        await using var hasty = await at.AnotherAsync(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(async () => await KnowsAsync(hasty), "it does not come to know the provider", TimeSpan.FromSeconds(1));
        var gate = new TaskCompletionSource();
        var answers = new Dictionary<string, (Func<HttpContext, Task> Answer, string Expected)>
        {
            ["500"] = (c => Say(c, 500, "{}"), "provider_unavailable"),
            ["503"] = (c => Say(c, 503, ""), "provider_unavailable"),
            ["a broken connection"] = (c => Break(c), "provider_unavailable"),
            ["an endless answer"] = (async c => await c.Response.WriteAsync("{\"x\":\"" + new string('x', 1 << 20)), "provider_unavailable"),
            ["no answer"] = (_ => gate.Task, "provider_unavailable"),
            ["a redirect"] = (c => { c.Response.Redirect("http://169.254.169.254/latest/meta-data"); return Task.CompletedTask; }, "provider_failed"),
            ["a page"] = (c => Say(c, 200, "<html>"), "provider_failed"),
            ["nothing"] = (c => Say(c, 200, ""), "provider_failed"),
            ["null"] = (c => Say(c, 200, "null"), "provider_failed"),
            ["a list"] = (c => Say(c, 200, "[1]"), "provider_failed"),
            ["a depth"] = (c => Say(c, 200, new string('[', 5000) + new string(']', 5000)), "provider_failed"),
            ["two of one name"] = (c => Say(c, 200, """{"access_token":"a","access_token":"b","id_token":"c"}"""), "provider_failed"),
            ["no text"] = (c => Say(c, 200, """{"access_token":1,"id_token":{}}"""), "provider_failed"),
            ["400"] = (c => Say(c, 400, """{"error":"invalid_grant"}"""), "provider_failed"),
            ["an error with a line break"] = (c => Say(c, 400, "{\"error\":\"x\\r\\nforged\"}"), "provider_failed"),
        };
        foreach (var (path, provider) in new[] { ("/token", "stub"), ("/login/oauth/access_token", "github"), ("/api/user", "github"), ("/api/user/emails", "github"), ("/keys", "stub") })
        {
            foreach (var (name, (answer, expected)) in answers)
            {
                // Whoever has no address, has none: GitHub's list says so in many ways.
                var isList = path == "/api/user/emails" && name is ("nothing" or "null" or "a list" or "no text");
                at.Stub.Instead = async c =>
                {
                    if (c.Request.Path != path)
                    {
                        return false;
                    }

                    await answer(c);
                    return true;
                };
                at.Clock.Move(TimeSpan.FromSeconds(6));
                var error = await at.ErrorAsync(provider, at: name == "no answer" ? hasty : at.Node);
                Assert.True(error == (isList ? "email_not_verified" : expected), $"{path} {name}: {error}, not {expected}");
            }
        }

        gate.SetResult();
        Assert.Equal(0L, await at.Database.QueryAsync("SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM github_accounts)"));
        at.Stub.Instead = null;
        at.Clock.Move(TimeSpan.FromSeconds(6));
        await LinkingTests.SignInAsync(at.Node, at.Stub, Ada);

        async Task<bool> KnowsAsync(TestNode node)
        {
            at.Clock.Move(TimeSpan.FromSeconds(6));
            using var browser = new Browser(node);
            using var start = await browser.GetAsync($"/auth/v1/oauth/stub/start?codeChallenge={CodeChallenge.Of(browser.Verifier)}&redirectUri={Uri.EscapeDataString(Browser.App)}");
            return start.StatusCode == HttpStatusCode.Found;
        }

        static async Task Say(HttpContext context, int status, string text)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(text);
        }

        static Task Break(HttpContext context)
        {
            context.Abort();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Metadata_that_would_send_a_secret_elsewhere_is_refused_and_not_asked_for_again_at_once()
    {
        await using var at = await Place.NewAsync();
        foreach (var lie in new Action<JsonObject>[]
                 {
                     m => m["issuer"] = "https://evil.example", m => m.Remove("issuer"), m => m["token_endpoint"] = "http://evil.example/token", m => m["token_endpoint"] = "https://user@evil.example/token",
                     m => m["jwks_uri"] = "file:///etc/passwd", m => m.Remove("jwks_uri"), m => m["authorization_endpoint"] = "javascript:alert(1)", m => m["token_endpoint"] = 1,
                 })
        {
            at.Stub.Metadata = lie;
            at.Clock.Move(TimeSpan.FromSeconds(6));
            Assert.Equal("502 provider_failed", await StartAsync());
        }

        at.Stub.Instead = c =>
        {
            c.Response.StatusCode = 500;
            return Task.FromResult(true);
        };
        at.Clock.Move(TimeSpan.FromSeconds(6));
        var before = at.Stub.Asked.Count;
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => StartAsync()));
        Assert.Equal("503 provider_unavailable", Assert.Single(answers.Distinct()));
        Assert.Equal(before + 1, at.Stub.Asked.Count);

        async Task<string> StartAsync()
        {
            using var browser = new Browser(at.Node);
            return await Browser.CodeOfAsync(await browser.GetAsync($"/auth/v1/oauth/stub/start?codeChallenge={CodeChallenge.Of(browser.Verifier)}&redirectUri={Uri.EscapeDataString(Browser.App)}"));
        }
    }

    private sealed class Place : IAsyncDisposable
    {
        public required TestDatabase Database { get; init; }

        public required StubProvider Stub { get; init; }

        public required TestNode Node { get; init; }

        public required MovedClock Clock { get; init; }

        public static async Task<Place> NewAsync()
        {
            var (database, stub, clock) = (await TestNode.NewDatabaseAsync(), await StubProvider.StartAsync(), new MovedClock());
            stub.Clock = clock;
            return new Place { Database = database, Stub = stub, Node = await StartAsync(database, stub, clock, TimeSpan.FromMinutes(1)), Clock = clock };
        }

        /// <summary>Another node of the same installation.</summary>
        public Task<TestNode> AnotherAsync(TimeSpan patience) => StartAsync(Database, Stub, Clock, patience);

        private static Task<TestNode> StartAsync(TestDatabase database, StubProvider stub, MovedClock clock, TimeSpan patience) => TestNode.StartAsync(
            database,
            o =>
            {
                stub.Use(o);
                o.Identities.Patience = patience;
            },
            clock);

        public async Task<string> ErrorAsync(string provider = "stub", string? issuer = null, TestNode? at = null)
        {
            using var browser = new Browser(at ?? Node);
            var landed = await browser.LandAsync(Stub.Admit(await browser.StartAsync(provider), Ada, issuer));
            return landed.TryGetValue("error", out var error) ? error : "none";
        }

        public async ValueTask DisposeAsync()
        {
            await Node.DisposeAsync();
            await Stub.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
