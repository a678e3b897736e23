using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Tokens;

/// <summary>Another service, which accepts the tokens and has no database.</summary>
public sealed class ResourceServerTests
{
    private const string Secret = "a secret of this test that is long enough";

    [Theory, InlineData("ES256"), InlineData("RS256"), InlineData("HS256")]
    public async Task Another_service_accepts_the_tokens_by_the_published_keys_or_the_shared_secret(string algorithm)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = (algorithm, Secret));
        var ada = await node.RegisterAsync();

        await using var service = await StartAsync(o =>
        {
            o.KeySetUrl = new Uri(node.Client.BaseAddress!, "/.well-known/jwks.json").ToString();
            o.HmacSecret = algorithm == "HS256" ? Secret : "";
        });

        await Wait.UntilAsync(async () => await AskAsync(service, ada.Access) == HttpStatusCode.OK, "the service does not accept the token");

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, ada.Access[..^8] + "AAAAAAAA"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, ada.Refresh));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, null));
    }

    [Fact]
    public async Task A_token_for_another_service_is_refused()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = ("HS256", Secret));
        var ada = await node.RegisterAsync();
        await using var service = await StartAsync(o => (o.HmacSecret, o.Audience) = (Secret, "https://other.example.com"));
        await using var ours = await StartAsync(o => o.HmacSecret = Secret);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(ours, ada.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, ada.Access));
    }

    [Fact]
    public async Task While_the_keys_cannot_be_read_nothing_is_accepted()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync();
        await using var service = await StartAsync(o => o.KeySetUrl = new Uri(node.Client.BaseAddress!, "/mine").ToString());

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, ada.Access));
        Assert.Empty(service.Services.GetRequiredService<KeyRing>().Keys);
    }

    [Fact]
    public async Task Bar_30_a_token_of_an_unknown_key_makes_a_service_ask_nobody()
    {
        var asked = 0;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var keys = builder.Build();
        keys.Urls.Add("http://127.0.0.1:0");
        keys.MapGet("/keys", () => Interlocked.Increment(ref asked) > 0 ? Results.Text("""{"keys":[]}""", "application/json") : Results.NotFound());
        await keys.StartAsync();
        await using var service = await StartAsync(o => o.KeySetUrl = $"{keys.Urls.Single()}/keys");
        await Wait.UntilAsync(() => Volatile.Read(ref asked) > 0, "the service does not read the keys");

        var before = Volatile.Read(ref asked);
        foreach (var kid in Enumerable.Range(0, 50).Select(i => $"unknown-{i}").Append("a\r\nfail: forged line").Append("../../etc/passwd"))
        {
            var header = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = kid }));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, $"{header}.e30.{new string('A', 86)}"));
        }

        Assert.Equal(before, Volatile.Read(ref asked));
    }

    [Fact]
    public async Task Bar_49_a_service_knows_aal2_as_well()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = ("HS256", Secret), clock);
        var ada = await node.RegisterAsync();
        await using var service = await StartAsync(o => o.HmacSecret = Secret);

        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(service, ada.Access, "/aal2"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, (await App.OfAsync(node, clock, ada)).Session.Access, "/aal2"));
    }

    [Fact]
    public void What_is_not_set_is_said_with_what_to_set()
    {
        var said = string.Join('\n', new TokensOptionsCheck().Validate(null, new SluiceTokensOptions { HmacSecret = "hunter2", KeySetUrl = "file:///etc/passwd" }).Failures!);

        Assert.DoesNotContain("hunter2", said, StringComparison.Ordinal);
        Assert.All(["Issuer", "Audience", "HmacSecret", "KeySetUrl"], word => Assert.Contains(word, said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://auth.example.com", "", "Issuer")]
    [InlineData("https://auth.example.com", "http://auth.internal/keys", "KeySetUrl")]
    [InlineData("https://auth.example.com", "https://auth.internal/keys", null)]
    [InlineData("http://localhost:5000", "http://127.0.0.1:5000/keys", null)]
    public void Keys_come_in_the_clear_from_this_machine_only(string issuer, string keys, string? wrong)
    {
        var said = new TokensOptionsCheck().Validate(null, new SluiceTokensOptions { Issuer = issuer, KeySetUrl = keys, Audience = "api", Revocation = { KeepInPostgres = true } }).Failures ?? [];

        Assert.Equal(wrong is null ? [] : [wrong], said.Select(s => s.Split(' ')[0]));
    }

    private static async Task<WebApplication> StartAsync(Action<SluiceTokensOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSluiceTokens(o =>
        {
            o.Issuer = TestNode.Issuer;
            o.Audience = TestNode.Audience;
            configure(o);
        });
        var app = builder.Build();
        app.MapGet("/", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireAuthorization();
        app.MapGet("/aal2", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireAuthorization("aal2");
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpStatusCode> AskAsync(WebApplication service, string? token, string path = "/")
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, service.Urls.First() + path);
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
