using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Provider;

/// <summary>A client of the authorization server, as a test plays it.</summary>
internal sealed record Application(TestNode Node, string Id, string? Secret, string RedirectUri)
{
    public const string OwnUri = "https://app.example.com/callback?kept=1";
    public const string ShopUri = "https://shop.example.com/signed-in";
    public const string PhoneUri = "http://127.0.0.1/signed-in";
    public const string After = "https://shop.example.com/signed-out";
    private const string TheSecret = "s3cr+t/of=thes%clients";

    public string Verifier { get; init; } = RandomToken.New();

    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>The installation's own, with a secret.</summary>
    public static Application Own(TestNode node) => new(node, "own", TheSecret, OwnUri);

    /// <summary>Somebody else's, with a secret.</summary>
    public static Application Shop(TestNode node) => new(node, "shop", TheSecret, ShopUri);

    /// <summary>Somebody else's, in a browser.</summary>
    public static Application Page(TestNode node) => new(node, "page", null, "https://page.example.com/");

    /// <summary>The installation's own, on a device.</summary>
    public static Application Phone(TestNode node) => new(node, "phone", null, "http://127.0.0.1:51234/signed-in");

    public static Task<TestNode> StartAsync(TestDatabase database, TimeProvider? clock = null, Action<SluiceAuthOptions>? more = null) => TestNode.StartAsync(
        database,
        o =>
        {
            Configure(o);
            more?.Invoke(o);
        },
        clock);

    public static void Configure(SluiceAuthOptions o)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(TheSecret)));
        o.Clients.Add(new ClientOptions { Id = "own", SecretSha256 = hash, FirstParty = true, RedirectUris = { OwnUri, OwnUri.Split('?')[0] } });
        o.Clients.Add(new ClientOptions
        {
            Id = "shop", Name = "The <Shop>", SecretSha256 = hash, RedirectUris = { ShopUri }, PostLogoutRedirectUris = { After }, Scopes = { "openid", "profile", "email", "orders.read" },
        });
        o.Clients.Add(new ClientOptions { Id = "page", RedirectUris = { "https://page.example.com/" }, GrantTypes = { "authorization_code" } });
        o.Clients.Add(new ClientOptions { Id = "phone", FirstParty = true, Native = true, RedirectUris = { PhoneUri, "com.example.phone:/signed-in" } });
        o.Clients.Add(new ClientOptions { Id = "nightly", SecretSha256 = hash, FirstParty = true, GrantTypes = { "client_credentials" }, Scopes = { "orders.read", "orders.write" } });
        o.Clients.Add(new ClientOptions { Id = "service", SecretSha256 = hash });
        o.Tokens.RevocationPoll = TimeSpan.FromHours(1);
    }

    public string Address(params (string Name, string? Value)[] other)
    {
        var members = new Dictionary<string, string?>
        {
            ["response_type"] = "code", ["client_id"] = Id, ["redirect_uri"] = RedirectUri, ["scope"] = "openid profile email", ["state"] = "the state & more", ["nonce"] = "the nonce",
            ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in other)
        {
            members[name] = value;
        }

        return "/auth/v1/oauth2/authorize?" + string.Join('&', members.Where(m => m.Value is not null).Select(m => $"{m.Key}={Uri.EscapeDataString(m.Value!)}"));
    }

    /// <summary>All that a person does until the application has a code.</summary>
    public async Task<string> CodeAsync(Browser browser, string email = "ada@example.com", params (string Name, string? Value)[] other)
    {
        var seen = await browser.OpenAsync(Address(other));
        if (seen.Html.Contains("value=\"sign-in\"", StringComparison.Ordinal))
        {
            seen = await browser.PressAsync(seen, "sign-in", ("identifier", email), ("password", TestNode.Password));
        }

        if (seen.Html.Contains("value=\"allow\"", StringComparison.Ordinal))
        {
            seen = await browser.PressAsync(seen, "allow");
        }

        Assert.Equal(HttpStatusCode.SeeOther, seen.Status);
        Assert.StartsWith(RedirectUri, seen.Location, StringComparison.Ordinal);
        Assert.Equal(("the state & more", TestNode.Issuer), (seen.Told("state"), seen.Told("iss")));
        return Assert.IsType<string>(seen.Told("code"));
    }

    public async Task<Granted> SignInAsync(Browser browser, string email = "ada@example.com", params (string Name, string? Value)[] other) => await ExchangeAsync(await CodeAsync(browser, email, other));

    public Task<Granted> ExchangeAsync(string code, params (string Name, string? Value)[] other)
    {
        var members = new Dictionary<string, string?> { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = RedirectUri, ["code_verifier"] = Verifier };
        foreach (var (name, value) in other)
        {
            members[name] = value;
        }

        return TokenAsync([.. members.Select(m => (m.Key, m.Value))]);
    }

    public Task<Granted> RefreshAsync(string token, string? scope = null) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope));

    public Task<Granted> TokenAsync(params (string Name, string? Value)[] form) => PostAsync("oauth2/token", form);

    public async Task<Granted> PostAsync(string path, params (string Name, string? Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/auth/v1/{path}");
        var members = form.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Name, f.Value!));
        request.Headers.Authorization = Secret is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Id}:{Secret}")));
        request.Content = new FormUrlEncodedContent(Secret is null ? members.Append(KeyValuePair.Create("client_id", Id)) : members);
        using var response = await Node.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode < 500, text);
        return new Granted(response.StatusCode, text.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(text)!);
    }

    public async Task<HttpStatusCode> UserInfoStatusAsync(string token) => (await SayAsync(token)).Status;

    public async Task<Granted> SayAsync(string token)
    {
        using var response = await Node.SendAsync(HttpMethod.Get, "oauth2/userinfo", token);
        return new Granted(response.StatusCode, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }
}

/// <summary>What the server answered a client.</summary>
internal sealed record Granted(HttpStatusCode Status, Dictionary<string, JsonElement> Members)
{
    public string Access => Text("access_token");

    public string Refresh => Text("refresh_token");

    public string Error => Members.TryGetValue("error", out var error) ? error.GetString()! : $"{Status}";

    public string Text(string name) => Members.TryGetValue(name, out var value) ? value.GetString()! : throw new InvalidOperationException($"{Status} {string.Join(' ', Members)}");

    public Dictionary<string, JsonElement> Claims(string name) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Base64Url.DecodeFromChars(Text(name).Split('.')[1]))!;
}
