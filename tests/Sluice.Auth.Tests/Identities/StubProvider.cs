using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Settings;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>A provider that does as a test says: OpenID Connect at /, GitHub's OAuth and API beside it. It is as strict as it can be with us, and lies when told.</summary>
internal sealed class StubProvider : IAsyncDisposable
{
    public const string ClientId = "sluice";
    public const string ClientSecret = "kanarie-am-provider-7731";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, (StubAccount Who, string? Nonce, string Challenge, string Callback)> codes = new();
    private readonly ConcurrentDictionary<string, StubAccount> tokens = new();
    private readonly ConcurrentDictionary<string, StubAccount> refreshTokens = new();

    private StubProvider(WebApplication app) => this.app = app;

    public string Issuer { get; private set; } = "";

    public ECDsa Key { get; set; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Kid { get; set; } = "one";

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Takes a request's place; false lets it pass.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    /// <summary>Changes the metadata, the header or the claims of an ID token before it is signed.</summary>
    public Action<JsonObject>? Metadata { get; set; }

    public Action<JsonObject, JsonObject>? Lie { get; set; }

    /// <summary>The whole ID token by another.</summary>
    public Func<string, string>? Forge { get; set; }

    /// <summary>GitHub's tokens expire after so many seconds, and have a successor; null for never.</summary>
    public int? ExpiresIn { get; set; }

    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Every token and code that it gave.</summary>
    public ConcurrentQueue<string> Secrets { get; } = [];

    /// <summary>Access tokens whose grant was taken back.</summary>
    public ConcurrentQueue<string> Revoked { get; } = [];

    public static async Task<StubProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var stub = new StubProvider(builder.Build());
        stub.app.Use(async (context, next) =>
        {
            stub.Asked.Enqueue($"{context.Request.Method} {context.Request.Path}");
            if (stub.Instead is not { } instead || !await instead(context))
            {
                await next(context);
            }
        });
        stub.Map();
        await stub.app.StartAsync();
        stub.Issuer = stub.app.Urls.First();
        return stub;
    }

    public void Use(SluiceAuthOptions o)
    {
        o.AddOpenIdConnect("stub", p => (p.Issuer, p.ClientId, p.ClientSecret) = (Issuer, ClientId, ClientSecret));
        o.AddGitHub(p => (p.Issuer, p.ApiUrl, p.ClientId, p.ClientSecret) = ($"{Issuer}/login/oauth", $"{Issuer}/api", ClientId, ClientSecret));
        o.Identities.RedirectUris.Add(Browser.App);
    }

    /// <summary>Somebody signs in here at the address that a browser was sent to.</summary>
    /// <returns>The way back.</returns>
    public Uri Admit(Uri address, StubAccount who, string? issuer = null)
    {
        var query = QueryHelpers.ParseQuery(address.Query);
        Assert.Equal(("code", ClientId, "S256"), (query["response_type"].ToString(), query["client_id"].ToString(), query["code_challenge_method"].ToString()));
        var code = New("code");
        codes[code] = (who, query.TryGetValue("nonce", out var nonce) ? nonce.ToString() : null, query["code_challenge"].ToString(), query["redirect_uri"].ToString());
        var back = new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"].ToString(), ["iss"] = issuer };
        return new Uri(QueryHelpers.AddQueryString(query["redirect_uri"].ToString(), back.Where(b => b.Value is not null)));
    }

    public int Count(string asked) => Asked.Count(a => a == asked);

    public string Sign(JsonObject header, JsonObject claims)
    {
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    public static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Key.Dispose();
    }

    private void Map()
    {
        app.MapGet("/.well-known/openid-configuration", () =>
        {
            var metadata = new JsonObject
            {
                ["issuer"] = Issuer, ["authorization_endpoint"] = $"{Issuer}/authorize", ["token_endpoint"] = $"{Issuer}/token", ["jwks_uri"] = $"{Issuer}/keys",
                ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_post"),
            };
            Metadata?.Invoke(metadata);
            return Json(metadata);
        });
        app.MapGet("/keys", () =>
        {
            var point = Key.ExportParameters(false).Q;
            return Json(new JsonObject { ["keys"] = new JsonArray(
                new JsonObject { ["kty"] = "RSA", ["kid"] = "broken", ["n"] = "!", ["e"] = "AQAB" },
                new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = Kid, ["use"] = "sig", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) }) });
        });
        app.MapPost("/token", async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync();
            if (Redeem(form) is not { } redeemed)
            {
                return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
            }

            var (who, nonce, access) = (redeemed.Who, redeemed.Nonce, NewToken(redeemed.Who));
            var header = new JsonObject { ["alg"] = "ES256", ["kid"] = Kid, ["typ"] = "JWT" };
            var now = Clock.GetUtcNow().ToUnixTimeSeconds();
            var claims = new JsonObject
            {
                ["iss"] = Issuer, ["sub"] = who.Id, ["aud"] = ClientId, ["iat"] = now, ["exp"] = now + 300, ["nonce"] = nonce, ["email"] = who.Email ?? "", ["email_verified"] = who.IsVerified, ["name"] = who.Name,
                ["at_hash"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(access)).AsSpan(0, 16)),
            };
            Lie?.Invoke(header, claims);
            var token = Sign(header, claims);
            return Json(new JsonObject { ["access_token"] = access, ["token_type"] = "Bearer", ["id_token"] = Forge is { } forge ? forge(token) : token });
        });

        app.MapPost("/login/oauth/access_token", async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync();
            var who = form["grant_type"] == "refresh_token" ? refreshTokens.TryRemove(form["refresh_token"].ToString(), out var known) && form["client_secret"] == ClientSecret ? known : null : Redeem(form)?.Who;
            if (who is null)
            {
                return Json(new JsonObject { ["error"] = form["grant_type"] == "refresh_token" ? "bad_refresh_token" : "bad_verification_code" });
            }

            var answer = new JsonObject { ["access_token"] = NewToken(who), ["token_type"] = "bearer", ["scope"] = "read:user,user:email" };
            if (ExpiresIn is { } seconds)
            {
                var refresh = New("ghr");
                refreshTokens[refresh] = who;
                (answer["expires_in"], answer["refresh_token"], answer["refresh_token_expires_in"]) = (seconds, refresh, 15_897_600);
            }

            return Json(answer);
        });
        app.MapGet("/api/user", (HttpContext context) => Bearer(context) is { } who ? Json(new JsonObject { ["id"] = JsonNode.Parse(who.Id), ["login"] = "octocat", ["name"] = who.Name }) : Results.StatusCode(401));
        app.MapGet("/api/user/emails", (HttpContext context) => Bearer(context) is { } who
            ? Results.Text(who.Emails ?? new JsonArray(
                new JsonObject { ["email"] = "second@example.com", ["primary"] = false, ["verified"] = true },
                new JsonObject { ["email"] = who.Email, ["primary"] = true, ["verified"] = who.IsVerified }).ToJsonString(), "application/json")
            : Results.StatusCode(401));
        app.MapDelete("/api/applications/{id}/grant", async (HttpContext context, string id) =>
        {
            var basic = AuthenticationHeaderValue.Parse(context.Request.Headers.Authorization.ToString()).Parameter;
            var body = JsonNode.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync())!;
            if (id != ClientId || basic != Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{ClientSecret}")))
            {
                return Results.StatusCode(401);
            }

            Revoked.Enqueue((string)body["access_token"]!);
            return Results.StatusCode(204);
        });
    }

    private (StubAccount Who, string? Nonce)? Redeem(IFormCollection form) =>
        form["client_id"] == ClientId && form["client_secret"] == ClientSecret && codes.TryRemove(form["code"].ToString(), out var given) && form["redirect_uri"] == given.Callback
        && Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == given.Challenge
            ? (given.Who, given.Nonce)
            : null;

    private StubAccount? Bearer(HttpContext context) => tokens.GetValueOrDefault(context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal));

    private string NewToken(StubAccount who)
    {
        var token = New("gho");
        tokens[token] = who;
        return token;
    }

    private string New(string kind)
    {
        var secret = $"{kind}_kanarie{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        Secrets.Enqueue(secret);
        return secret;
    }

    private static IResult Json(JsonObject json) => Results.Text(json.ToJsonString(), "application/json");
}

/// <param name="Id">The subject; at GitHub a number, as JSON.</param>
/// <param name="Emails">GitHub's whole answer of addresses, where it is another than one would think.</param>
internal sealed record StubAccount(string Id, string? Email, bool IsVerified = true, string? Name = "Ada", string? Emails = null);
