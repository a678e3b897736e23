using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Sluice.Auth.Accounts;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Provider;

/// <summary>What the routes of the authorization server answer when it is not what was wished for.</summary>
public sealed class EveryAnswerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sign_in_that_fails_stays_on_the_page_and_its_status_says_why()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database, more: o => o.RateLimits.SignInsPerClient = new RateLimit(6, TimeSpan.FromDays(1)));
        await node.RegisterAsync();
        await node.RegisterAsync("eve@example.com");
        await node.Get<AccountAdministration>().RequirePasswordChangeAsync("eve@example.com", cancellation: Cancellation);
        var own = Application.Own(node);
        using var browser = new Browser(node);

        foreach (var (expected, said, typed) in new (HttpStatusCode, string, (string, string)[])[]
                 {
                     (HttpStatusCode.Unauthorized, "role=\"alert\"", [("identifier", "ada@example.com"), ("password", "a wrong evening at home")]),
                     (HttpStatusCode.Unauthorized, "role=\"alert\"", [("identifier", "nobody@example.com"), ("password", TestNode.Password)]),
                     (HttpStatusCode.Forbidden, "name=\"newPassword\"", [("identifier", "eve@example.com"), ("password", TestNode.Password)]),
                     (HttpStatusCode.UnprocessableEntity, "name=\"newPassword\"", [("identifier", "eve@example.com"), ("password", TestNode.Password), ("newPassword", "short")]),
                     (HttpStatusCode.SeeOther, "", [("identifier", "eve@example.com"), ("password", TestNode.Password), ("newPassword", "another evening, elsewhere")]),
                 })
        {
            var seen = await browser.PressAsync(await browser.OpenAsync(own.Address(("prompt", "login"))), "sign-in", typed);
            Assert.True(expected == seen.Status, $"{seen.Status} instead of {expected}: {seen.Html}");
            Assert.Contains(said, seen.Html, StringComparison.Ordinal);
        }

        await browser.PressAsync(await browser.OpenAsync(own.Address(("prompt", "login"))), "sign-in", ("identifier", "ada@example.com"), ("password", "wrong"));
        var limited = await browser.PressAsync(await browser.OpenAsync(own.Address(("prompt", "login"))), "sign-in", ("identifier", "ada@example.com"), ("password", TestNode.Password));
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.Status);
        Assert.Contains("role=\"alert\"", limited.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_form_of_ours_is_answered_by_a_page_and_a_clients_own_form_is_shown_as_an_address()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        var shop = Application.Shop(node);
        using var browser = new Browser(node);

        foreach (var path in new[] { "authorize", "end-session" })
        {
            var json = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/auth/v1/oauth2/{path}") { Content = new StringContent("{}", new MediaTypeHeaderValue("application/json")) }, "");
            Assert.Equal((HttpStatusCode.BadRequest, null), (json.Status, json.Location));
            var form = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/auth/v1/oauth2/{path}") { Content = new FormUrlEncodedContent([new("client_id", shop.Id), new("state", "a b")]) }, "");
            Assert.Equal((HttpStatusCode.SeeOther, $"/auth/v1/oauth2/{path}?client_id=shop&state=a%20b"), (form.Status, form.Location));
        }

        var foreign = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, shop.Address().Replace("client_id=shop", "client_id=nobody", StringComparison.Ordinal)) { Content = new FormUrlEncodedContent([new("step", "sign-in")]) }, "");
        Assert.Equal((HttpStatusCode.BadRequest, null), (foreign.Status, foreign.Location));
    }

    [Fact]
    public async Task A_token_without_openid_tells_nothing_of_its_user_however_it_is_asked()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        await node.RegisterAsync();
        var shop = Application.Shop(node);
        using var browser = new Browser(node);
        var told = await shop.SignInAsync(browser);
        var narrow = await shop.SignInAsync(browser, other: ("scope", "orders.read"));

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            Assert.Equal("200 ", await AskAsync(method, told.Access));
            Assert.Equal("403 insufficient_scope", await AskAsync(method, narrow.Access));
            Assert.Equal("401 invalid_token", await AskAsync(method, narrow.Refresh));
            Assert.Equal("401 invalid_token", await AskAsync(method, null));
        }

        async Task<string> AskAsync(HttpMethod method, string? token)
        {
            using var response = await node.SendAsync(method, "oauth2/userinfo", token);
            return $"{(int)response.StatusCode} {JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["code"]}";
        }
    }

    [Fact]
    public async Task Where_too_many_passwords_are_hashed_at_once_a_page_says_so()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database, more: o => (o.Passwords.ParallelHashes, o.Passwords.WaitingHashes) = (1, 0));
        using var browser = new Browser(node);
        var page = await browser.OpenAsync(Application.Own(node).Address());

        await BusyAsync(node, Browser.Form(page, "sign-in", ("identifier", "nobody@example.com"), ("password", TestNode.Password)), browser);
    }

    [Fact]
    public async Task Without_the_database_every_route_of_the_server_says_so()
    {
        var cluster = await TestCluster.StartThrowAwayAsync();
        var server = cluster.Connection();
        await using var node = await TestNode.StartAsync(
            $"postgresql://{server.Username}:{Uri.EscapeDataString(server.Password ?? "")}@{server.Host}:{server.Port}/postgres",
            o =>
            {
                Application.Configure(o);
                o.MigrateOnStart = true;
            });
        var ada = await node.RegisterAsync();
        var shop = Application.Shop(node);
        using var browser = new Browser(node);
        var granted = await shop.SignInAsync(browser);
        var consent = await browser.OpenAsync(shop.Address(("prompt", "consent")));
        var leaving = await browser.OpenAsync("/auth/v1/oauth2/end-session");
        await cluster.StopAsync();

        foreach (var request in new[]
                 {
                     new HttpRequestMessage(HttpMethod.Get, shop.Address()), Browser.Form(consent, "allow"), new HttpRequestMessage(HttpMethod.Get, "/auth/v1/oauth2/end-session"), Browser.Form(leaving, "sign-out"),
                     With(granted.Access, HttpMethod.Get, "oauth2/userinfo"), With(granted.Access, HttpMethod.Post, "oauth2/userinfo"), With(ada.Access, HttpMethod.Get, "me/consents"), With(ada.Access, HttpMethod.Delete, "me/consents/shop"),
                 })
        {
            Assert.Equal((request.RequestUri!.OriginalString, "503 unavailable"), (request.RequestUri.OriginalString, await AnswerAsync(node, request, browser)));
        }

        static HttpRequestMessage With(string token, HttpMethod method, string path)
        {
            var request = new HttpRequestMessage(method, $"/auth/v1/{path}");
            request.Headers.Authorization = new("Bearer", token);
            return request;
        }
    }

    /// <summary>While the one hash that is allowed at a time is another's, and takes long.</summary>
    internal static async Task BusyAsync(TestNode node, HttpRequestMessage request, Browser? browser = null)
    {
        var other = node.Get<HashingGate>().VerifyAsync(TestNode.Password, "$2b$14$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi", Cancellation);
        var said = await AnswerAsync(node, request, browser);
        Assert.False(other.IsCompleted, "the other hash was too quick");
        Assert.StartsWith("503 ", said, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", said, StringComparison.Ordinal);
        await other;
    }

    private static async Task<string> AnswerAsync(TestNode node, HttpRequestMessage request, Browser? browser)
    {
        using (request)
        {
            request.Headers.Add("Cookie", string.Join("; ", (browser?.Cookies ?? []).Select(c => $"{c.Key}={c.Value}").DefaultIfEmpty("none=")));
            using var response = await node.Client.SendAsync(request, Cancellation);
            var said = await response.Content.ReadAsStringAsync(Cancellation);
            return $"{(int)response.StatusCode} {(response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? JsonNode.Parse(said)!["code"] : said)}";
        }
    }
}
