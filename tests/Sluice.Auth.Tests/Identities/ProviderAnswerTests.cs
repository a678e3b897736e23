using System.Net;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>What the routes of provider sign-in answer when a provider, the database, or the caller is not as it must be.</summary>
public sealed class ProviderAnswerTests
{
    [Fact]
    public async Task A_provider_that_is_away_or_lies_is_told_to_who_begins_a_sign_in_or_a_link()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, stub.Use, clock);
        var ada = await node.RegisterAsync();
        await LinkingTests.ConfirmAsync(database, "ada@example.com");
        using var browser = new Browser(node);
        var to = $"redirectUri={Uri.EscapeDataString(Browser.App)}";

        Assert.Equal("404 not_found", await LinkAsync("gitlab", to));
        Assert.Equal("400 redirect_not_allowed", await LinkAsync("stub", "redirectUri=https%3A%2F%2Fevil.example%2F"));
        Assert.Equal("400 invalid_request", await LinkAsync("stub", $"{to}&state=%0d%0a"));
        stub.Metadata = m => m["issuer"] = "https://evil.example";
        await BothAsync("502 provider_failed");
        stub.Instead = c =>
        {
            c.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        await BothAsync("503 provider_unavailable");

        async Task BothAsync(string expected)
        {
            Assert.Equal(expected, await Browser.CodeOfAsync(await browser.GetAsync($"/auth/v1/oauth/stub/start?{to}&codeChallenge={Sluice.Auth.Identities.CodeChallenge.Of(browser.Verifier)}")));
            Assert.Equal(expected, await LinkAsync("stub", to));
            // It is not asked again for some seconds.
            clock.Move(TimeSpan.FromSeconds(6));
        }

        async Task<string> LinkAsync(string provider, string query) => await Browser.CodeOfAsync(await browser.GetAsync($"/auth/v1/me/identities/{provider}/link?{query}", ada.Access));
    }

    [Fact]
    public async Task Who_comes_back_or_exchanges_too_often_waits()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            o.RateLimits.SignInsPerClient = new RateLimit(2, TimeSpan.FromDays(1));
        });
        using var browser = new Browser(node);
        var back = stub.Admit(await browser.StartAsync("stub"), new StubAccount("1", "ada@example.com"));

        Assert.Equal("400 invalid_code", await Browser.CodeOfAsync(await browser.ExchangeAsync(RandomToken.New())));
        Assert.Contains("code", (await browser.LandAsync(back)).Keys);
        Assert.Equal("429 too_many_requests", await Browser.CodeOfAsync(await browser.ReturnAsync(back)));
        Assert.Equal("429 too_many_requests", await Browser.CodeOfAsync(await browser.ExchangeAsync(RandomToken.New())));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task Without_the_database_nobody_is_signed_in_by_a_provider_and_the_browser_hears_why()
    {
        var cluster = await TestCluster.StartThrowAwayAsync();
        var server = cluster.Connection();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(
            $"postgresql://{server.Username}:{Uri.EscapeDataString(server.Password ?? "")}@{server.Host}:{server.Port}/postgres",
            o =>
            {
                stub.Use(o);
                o.MigrateOnStart = true;
            });
        using var browser = new Browser(node);
        var back = stub.Admit(await browser.StartAsync("stub"), new StubAccount("1", "ada@example.com"));
        await cluster.StopAsync();

        Assert.Equal("503 unavailable", await Browser.CodeOfAsync(await browser.ReturnAsync(back)));
        Assert.Equal("503 unavailable", await Browser.CodeOfAsync(await browser.ExchangeAsync(RandomToken.New())));
        // Its code is not spent at the provider for nothing.
        Assert.Equal(0, stub.Count("POST /token"));
        using var start = await browser.GetAsync($"/auth/v1/oauth/stub/start?redirectUri={Uri.EscapeDataString(Browser.App)}&codeChallenge={Sluice.Auth.Identities.CodeChallenge.Of(browser.Verifier)}");
        Assert.Equal(HttpStatusCode.Found, start.StatusCode);
    }
}
