using System.Net;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Provider;

/// <summary>What must not be answered, must not be answered there, or must not be believed.</summary>
public sealed class HostileRequestTests
{
    [Fact]
    public async Task Bar_60_what_is_no_form_is_no_request_for_tokens()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);

        using var refused = await node.PostAsync("oauth2/token", new { grant_type = "client_credentials", client_id = "nightly" });

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
        Assert.Contains("\"error\":\"invalid_request\"", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bar_60_59_a_browser_is_led_nowhere_but_to_what_was_registered()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        await node.RegisterAsync();
        var (own, shop, phone) = (Application.Own(node), Application.Shop(node), Application.Phone(node));
        using var browser = new Browser(node);
        await own.CodeAsync(browser);

        foreach (var uri in new[]
                 {
                     "https://shop.example.com/signed-in/", "https://shop.example.com/signed-in/../x", "https://shop.example.com/signed-in?x=1", "https://shop.example.com/signed-in#x", "https://shop.example.com/signed-in%2f",
                     "https://shop.example.com/Signed-in", "https://SHOP.example.com/signed-in", "HTTPS://shop.example.com/signed-in", "http://shop.example.com/signed-in", "https://shop.example.com:443/signed-in",
                     "https://shop.example.com.evil.example/signed-in", "https://shop.example.com@evil.example/signed-in", "https://evil.example/?https://shop.example.com/signed-in", "https://shop.example.com\\@evil.example/signed-in",
                     "//shop.example.com/signed-in", "/signed-in", "//evil.example", "javascript:alert(1)//https://shop.example.com/signed-in", "data:text/html,x", "https://shop.example.com/signed-in\n", " https://shop.example.com/signed-in",
                     "https://shop.example.com/signed-in\0", "https://shop.example.com/signed-in,https://evil.example", "https://shop.example.com/signed-in https://evil.example", "https://shop.example.com/signed-ın", "", Application.OwnUri,
                     "https://xn--shp-0ra.example.com/signed-in", "http://127.0.0.1:51234/signed-in", new string('x', 5000),
                 })
        {
            await RefusedOnPageAsync(browser, shop.Address(("redirect_uri", uri)), uri);
            await RefusedOnPageAsync(browser, shop.Address(("redirect_uri", uri), ("prompt", "none")), uri);
        }

        foreach (var uri in new[]
                 {
                     "http://localhost:51234/signed-in", "http://127.0.0.2:51234/signed-in", "https://127.0.0.1:51234/signed-in", "http://127.0.0.1:/signed-in", "http://127.0.0.1:0/signed-in", "http://127.0.0.1:51234/signed-in/x",
                     "http://127.0.0.1:51234/signed-in?x", "http://127.0.0.1:51234@evil.example/signed-in", "http://127.0.0.1:512345/signed-in", "http://127.0.0.1:51234.evil.example/signed-in", "http://[::1]:51234/signed-in",
                     "http://127.0.0.1:51234\n/signed-in", "http://127.1:51234/signed-in", "http://user@127.0.0.1:51234/signed-in", "com.example.phone://evil/signed-in", "com.example.phone:/signed-in/x", "com.example.phones:/signed-in",
                 })
        {
            await RefusedOnPageAsync(browser, phone.Address(("redirect_uri", uri)), uri);
        }

        await RefusedOnPageAsync(browser, shop.Address(("redirect_uri", null)), "none");
        await RefusedOnPageAsync(browser, shop.Address(("client_id", null)), "no client");
        await RefusedOnPageAsync(browser, shop.Address(("client_id", "nobody")), "nobody");
        await RefusedOnPageAsync(browser, shop.Address(("client_id", "service"), ("redirect_uri", "")), "a service");
        await RefusedOnPageAsync(browser, shop.Address(("client_id", "own")), "mixed");
        await RefusedOnPageAsync(browser, $"{shop.Address()}&redirect_uri=https%3A%2F%2Fevil.example", "twice");
        await RefusedOnPageAsync(browser, $"{shop.Address()}&client_id=own", "two clients");
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"authorization_codes\""));
    }

    [Fact]
    public async Task Bar_60_a_request_for_less_than_a_code_with_S256_is_refused_to_the_client_with_its_state()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        await node.RegisterAsync();
        var own = Application.Own(node);
        using var browser = new Browser(node);
        await own.CodeAsync(browser);

        foreach (var (name, value, error) in new[]
                 {
                     ("code_challenge", null, "invalid_request"), ("code_challenge_method", null, "invalid_request"), ("code_challenge_method", "plain", "invalid_request"), ("code_challenge_method", "s256", "invalid_request"),
                     ("code_challenge_method", "S512", "invalid_request"), ("code_challenge", "short", "invalid_request"), ("code_challenge", own.Challenge + "=", "invalid_request"), ("code_challenge", own.Challenge[..42] + "+", "invalid_request"),
                     ("response_type", null, "invalid_request"), ("response_type", "token", "unsupported_response_type"), ("response_type", "id_token", "unsupported_response_type"), ("response_type", "code id_token", "unsupported_response_type"),
                     ("response_type", "none", "unsupported_response_type"), ("response_mode", "fragment", "invalid_request"), ("response_mode", "form_post", "invalid_request"), ("request", "a.b.c", "request_not_supported"),
                     ("request_uri", "https://evil.example/", "request_uri_not_supported"), ("registration", "{}", "registration_not_supported"), ("scope", null, "invalid_scope"), ("scope", "openid admin", "invalid_scope"),
                     ("scope", "orders.read", "invalid_scope"), ("scope", "OPENID", "invalid_scope"), ("prompt", "none login", "invalid_request"), ("prompt", "create", "invalid_request"), ("max_age", "-1", "invalid_request"),
                     ("max_age", "99999999999", "invalid_request"), ("nonce", "a\0b", "invalid_request"), ("nonce", "a\r\nb", "invalid_request"), ("nonce", "ä", "invalid_request"), ("nonce", new string('n', 3000), "invalid_request"), ("scope", "openid\0", "invalid_request"),
                 })
        {
            var led = await browser.OpenAsync(own.Address((name, value)));
            Assert.True(led.Location is not null, $"{name}={value}: {led.Html}");
            Assert.StartsWith(own.RedirectUri + "&error=", led.Location, StringComparison.Ordinal);
            Assert.True((error, null) == (led.Told("error"), led.Told("code")), $"{name}={value}: {led.Location}");
            Assert.Equal(("the state & more", TestNode.Issuer, "1"), (led.Told("state"), led.Told("iss"), led.Told("kept")));
        }

        var twice = await browser.OpenAsync($"{own.Address()}&state=another");
        Assert.Equal(("invalid_request", null), (twice.Told("error"), twice.Told("state")));
        Assert.Null((await browser.OpenAsync(own.Address(("state", "a\r\nSet-Cookie: x=y")))).Told("state"));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"authorization_codes\""));
    }

    [Fact]
    public async Task Bar_60_passwords_implicit_and_whatever_else_is_no_grant_and_says_so_as_OAuth_does()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        await node.RegisterAsync();
        var (shop, own, page) = (Application.Shop(node), Application.Own(node), Application.Page(node));

        foreach (var grant in new[] { "password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:device_code", "AUTHORIZATION_CODE", "" })
        {
            var refused = await shop.TokenAsync(("grant_type", grant), ("username", "ada@example.com"), ("password", TestNode.Password), ("scope", "openid"));
            Assert.Equal((HttpStatusCode.BadRequest, "unsupported_grant_type"), (refused.Status, refused.Error));
        }

        Assert.Equal("invalid_request", (await shop.TokenAsync(("scope", "openid"))).Error);
        Assert.Equal("unauthorized_client", (await shop.TokenAsync(("grant_type", "client_credentials"))).Error);
        Assert.Equal("unauthorized_client", (await page.RefreshAsync(RandomToken.New())).Error);
        var nightly = new Application(node, "nightly", own.Secret, "");
        Assert.Equal("unauthorized_client", (await nightly.ExchangeAsync(RandomToken.New())).Error);
        Assert.Equal("invalid_scope", (await nightly.TokenAsync(("grant_type", "client_credentials"), ("scope", "openid"))).Error);
        Assert.Equal("invalid_client", (await (nightly with { Secret = null }).TokenAsync(("grant_type", "client_credentials"))).Error);
        Assert.Equal("orders.read", (await nightly.TokenAsync(("grant_type", "client_credentials"), ("scope", "orders.read"))).Text("scope"));
        Assert.Equal("unauthorized_client", (await new Application(node, "service", own.Secret, "").TokenAsync(("grant_type", "client_credentials"))).Error);
        Assert.Equal("invalid_request", (await shop.TokenAsync(("grant_type", "refresh_token"))).Error);
        foreach (var worthless in new[] { "x", RandomToken.New(), new string('x', 9000), "a\u0001b" })
        {
            Assert.Equal("invalid_grant", (await shop.RefreshAsync(worthless)).Error);
        }
    }

    [Fact]
    public async Task A_form_of_another_site_another_browser_another_request_or_another_hour_does_nothing()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await Application.StartAsync(database, clock);
        await node.RegisterAsync();
        var shop = Application.Shop(node);
        using var browser = new Browser(node);
        using var thief = new Browser(node);
        (string, string)[] right = [("identifier", "ada@example.com"), ("password", TestNode.Password)];

        // Nobody is signed in by a form that the browser was not shown: the account would be the attacker's.
        var signIn = await browser.OpenAsync(shop.Address());
        foreach (var (header, value) in new[] { ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Cookie", "") })
        {
            var request = Browser.Form(signIn, "sign-in", right);
            request.Headers.Remove(header);
            using var bare = new Browser(node);
            if (header != "Cookie")
            {
                request.Headers.Add(header, value);
                bare.Cookies["__Host-sluice-page"] = browser.Cookies["__Host-sluice-page"];
            }

            Assert.Equal(HttpStatusCode.Forbidden, (await bare.SendAsync(request, signIn.Address)).Status);
            Assert.DoesNotContain("__Host-sluice-session", bare.Cookies.Keys);
        }

        await thief.OpenAsync(shop.Address());
        Assert.Equal(HttpStatusCode.Forbidden, (await thief.PressAsync(signIn, "sign-in", right)).Status);

        // Consent is one person's, to one request.
        var consent = await browser.PressAsync(signIn, "sign-in", right);
        Assert.Contains("value=\"allow\"", consent.Html, StringComparison.Ordinal);
        foreach (var other in new[] { shop.Address(("scope", "openid orders.read")), shop.Address(("state", "another")), Application.Own(node).Address() })
        {
            var swapped = consent with { Html = consent.Html.Replace(WebUtility.HtmlEncode(consent.Address.Split('?')[1]), WebUtility.HtmlEncode(other.Split('?')[1]), StringComparison.Ordinal) };
            Assert.NotEqual(consent.Html, swapped.Html);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.PressAsync(swapped, "allow")).Status);
        }

        await node.RegisterAsync("eve@example.com");
        using (var eves = new Browser(node))
        {
            eves.Cookies["__Host-sluice-page"] = browser.Cookies["__Host-sluice-page"];
            await Application.Own(node).CodeAsync(eves, "eve@example.com");
            Assert.Equal(HttpStatusCode.Forbidden, (await eves.PressAsync(consent, "allow")).Status);
        }

        var unsealed = consent with { Html = consent.Html.Replace("name=\"seal\"", "name=\"no\"", StringComparison.Ordinal) };
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PressAsync(unsealed, "allow")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PressAsync(signIn with { Html = signIn.Html.Replace("value=\"sign-in\"", "value=\"allow\"", StringComparison.Ordinal) }, "allow")).Status);
        clock.Move(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PressAsync(consent, "allow")).Status);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM \"client_consents\""));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"authorization_codes\""));

        // A request as a form is shown as an address.
        using var form = new HttpRequestMessage(HttpMethod.Post, shop.Address().Split('?')[0]) { Content = new FormUrlEncodedContent(shop.Address().Split('?')[1].Split('&').Select(p => p.Split('=')).Select(p => KeyValuePair.Create(p[0], Uri.UnescapeDataString(p[1])))) };
        Assert.Contains("value=\"allow\"", (await browser.OpenAsync((await browser.SendAsync(form, "")).Location!)).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_client_that_gets_tokens_is_said_at_start()
    {
        static string Said(ClientOptions client, Action<SluiceAuthOptions>? more = null)
        {
            var options = new SluiceAuthOptions { DatabaseUrl = "postgresql://localhost/x", Issuer = TestNode.Issuer, Audience = TestNode.Audience, Secret = TestNode.Secret, Clients = { client } };
            more?.Invoke(options);
            return string.Join('\n', new OptionsCheck().Validate(null, options).Failures ?? []);
        }

        foreach (var uri in new[] { "https://shop.example.com", "https://*.example.com/", "http://shop.example.com/", "https://shop.example.com/#x", "https://u@shop.example.com/", "javascript:alert(1)", "com.example.shop:/x", "/x", "", "https://shop.example.com/a b", "https://shop.example.com/..", "https://SHOP.example.com/" })
        {
            Assert.Contains($"`{uri}`", Said(new ClientOptions { Id = "shop", RedirectUris = { uri } }), StringComparison.Ordinal);
            Assert.Contains($"`{uri}`", Said(new ClientOptions { Id = "shop", RedirectUris = { "https://shop.example.com/" }, PostLogoutRedirectUris = { uri } }), StringComparison.Ordinal);
        }

        Assert.Contains("`javascript:/x`", Said(new ClientOptions { Id = "shop", Native = true, RedirectUris = { "javascript:/x" } }), StringComparison.Ordinal);
        Assert.Empty(Said(new ClientOptions { Id = "shop", Native = true, RedirectUris = { "com.example.shop:/x", "http://127.0.0.1/", "http://[::1]/x", "http://localhost/x", "https://shop.example.com/?a=b" } }));
        Assert.Contains("`password`", Said(new ClientOptions { Id = "shop", RedirectUris = { "https://shop.example.com/" }, GrantTypes = { "password" } }), StringComparison.Ordinal);
        Assert.Contains("client_credentials and no secret", Said(new ClientOptions { Id = "shop", RedirectUris = { "https://shop.example.com/" }, GrantTypes = { "client_credentials" } }), StringComparison.Ordinal);
        Assert.Contains("no RedirectUris", Said(new ClientOptions { Id = "shop", SecretSha256 = new string('a', 64), GrantTypes = { "authorization_code" } }), StringComparison.Ordinal);
        Assert.Contains("`two words`", Said(new ClientOptions { Id = "shop", RedirectUris = { "https://shop.example.com/" }, Scopes = { "two words" } }), StringComparison.Ordinal);
        Assert.Contains("FirstParty", Said(new ClientOptions { Id = "shop", RedirectUris = { "https://shop.example.com/" }, Audience = TestNode.Audience }), StringComparison.Ordinal);
        Assert.Contains("which is the Issuer", Said(new ClientOptions { Id = "shop", RedirectUris = { "https://shop.example.com/" } }, o => o.Audience = o.Issuer), StringComparison.Ordinal);
        Assert.Empty(Said(new ClientOptions { Id = "shop", RedirectUris = { "https://shop.example.com/" }, FirstParty = true }, o => o.Audience = o.Issuer));
        Assert.Contains("Tokens.ClientId", Said(new ClientOptions { Id = "first-party", RedirectUris = { "https://shop.example.com/" } }), StringComparison.Ordinal);
        Assert.Contains("HS256", Said(new ClientOptions { Id = "shop", RedirectUris = { "https://shop.example.com/" } }, o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = ("HS256", new string('s', 40))), StringComparison.Ordinal);
    }

    private static async Task RefusedOnPageAsync(Browser browser, string address, string what)
    {
        var seen = await browser.OpenAsync(address);
        Assert.True((HttpStatusCode.BadRequest, null) == (seen.Status, seen.Location), $"{what}: {seen.Status} {seen.Location}");
        Assert.DoesNotContain("evil", seen.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", seen.Html, StringComparison.Ordinal);
    }
}
