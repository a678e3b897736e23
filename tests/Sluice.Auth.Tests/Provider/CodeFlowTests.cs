using System.Net;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Provider;

/// <summary>From a client's request to its tokens.</summary>
public sealed class CodeFlowTests
{
    [Fact]
    public async Task On_our_own_page_one_signs_in_with_another_provider_too_and_the_code_of_it_is_for_this_browser_alone()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await Identities.StubProvider.StartAsync();
        var clock = new MovedClock();
        await using var node = await Application.StartAsync(database, clock, stub.Use);
        var (shop, ada) = (Application.Shop(node), new Identities.StubAccount("1", "ada@example.com"));
        using var browser = new Browser(node);
        using var other = new Browser(node);

        var back = await ComeBackAsync(browser);
        // Whoever else opens the address has not begun it.
        var elsewhere = await other.OpenAsync(back);
        Assert.Contains("value=\"sign-in\"", elsewhere.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-sluice-session", other.Cookies.Keys);

        back = await ComeBackAsync(browser);
        var asked = await browser.OpenAsync(back);
        Assert.Contains("value=\"allow\"", asked.Html, StringComparison.Ordinal);
        var granted = await shop.ExchangeAsync(Assert.IsType<string>((await browser.PressAsync(asked, "allow")).Told("code")));
        Assert.Equal("ada@example.com", (await shop.SayAsync(granted.Access)).Text("email"));
        Assert.NotNull((await browser.OpenAsync(shop.Address())).Told("code"));
        // Once.
        Assert.Contains("role=\"alert\"", (await browser.OpenAsync(back)).Html, StringComparison.Ordinal);

        // Its word is half a sign-in where there is a second factor; and a refusal leads back to the page.
        var app = await Factors.App.OfAsync(node, clock, await Identities.LinkingTests.SignInAsync(node, stub, ada));
        var second = await other.OpenAsync(await ComeBackAsync(other));
        Assert.Contains("value=\"factor\"", second.Html, StringComparison.Ordinal);
        Assert.NotNull((await other.PressAsync(second, "factor", ("code", app.NextCode()))).Told("code"));
        using var third = new Browser(node);
        Assert.Contains("role=\"alert\"", (await third.OpenAsync(await ComeBackAsync(third, ada with { IsVerified = false, Id = "9" }))).Html, StringComparison.Ordinal);

        async Task<string> ComeBackAsync(Browser at, Identities.StubAccount? who = null)
        {
            var page = await at.OpenAsync(shop.Address(("prompt", "login")));
            var link = System.Net.WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(page.Html, "href=\"\\.\\.(/oauth/stub/start[^\"]*)\"").Groups[1].Value);
            var away = await at.OpenAsync("/auth/v1" + link);
            var returned = await at.OpenAsync(stub.Admit(new Uri(away.Location!), who ?? ada).PathAndQuery);
            Assert.StartsWith($"{TestNode.Issuer}/auth/v1/oauth2/authorize?", returned.Location, StringComparison.Ordinal);
            return new Uri(returned.Location!).PathAndQuery;
        }
    }

    [Fact]
    public async Task A_person_signs_in_once_allows_a_client_once_and_is_told_to_it_by_its_scopes()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        var ada = await node.RegisterAsync(username: "ada");
        var shop = Application.Shop(node);
        using var browser = new Browser(node);

        var page = await browser.OpenAsync(shop.Address());
        Assert.Contains("The &lt;Shop&gt;", page.Html, StringComparison.Ordinal);
        Assert.Equal("default-src 'none'; form-action 'self' https://shop.example.com; base-uri 'none'; frame-ancestors 'none'", page.Policy);
        page = await browser.PressAsync(page, "sign-in", ("identifier", "ada@example.com"), ("password", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, page.Status);
        Assert.Contains("role=\"alert\"", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-sluice-session", browser.Cookies.Keys);
        page = await browser.PressAsync(page, "sign-in", ("identifier", "ada"), ("password", TestNode.Password));
        Assert.Contains("orders", (await browser.OpenAsync(shop.Address(("scope", "openid orders.read")))).Html, StringComparison.Ordinal);
        var led = await browser.PressAsync(page, "allow");
        var granted = await shop.ExchangeAsync(led.Told("code")!);

        Assert.Equal(("Bearer", "openid profile email"), (granted.Text("token_type"), granted.Text("scope")));
        var access = granted.Claims("access_token");
        Assert.Equal((ada.UserId, "shop", TestNode.Issuer, ""), (access["sub"].GetString(), access["client_id"].GetString(), access["aud"].GetString(), access["role"].GetString()));
        var id = granted.Claims("id_token");
        Assert.Equal((ada.UserId, "shop", "the nonce", "aal1"), (id["sub"].GetString(), id["aud"].GetString(), id["nonce"].GetString(), id["acr"].GetString()));
        Assert.Equal("pwd", id["amr"].EnumerateArray().Single().GetString());
        var said = await shop.SayAsync(granted.Access);
        Assert.Equal((ada.UserId, "ada", "ada@example.com"), (said.Text("sub"), said.Text("preferred_username"), said.Text("email")));

        // Signed in already, and allowed already: nobody is asked again, but for more.
        Assert.NotNull((await browser.OpenAsync(shop.Address())).Told("code"));
        Assert.NotNull((await browser.OpenAsync(shop.Address(("scope", "openid"), ("prompt", "none")))).Told("code"));
        Assert.Contains("orders.read", (await browser.OpenAsync(shop.Address(("scope", "openid orders.read")))).Html, StringComparison.Ordinal);
        var narrow = await shop.SignInAsync(browser, other: ("scope", "openid"));
        Assert.Equal(["sub"], (await shop.SayAsync(narrow.Access)).Members.Keys);
        Assert.Equal(HttpStatusCode.Forbidden, await shop.UserInfoStatusAsync((await shop.SignInAsync(browser, other: ("scope", "orders.read"))).Access));
        var own = await Application.Own(node).SignInAsync(browser);
        Assert.Equal(("user", TestNode.Audience), (own.Claims("access_token")["role"].GetString(), own.Claims("access_token")["aud"].GetString()));
        Assert.Equal(HttpStatusCode.OK, await Application.Own(node).UserInfoStatusAsync(own.Access));
    }

    [Fact]
    public async Task Bar_60_25_a_clients_token_opens_nothing_of_its_users_and_no_kind_passes_for_another()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        var ada = await node.RegisterAsync();
        await database.ExecuteAsync($"""
            UPDATE "users" SET "role" = 'ADMIN';
            INSERT INTO "role_grants" SELECT '{ada.UserId}', 'room', i::text, 'ORGANIZER', NULL, now(), NULL FROM generate_series(1, 150) i;
            INSERT INTO "role_grants" VALUES ('{ada.UserId}', '', '', 'MODERATOR', NULL, now(), NULL);
            """);
        var (shop, own) = (Application.Shop(node), Application.Own(node));
        using var browser = new Browser(node);
        var theirs = await shop.SignInAsync(browser);
        var ours = await own.SignInAsync(browser);
        foreach (var token in new[] { theirs, await shop.RefreshAsync((await shop.SignInAsync(browser)).Refresh) })
        {
            Assert.Empty(token.Claims("access_token").Keys.Intersect(["roles", "scoped_roles", "roles_more"]));
            Assert.Equal("", token.Claims("access_token")["role"].GetString());
        }

        Assert.Equal("ADMIN", (await own.RefreshAsync(ours.Refresh)).Claims("access_token")["role"].GetString());
        Assert.Contains("roles_more", ours.Claims("access_token").Keys);
        var alone = await new Application(node, "nightly", own.Secret, "").TokenAsync(("grant_type", "client_credentials"));
        Assert.Equal(("nightly", "", "orders.read orders.write"), (alone.Claims("access_token")["sub"].GetString(), alone.Claims("access_token")["sid"].GetString(), alone.Text("scope")));
        Assert.DoesNotContain("refresh_token", alone.Members.Keys);

        // A client of somebody else's: no route of ours but userinfo, and none of the application's.
        foreach (var (method, path) in new[] { (HttpMethod.Get, "me"), (HttpMethod.Get, "me/sessions"), (HttpMethod.Delete, "me/sessions"), (HttpMethod.Post, "logout"), (HttpMethod.Get, "me/factors"), (HttpMethod.Get, "me/consents"), (HttpMethod.Delete, "me/consents/shop"), (HttpMethod.Get, "/mine") })
        {
            foreach (var token in new[] { theirs.Access, theirs.Text("id_token"), ours.Text("id_token"), theirs.Refresh, browser.Cookies["__Host-sluice-session"] })
            {
                using var refused = await node.SendAsync(method, path, token);
                Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, $"{path}: {refused.StatusCode}");
            }
        }

        // A client without a user has no account, and is welcome where the application lets it in.
        foreach (var path in new[] { "me", "me/sessions", "me/factors", "oauth2/userinfo" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(alone.Access, $"/auth/v1/{path}"));
        }

        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(alone.Access));
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(alone.Access, "/mine/aal2"));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ours.Access, "/auth/v1/me"));
        foreach (var token in new[] { theirs.Text("id_token"), theirs.Refresh, browser.Cookies["__Host-sluice-session"], ada.Access, alone.Access })
        {
            Assert.NotEqual(HttpStatusCode.OK, await shop.UserInfoStatusAsync(token));
        }

        // Refresh tokens: to each its own.
        foreach (var token in new[] { theirs.Refresh, ours.Refresh, browser.Cookies["__Host-sluice-session"] })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(token));
        }

        Assert.Equal("invalid_grant", (await shop.RefreshAsync(ours.Refresh)).Error);
        Assert.Equal("invalid_grant", (await shop.RefreshAsync(ada.Refresh)).Error);
        Assert.Equal("invalid_grant", (await own.RefreshAsync(browser.Cookies["__Host-sluice-session"])).Error);
        browser.Cookies["__Host-sluice-session"] = ada.Refresh;
        Assert.Equal("login_required", (await browser.OpenAsync(own.Address(("prompt", "none")))).Told("error"));
        Assert.Equal(HttpStatusCode.OK, (await own.RefreshAsync(ours.Refresh)).Status);
        Assert.Equal(HttpStatusCode.OK, (await shop.RefreshAsync(theirs.Refresh)).Status);
    }

    [Fact]
    public async Task Bar_60_a_code_holds_a_minute_once_for_its_client_its_address_and_its_verifier()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await Application.StartAsync(database, clock);
        await node.RegisterAsync();
        var (shop, own, page) = (Application.Shop(node), Application.Own(node), Application.Page(node));
        using var browser = new Browser(node);
        var code = await shop.CodeAsync(browser);
        var pages = await page.CodeAsync(browser);

        // What is not the owner's neither gets anything nor takes it away.
        foreach (var refused in new[]
                 {
                     await own.ExchangeAsync(code), await own.ExchangeAsync(code, ("redirect_uri", shop.RedirectUri), ("code_verifier", shop.Verifier)),
                     await page.ExchangeAsync(code, ("redirect_uri", shop.RedirectUri), ("code_verifier", shop.Verifier)),
                     await shop.ExchangeAsync(code, ("code_verifier", own.Verifier)), await shop.ExchangeAsync(code, ("code_verifier", shop.Challenge)), await shop.ExchangeAsync(code, ("code_verifier", shop.Verifier + "~")),
                     await shop.ExchangeAsync(code, ("redirect_uri", shop.RedirectUri + "/")), await shop.ExchangeAsync(code, ("redirect_uri", own.RedirectUri)),
                     await shop.ExchangeAsync(pages, ("redirect_uri", page.RedirectUri), ("code_verifier", page.Verifier)), await shop.ExchangeAsync(RandomToken.New()), await shop.ExchangeAsync("x"),
                 })
        {
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refused.Status, refused.Error));
        }

        foreach (var missing in new[] { "code", "redirect_uri", "code_verifier" })
        {
            Assert.Equal("invalid_request", (await shop.ExchangeAsync(code, (missing, null))).Error);
        }

        Assert.Equal("invalid_client", (await (shop with { Secret = "wrong" }).ExchangeAsync(code)).Error);
        Assert.Equal("invalid_client", (await (shop with { Secret = null }).ExchangeAsync(code)).Error);
        Assert.Equal("invalid_client", (await (page with { Secret = "any" }).ExchangeAsync(pages)).Error);
        var granted = await shop.ExchangeAsync(code);
        Assert.Equal(HttpStatusCode.OK, granted.Status);
        Assert.Equal(HttpStatusCode.OK, await shop.UserInfoStatusAsync(granted.Access));
        Assert.DoesNotContain("refresh_token", (await page.ExchangeAsync(pages)).Members.Keys);

        // By the wrong hands a second time nothing happens; by the right ones both end.
        Assert.Equal("invalid_grant", (await own.ExchangeAsync(code)).Error);
        Assert.Equal(HttpStatusCode.OK, await shop.UserInfoStatusAsync(granted.Access));
        Assert.Equal("invalid_grant", (await shop.ExchangeAsync(code)).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, await shop.UserInfoStatusAsync(granted.Access));
        Assert.Equal("invalid_grant", (await shop.RefreshAsync(granted.Refresh)).Error);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"audit_logs\" WHERE \"action\" = 'code_reuse_detected'"));

        var late = await shop.CodeAsync(browser);
        clock.Move(TimeSpan.FromSeconds(61));
        Assert.Equal("invalid_grant", (await shop.ExchangeAsync(late)).Error);
        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM \"authorization_codes\" WHERE \"codeHash\" = '{late}' OR \"expiresAt\" > \"createdAt\" + interval '60 seconds'"));
    }

    [Fact]
    public async Task Bar_60_of_twenty_uses_of_a_code_at_once_on_two_nodes_one_gets_tokens_and_the_others_end_them()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await Application.StartAsync(database);
        await using var two = await Application.StartAsync(database);
        await one.RegisterAsync();
        var shop = Application.Shop(one);
        using var browser = new Browser(one);
        var code = await shop.CodeAsync(browser);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (shop with { Node = i % 2 == 0 ? one : two }).ExchangeAsync(code)));

        var granted = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a != granted), a => Assert.Equal("invalid_grant", a.Error));
        Assert.Equal("invalid_grant", (await shop.RefreshAsync(granted.Refresh)).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, await shop.UserInfoStatusAsync(granted.Access));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM \"client_sessions\""));
    }

    [Fact]
    public async Task Bar_60_a_clients_refresh_token_rotates_may_ask_for_less_and_ends_its_family_when_it_comes_again()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await Application.StartAsync(database, clock);
        await node.RegisterAsync();
        var shop = Application.Shop(node);
        using var browser = new Browser(node);
        var first = await shop.SignInAsync(browser);

        Assert.Equal("invalid_scope", (await shop.RefreshAsync(first.Refresh, "openid orders.read")).Error);
        Assert.Equal("invalid_scope", (await shop.RefreshAsync(first.Refresh, "everything")).Error);
        var second = await shop.RefreshAsync((await shop.RefreshAsync(first.Refresh)).Refresh, "openid email");
        Assert.Equal("openid email", second.Text("scope"));
        Assert.DoesNotContain("preferred_username", (await shop.SayAsync(second.Access)).Members.Keys);
        Assert.Equal((first.Claims("id_token")["auth_time"].GetInt64(), "shop"), (second.Claims("id_token")["auth_time"].GetInt64(), second.Claims("id_token")["aud"].GetString()));
        Assert.DoesNotContain("nonce", second.Claims("id_token").Keys);
        Assert.Equal("openid profile email", (await shop.RefreshAsync(second.Refresh)).Text("scope"));

        clock.Move(TimeSpan.FromMinutes(5));
        Assert.Equal("invalid_grant", (await shop.RefreshAsync(first.Refresh)).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, await shop.UserInfoStatusAsync(second.Access));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"audit_logs\" WHERE \"action\" = 'refresh_reuse_detected'"));
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_on_the_page_and_told_to_the_client()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await Application.StartAsync(database, clock);
        var own = Application.Own(node);
        await node.RegisterAsync("eve@example.com");
        var app = await App.NewAsync(node, clock);
        using var browser = new Browser(node);

        var page = await browser.PressAsync(await browser.OpenAsync(own.Address(("acr_values", "aal2"))), "sign-in", ("identifier", "ada@example.com"), ("password", TestNode.Password));
        Assert.DoesNotContain("__Host-sluice-session", browser.Cookies.Keys);
        page = await browser.PressAsync(page, "factor", ("code", "000000"));
        Assert.Equal(HttpStatusCode.Unauthorized, page.Status);
        var led = await browser.PressAsync(page, "factor", ("code", app.NextCode()));
        var id = (await own.ExchangeAsync(led.Told("code")!)).Claims("id_token");
        Assert.Equal(("aal2", "pwd otp mfa"), (id["acr"].GetString(), string.Join(' ', id["amr"].EnumerateArray())));

        using var other = new Browser(node);
        var none = await other.PressAsync(await other.OpenAsync(own.Address(("acr_values", "aal2"))), "sign-in", ("identifier", "eve@example.com"), ("password", TestNode.Password));
        Assert.Equal("unmet_authentication_requirements", none.Told("error"));
        var recovery = await browser.PressAsync(await browser.OpenAsync(own.Address(("prompt", "login"))), "sign-in", ("identifier", "ada@example.com"), ("password", TestNode.Password));
        Assert.NotNull((await browser.PressAsync(recovery, "factor", ("code", app.RecoveryCodes[0]))).Told("code"));
    }

    [Fact]
    public async Task Prompt_and_age_are_kept_and_an_application_on_a_device_gets_nothing_unseen()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await Application.StartAsync(database, clock);
        await node.RegisterAsync();
        var (own, shop, phone) = (Application.Own(node), Application.Shop(node), Application.Phone(node));
        using var browser = new Browser(node);

        Assert.Equal("login_required", (await browser.OpenAsync(own.Address(("prompt", "none")))).Told("error"));
        await own.CodeAsync(browser);
        Assert.NotNull((await browser.OpenAsync(own.Address(("prompt", "none")))).Told("code"));
        Assert.Equal("consent_required", (await browser.OpenAsync(shop.Address(("prompt", "none")))).Told("error"));
        Assert.Contains("value=\"sign-in\"", (await browser.OpenAsync(own.Address(("prompt", "login")))).Html, StringComparison.Ordinal);
        Assert.Contains("value=\"allow\"", (await browser.OpenAsync(own.Address(("prompt", "consent")))).Html, StringComparison.Ordinal);
        Assert.NotNull((await browser.OpenAsync(own.Address(("max_age", "60")))).Told("code"));
        clock.Move(TimeSpan.FromMinutes(2));
        Assert.Contains("value=\"sign-in\"", (await browser.OpenAsync(own.Address(("max_age", "60"), ("login_hint", "ada@\"example.com")))).Html, StringComparison.Ordinal);
        Assert.Equal("login_required", (await browser.OpenAsync(own.Address(("max_age", "60"), ("prompt", "none")))).Told("error"));

        // Another port each time, and a page each time.
        Assert.NotNull(await phone.CodeAsync(browser));
        Assert.Contains("value=\"allow\"", (await browser.OpenAsync(phone.Address())).Html, StringComparison.Ordinal);
        Assert.Equal("consent_required", (await browser.OpenAsync(phone.Address(("prompt", "none")))).Told("error"));
        var denied = await browser.PressAsync(await browser.OpenAsync(shop.Address()), "deny");
        Assert.Equal(("access_denied", "the state & more"), (denied.Told("error"), denied.Told("state")));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM \"client_consents\""));
        Assert.Equal(HttpStatusCode.OK, (await phone.SignInAsync(browser)).Status);
        Assert.Equal(HttpStatusCode.OK, (await (phone with { RedirectUri = "com.example.phone:/signed-in" }).SignInAsync(browser)).Status);
    }
}
