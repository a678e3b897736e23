using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Sessions;

/// <summary>The refresh token in a cookie, and who may use it.</summary>
public sealed class RefreshCookieTests
{
    private const string Login = """{"identifier":"ada@example.com","password":"a quiet evening at home"}""";
    private const string Friend = "https://app.example.com";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_61_the_refresh_token_lives_in_a_cookie_that_no_script_reads_and_in_no_answer()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Cookies.Enabled = true);
        using var registered = await SendAsync(node, "register", """{"email":"ada@example.com","password":"a quiet evening at home"}""");
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var first = await CookieAsync(registered);
        using var signedIn = await SendAsync(node, "login", Login);
        var cookie = await CookieAsync(signedIn);

        using var refreshed = await SendAsync(node, "token/refresh", "{}", cookie);

        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        var next = await CookieAsync(refreshed);
        Assert.Equal(3, new[] { first, cookie, next }.Distinct().Count());
        using var json = JsonDocument.Parse(await refreshed.Content.ReadAsStringAsync(Cancellation));
        using var logout = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/logout");
        logout.Headers.Authorization = new("Bearer", json.RootElement.GetProperty("accessToken").GetString());
        logout.Headers.Add("Cookie", next);
        using var ended = await node.Client.SendAsync(logout, Cancellation);
        Assert.StartsWith("__Host-sluice-refresh=; max-age=0; path=/; secure; samesite=strict; httponly", Assert.Single(ended.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        using var late = await SendAsync(node, "token/refresh", "{}", next);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.Contains("max-age=0", Assert.Single(late.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "application/json", 403)]
    [InlineData("https://evil.example", "cross-site", "application/json", 403)]
    [InlineData("https://evil.example", "cross-site", "text/plain", 403)]
    [InlineData("https://evil.example", "cross-site", "application/x-www-form-urlencoded", 403)]
    [InlineData("https://auth.example.com.evil.example", null, "application/json", 403)]
    [InlineData("https://auth.example.com", null, "text/plain", 403)]
    [InlineData(null, "same-origin", "application/x-www-form-urlencoded", 403)]
    [InlineData("null", "cross-site", "application/json", 403)]
    [InlineData("https://other.example.com", "same-site", "application/json", 403)]
    [InlineData("https://auth.example.com", null, "application/json", 200)]
    [InlineData(null, "same-origin", "application/json", 200)]
    [InlineData(Friend, "same-site", "application/json", 200)]
    public async Task Bar_61_the_cookie_is_for_our_own_pages_and_for_what_no_form_can_send(string? origin, string? site, string type, int expected)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            o.Cookies.Enabled = true;
            o.Cookies.Origins.Add(Friend);
        });
        using var registered = await SendAsync(node, "register", """{"email":"ada@example.com","password":"a quiet evening at home"}""");
        var cookie = await CookieAsync(registered);

        using var refreshed = await SendAsync(node, "token/refresh", "{}", cookie, origin, site, type);
        using var signedIn = await SendAsync(node, "login", Login, null, origin, site, type);

        Assert.Equal((expected, expected), ((int)refreshed.StatusCode, (int)signedIn.StatusCode));
        Assert.Equal(expected == 200, signedIn.Headers.Contains("Set-Cookie"));
        foreach (var response in new[] { refreshed, signedIn })
        {
            Assert.Equal(origin == Friend ? Friend : null, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null);
            Assert.Equal(origin == Friend, response.Headers.Contains("Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task A_client_that_is_no_browser_keeps_its_token_itself()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Cookies.Enabled = true);
        var ada = await SignedIn.OfAsync(await node.PostAsync("register?useCookies=false", new { email = "ada@example.com", password = TestNode.Password }), HttpStatusCode.Created);

        using var response = await node.PostAsync("token/refresh?useCookies=false", new { refreshToken = ada.Refresh });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData(Friend, Friend)]
    [InlineData("https://evil.example", null)]
    public async Task Bar_61_only_the_origins_that_were_named_are_answered_before_a_request(string origin, string? allowed)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Cookies.Origins.Add(Friend));
        using var request = new HttpRequestMessage(HttpMethod.Options, "/auth/v1/login");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");

        using var response = await node.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) ? origins.Single() : null);
        Assert.Contains("Origin", response.Headers.Vary);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("http://app.example.com")]
    [InlineData("null")]
    public async Task Bar_61_an_origin_that_is_none_is_said_at_start(string origin)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestNode.StartAsync(database, o => o.Cookies.Origins.Add(origin)));
        Assert.Contains($"Cookies.Origins has `{origin}`", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        TestNode node, string path, string body, string? cookie = null, string? origin = TestNode.Issuer, string? site = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/auth/v1/{path}") { Content = new StringContent(body, Encoding.UTF8, type) };
        foreach (var (name, value) in new[] { ("Cookie", cookie), ("Origin", origin), ("Sec-Fetch-Site", site) }.Where(h => h.Item2 is not null))
        {
            request.Headers.Add(name, value);
        }

        return await node.Client.SendAsync(request, Cancellation);
    }

    // As a browser sends it back; and nothing of it in the body.
    private static async Task<string> CookieAsync(HttpResponseMessage response)
    {
        var set = Assert.Single(response.Headers.GetValues("Set-Cookie"), c => c.StartsWith("__Host-sluice-refresh=", StringComparison.Ordinal));
        Assert.Matches("^__Host-sluice-refresh=[A-Za-z0-9_-]{43}; max-age=2592000; path=/; secure; samesite=strict; httponly$", set);
        Assert.DoesNotContain("refreshToken", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        return set.Split(';')[0];
    }
}
