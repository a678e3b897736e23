using System.Net;
using System.Text.Json;
using Sluice.Auth.AllowList;
using Sluice.Auth.Identities;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>Sign-in with a real OpenID provider, in a browser of the test's own, and what does not get through it.</summary>
public sealed class OpenIdSignInTests
{
    [Fact]
    public async Task Bar_55_somebody_signs_in_with_a_real_provider_and_comes_again()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var provider = await OpenIdServer.StartAsync("google");
        await using var node = await TestNode.StartAsync(database, o => provider.Use(o, "google"));
        await provider.SetAsync("7", "Ada@Example.com", isVerified: true);
        using var browser = new Browser(node);

        var address = await browser.StartAsync("google", state: "where I was");
        Assert.Contains("code_challenge_method=S256", address.Query, StringComparison.Ordinal);
        var landed = await browser.LandAsync(await browser.AtProviderAsync(address, "7"));
        Assert.Equal(("code state", "where I was"), (string.Join(" ", landed.Keys.Order()), landed["state"]));
        Assert.Null(browser.Cookie);
        var first = await browser.SessionAsync(landed["code"]);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(first.Access));
        Assert.Equal(("fed", "aal1"), (Amr(first), first.Claim("aal")));

        // The same person, whose address at the provider is another by now.
        await provider.SetAsync("7", "ada@elsewhere.example", isVerified: false);
        var again = await SignInAsync(browser, "7");
        Assert.Equal(first.UserId, again.UserId);

        Assert.Equal("ada@example.com Ada Lovelace t null", await database.QueryAsync("""SELECT concat(email, ' ', name, ' ', "emailVerified" IS NOT NULL, ' ', COALESCE("passwordHash", 'null')) FROM users"""));
        Assert.Equal($"google {provider.Issuer} 7 ada@elsewhere.example", await database.QueryAsync("SELECT concat(provider, ' ', issuer, ' ', subject, ' ', email) FROM user_identities"));
        Assert.Equal("login login login_new_client register", await database.QueryAsync("SELECT string_agg(action, ' ' ORDER BY action) FROM audit_logs"));
        Assert.Equal(0L, await database.QueryAsync("""SELECT count(*) FROM provider_sign_ins WHERE "codeHash" IS NOT NULL"""));
        using var refused = await browser.ReturnAsync(await browser.AtProviderAsync(await browser.StartAsync("google"), account: null));
        // The provider has a session for the browser, so that it comes back at once; without one it says no.
        Assert.Equal(HttpStatusCode.Found, refused.StatusCode);
        using var stranger = new Browser(node);
        Assert.Equal("access_denied", (await stranger.LandAsync(await stranger.AtProviderAsync(await stranger.StartAsync("google"), account: null)))["error"]);
    }

    [Fact]
    public async Task Bar_57_by_Google_nobody_gets_an_account_or_a_session_who_is_not_on_the_allow_list()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var provider = await OpenIdServer.StartAsync("google");
        await using var node = await TestNode.StartAsync(database, o =>
        {
            provider.Use(o, "google");
            o.AllowList.Enabled = true;
        });
        var list = node.Get<AllowListAdministration>();
        await list.AllowAsync("@elsewhere.net");
        await provider.SetAsync("7", "Ada@Example.com", isVerified: true);
        await provider.SetAsync("8", "eve@elsewhere.net", isVerified: false);

        Assert.Equal("sign_in_refused", (await LandAsync(node, "7"))["error"]);
        // Google knows no confirmed address: the list is not even asked.
        Assert.Equal("email_not_verified", (await LandAsync(node, "8"))["error"]);
        Assert.Equal("0 0 0 0", await database.QueryAsync("SELECT concat((SELECT count(*) FROM users), ' ', (SELECT count(*) FROM user_identities), ' ', (SELECT count(*) FROM sessions), ' ', (SELECT count(*) FROM email_logs))"));

        await list.AllowAsync("ada@example.com");
        using var browser = new Browser(node);
        var ada = await SignInAsync(browser, "7");
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        using var other = new Browser(node);
        var waiting = (await other.LandAsync(await other.AtProviderAsync(await other.StartAsync("google"), "7")))["code"];

        // Whoever is taken off has had the last session: neither a code of before opens one, nor does coming again.
        await list.RemoveAsync("ada@example.com");
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ada.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(ada.Refresh));
        Assert.Equal("403 sign_in_refused", await Browser.CodeOfAsync(await other.ExchangeAsync(waiting)));
        Assert.Equal("sign_in_refused", (await LandAsync(node, "7"))["error"]);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task Bar_55_a_state_is_of_one_browser_one_provider_ten_minutes_and_one_time()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, stub.Use, clock);
        using var browser = new Browser(node);
        var ada = new StubAccount("1", "ada@example.com");

        var back = stub.Admit(await browser.StartAsync("stub"), ada);
        var cookie = browser.Cookie;
        Assert.NotNull(cookie);

        // Another browser: with no cookie, with one of its own, with one that was made up, with one that was changed.
        using var other = new Browser(node);
        await RefusedAsync(other, back);
        await other.StartAsync("stub");
        await RefusedAsync(other, back);
        foreach (var made in new[] { "x", "AAAA", new string('A', 3000), new string('A', 5000), $"{cookie[..^2]}{(cookie[^2] == 'A' ? 'B' : 'A')}{cookie[^1]}", "%00%ff", "" })
        {
            other.Cookie = made;
            await RefusedAsync(other, back);
        }

        // Another provider's callback, no state, another state, two states.
        await RefusedAsync(browser, new Uri(back.AbsoluteUri.Replace("/stub/", "/github/", StringComparison.Ordinal)));
        await RefusedAsync(browser, new Uri(back.AbsoluteUri.Replace("state=", "stat=", StringComparison.Ordinal)));
        await RefusedAsync(browser, new Uri(back.AbsoluteUri + "A"));
        await RefusedAsync(browser, new Uri(back.AbsoluteUri + "&state=A"));
        Assert.Equal(0, stub.Count("POST /token"));

        // At the same moment, with the same cookie: one.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var same = new Browser(node) { Cookie = cookie };
            using var response = await same.ReturnAsync(back);
            return response.StatusCode;
        }));
        Assert.Equal((1, 7), (answers.Count(a => a == HttpStatusCode.Found), answers.Count(a => a == HttpStatusCode.BadRequest)));
        Assert.Equal(1, stub.Count("POST /token"));

        browser.Cookie = null;
        var late = stub.Admit(await browser.StartAsync("stub"), ada);
        clock.Move(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        await RefusedAsync(browser, late);
        Assert.Equal(1, stub.Count("POST /token"));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions"));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM users"));

        async Task RefusedAsync(Browser at, Uri to)
        {
            var kept = at.Cookie;
            Assert.Equal("400 oauth_state_invalid", await Browser.CodeOfAsync(await at.ReturnAsync(to)));
            at.Cookie = kept;
        }
    }

    [Fact]
    public async Task Bar_55_a_code_is_for_its_verifier_once_and_for_a_minute()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, stub.Use, clock);
        using var browser = new Browser(node);
        var ada = new StubAccount("1", "ada@example.com");

        var code = await CodeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await browser.ExchangeAsync(code);
            return response.StatusCode;
        }));
        Assert.Equal((1, 7), (answers.Count(a => a == HttpStatusCode.OK), answers.Count(a => a == HttpStatusCode.BadRequest)));

        // A verifier that is not its own uses the code up.
        code = await CodeAsync();
        var verifier = browser.Verifier;
        browser.Verifier = new string('a', 43);
        Assert.Equal("400 invalid_code", await Browser.CodeOfAsync(await browser.ExchangeAsync(code)));
        browser.Verifier = verifier;
        Assert.Equal("400 invalid_code", await Browser.CodeOfAsync(await browser.ExchangeAsync(code)));

        code = await CodeAsync();
        clock.Move(TimeSpan.FromSeconds(61));
        Assert.Equal("400 invalid_code", await Browser.CodeOfAsync(await browser.ExchangeAsync(code)));
        foreach (var none in new[] { "", "x", new string('A', 43), new string('A', 100_000) })
        {
            Assert.Equal("400 invalid_code", await Browser.CodeOfAsync(await browser.ExchangeAsync(none)));
        }

        // Who may not sign in any more meanwhile does not.
        code = await CodeAsync();
        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM provider_sign_ins s WHERE s::text LIKE '%{code}%'"));
        await database.ExecuteAsync("""UPDATE users SET "isActive" = false""");
        Assert.Equal("403 sign_in_refused", await Browser.CodeOfAsync(await browser.ExchangeAsync(code)));
        Assert.Equal("sign_in_refused", (await browser.LandAsync(stub.Admit(await browser.StartAsync("stub"), ada)))["error"]);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM sessions"));

        async Task<string> CodeAsync() => (await browser.LandAsync(stub.Admit(await browser.StartAsync("stub"), ada)))["code"];
    }

    [Theory]
    [InlineData("https://app.example.com/signed-in/")]
    [InlineData("https://app.example.com/signed-in?x=1")]
    [InlineData("https://app.example.com/signed-in#x")]
    [InlineData("https://app.example.com/signed-inn")]
    [InlineData("https://app.example.com/signed-i")]
    [InlineData("https://app.example.com/Signed-in")]
    [InlineData("https://APP.example.com/signed-in")]
    [InlineData("HTTPS://app.example.com/signed-in")]
    [InlineData("http://app.example.com/signed-in")]
    [InlineData("//app.example.com/signed-in")]
    [InlineData("/signed-in")]
    [InlineData("https://app.example.com:443/signed-in")]
    [InlineData("https://app.example.com@evil.example/signed-in")]
    [InlineData("https://evil.example@app.example.com/signed-in")]
    [InlineData("https://app.example.com\\@evil.example/signed-in")]
    [InlineData("https://app.example.com/../signed-in")]
    [InlineData("https://app.example.com/%73igned-in")]
    [InlineData("https%3A%2F%2Fapp.example.com%2Fsigned-in")]
    [InlineData("https://app.example.com.evil.example/signed-in")]
    [InlineData("https://evil.example/https://app.example.com/signed-in")]
    [InlineData(" https://app.example.com/signed-in")]
    [InlineData("https://app.example.com/signed-in\n")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public async Task Bar_59_a_browser_is_sent_to_an_allowed_address_letter_by_letter_or_nowhere(string redirectUri)
    {
        await using var shared = await Shared.TakeAsync();
        using var browser = new Browser(shared.Node);

        using var response = await browser.GetAsync($"/auth/v1/oauth/github/start?codeChallenge={CodeChallenge.Of(browser.Verifier)}&redirectUri={Uri.EscapeDataString(redirectUri)}");

        Assert.Null(browser.Cookie);
        Assert.Null(response.Headers.Location);
        Assert.Equal("400 redirect_not_allowed", await Browser.CodeOfAsync(response));
    }

    [Fact]
    public async Task A_start_needs_a_provider_that_is_there_and_a_challenge()
    {
        await using var shared = await Shared.TakeAsync();
        using var browser = new Browser(shared.Node);
        var right = $"redirectUri={Uri.EscapeDataString(Browser.App)}&codeChallenge={CodeChallenge.Of(browser.Verifier)}";

        foreach (var (address, expected) in new[]
                 {
                     ($"/auth/v1/oauth/gitlab/start?{right}", "404 not_found"),
                     ($"/auth/v1/oauth/GitHub/start?{right}", "404 not_found"),
                     ($"/auth/v1/oauth/github/start?redirectUri={Uri.EscapeDataString(Browser.App)}", "400 invalid_request"),
                     ($"/auth/v1/oauth/github/start?redirectUri={Uri.EscapeDataString(Browser.App)}&codeChallenge=plain", "400 invalid_request"),
                     ($"/auth/v1/oauth/github/start?{right}&state={new string('s', 513)}", "400 invalid_request"),
                     ($"/auth/v1/oauth/github/start?{right}&state=%0d%0a", "400 invalid_request"),
                     ($"/auth/v1/oauth/github/start?{right}&redirectUri=https://evil.example", "400 redirect_not_allowed"),
                 })
        {
            using var response = await browser.GetAsync(address);
            Assert.Equal((address, expected), (address, await Browser.CodeOfAsync(response)));
        }

        using var start = await browser.GetAsync($"/auth/v1/oauth/github/start?{right}");
        var cookie = Assert.Single(start.Headers.GetValues("Set-Cookie"));
        Assert.Matches("^__Host-sluice-oauth=[^;]+; max-age=600; path=/; secure; samesite=lax; httponly$", cookie);
        Assert.Equal(("no-store", "no-referrer"), (start.Headers.CacheControl?.ToString(), start.Headers.GetValues("Referrer-Policy").Single()));
        Assert.DoesNotContain(browser.Verifier, start.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> LandAsync(TestNode node, string account)
    {
        using var browser = new Browser(node);
        return await browser.LandAsync(await browser.AtProviderAsync(await browser.StartAsync("google"), account));
    }

    private static async Task<SignedIn> SignInAsync(Browser browser, string account) =>
        await browser.SessionAsync((await browser.LandAsync(await browser.AtProviderAsync(await browser.StartAsync("google"), account)))["code"]);

    private static string Amr(SignedIn session)
    {
        using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(session.Access.Split('.')[1]));
        return string.Join(' ', claims.RootElement.GetProperty("amr").EnumerateArray().Select(a => a.GetString()));
    }

    /// <summary>One node for many small questions.</summary>
    private sealed class Shared : IAsyncDisposable
    {
        private static readonly Lazy<Task<TestNode>> One = new(async () => await TestNode.StartAsync(await TestNode.NewDatabaseAsync(), o =>
        {
            o.AddGitHub(p => (p.ClientId, p.ClientSecret) = ("sluice", "secret"));
            o.Identities.RedirectUris.Add(Browser.App);
        }));

        public required TestNode Node { get; init; }

        public static async Task<Shared> TakeAsync() => new() { Node = await One.Value };

        // It ends with the process.
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
