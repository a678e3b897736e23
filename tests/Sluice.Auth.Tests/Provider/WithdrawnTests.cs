using System.Net;
using System.Text.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Revocation;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Provider;

/// <summary>How what a client got ends: by itself, by its user, by signing out.</summary>
public sealed class WithdrawnTests
{
    [Fact]
    public async Task Bar_60_a_client_revokes_its_own_tokens_and_is_refused_those_of_others()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        var ada = await node.RegisterAsync();
        var (shop, own, page) = (Application.Shop(node), Application.Own(node), Application.Page(node));
        var service = new Application(node, "service", own.Secret, "");
        using var browser = new Browser(node);
        var (theirs, ours, again) = (await shop.SignInAsync(browser), await own.SignInAsync(browser), await shop.SignInAsync(browser));
        var alone = await new Application(node, "nightly", own.Secret, "").TokenAsync(("grant_type", "client_credentials"));
        var next = await own.RefreshAsync(ours.Refresh);

        foreach (var (who, token) in new[]
                 {
                     (shop, ours.Access), (shop, ours.Refresh), (shop, next.Refresh), (shop, ada.Access), (shop, ada.Refresh), (shop, alone.Access), (page, theirs.Access), (page, theirs.Refresh), (service, ada.Access), (service, ada.Refresh),
                     (service, theirs.Refresh), (own, theirs.Access),
                 })
        {
            Assert.Equal("unauthorized_client", (await who.PostAsync("token/revoke", ("token", token))).Error);
        }

        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM \"token_blacklist\""));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));

        // The predecessor stands for its family; an access token for itself; who has no secret has its name.
        Assert.Equal(HttpStatusCode.OK, (await own.PostAsync("token/revoke", ("token", ours.Refresh))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(next.Access));
        Assert.Equal("invalid_grant", (await own.RefreshAsync(next.Refresh)).Error);
        Assert.Equal(HttpStatusCode.OK, (await shop.PostAsync("token/revoke", ("token", theirs.Access))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await shop.UserInfoStatusAsync(theirs.Access));
        Assert.Equal(HttpStatusCode.OK, (await shop.RefreshAsync(theirs.Refresh)).Status);
        var pages = await page.SignInAsync(browser);
        Assert.Equal(HttpStatusCode.OK, (await page.PostAsync("token/revoke", ("token", pages.Access))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await page.UserInfoStatusAsync(pages.Access));
        Assert.Equal(HttpStatusCode.OK, await shop.UserInfoStatusAsync(again.Access));
    }

    [Fact]
    public async Task Bar_60_introspection_tells_a_client_of_its_own_tokens_and_a_service_of_all()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        var ada = await node.RegisterAsync();
        var (shop, own, page) = (Application.Shop(node), Application.Own(node), Application.Page(node));
        var service = new Application(node, "service", own.Secret, "");
        using var browser = new Browser(node);
        var (theirs, ours) = (await shop.SignInAsync(browser), await own.SignInAsync(browser));
        var alone = await new Application(node, "nightly", own.Secret, "").TokenAsync(("grant_type", "client_credentials"));

        foreach (var (token, client) in new[] { (theirs.Access, "shop"), (theirs.Refresh, "shop"), (ours.Access, "own"), (ours.Refresh, "own"), (ada.Access, "first-party"), (ada.Refresh, "first-party"), (alone.Access, "nightly") })
        {
            var told = await service.PostAsync("token/introspect", ("token", token));
            Assert.True(told.Members["active"].GetBoolean(), client);
            Assert.Equal(client, told.Text("client_id"));
            Assert.Equal(client == "shop", (await shop.PostAsync("token/introspect", ("token", token))).Members["active"].GetBoolean());
        }

        Assert.Equal("openid profile email", (await shop.PostAsync("token/introspect", ("token", theirs.Access))).Text("scope"));
        Assert.False((await service.PostAsync("token/introspect", ("token", theirs.Text("id_token")))).Members["active"].GetBoolean());
        // A name without a secret is anybody's.
        Assert.Equal("invalid_client", (await page.PostAsync("token/introspect", ("token", theirs.Access))).Error);
    }

    [Fact]
    public async Task A_client_s_session_is_no_fresher_than_the_sign_in_it_came_of()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await Application.StartAsync(database, clock);
        await node.RegisterAsync();
        var own = Application.Own(node);
        using var browser = new Browser(node);
        var fresh = await own.SignInAsync(browser);
        clock.Move(TimeSpan.FromMinutes(20));
        var later = await own.SignInAsync(browser);

        using var refused = await node.PostAsync("me/factors", new { name = "telephone" }, later.Access);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var also = await node.PostAsync("me/factors", new { name = "telephone" }, fresh.Access);
        Assert.Equal(HttpStatusCode.Forbidden, also.StatusCode);
        clock.Move(TimeSpan.FromMinutes(1));
        using var anew = new Browser(node);
        using var allowed = await node.PostAsync("me/factors", new { name = "telephone" }, (await own.SignInAsync(anew)).Access);
        Assert.Equal(HttpStatusCode.Created, allowed.StatusCode);
    }

    [Fact]
    public async Task A_consent_is_listed_and_withdrawn_and_its_clients_sessions_end_on_every_node_with_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        await using var two = await Application.StartAsync(database);
        await RevocationTests.ListeningAsync(database, 2);
        var ada = await node.RegisterAsync();
        await node.RegisterAsync("eve@example.com");
        var (shop, page) = (Application.Shop(node), Application.Page(node));
        using var browser = new Browser(node);
        using var eves = new Browser(node);
        var (theirs, more, others, pages) = (await shop.SignInAsync(browser), await shop.SignInAsync(browser, other: ("scope", "orders.read")), await shop.SignInAsync(eves, "eve@example.com"), await page.SignInAsync(browser));

        using (var list = await node.SendAsync(HttpMethod.Get, "me/consents", ada.Access))
        {
            using var json = JsonDocument.Parse(await list.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(
                ["page: email openid profile", "The <Shop>: email openid orders.read profile"],
                json.RootElement.GetProperty("consents").EnumerateArray().Select(c => $"{c.GetProperty("name").GetString()}: {string.Join(' ', c.GetProperty("scopes").EnumerateArray())}"));
        }

        var waiting = await shop.CodeAsync(browser);
        using (var gone = await node.SendAsync(HttpMethod.Delete, "me/consents/shop", ada.Access))
        {
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        }

        Assert.Equal("invalid_grant", (await shop.ExchangeAsync(waiting)).Error);
        foreach (var unknown in new[] { "shop", "nobody", "%01", new string('x', 500) })
        {
            using var missing = await node.SendAsync(HttpMethod.Delete, $"me/consents/{unknown}", ada.Access);
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await shop.UserInfoStatusAsync(theirs.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await (shop with { Node = two }).UserInfoStatusAsync(theirs.Access));
        Assert.Equal(("invalid_grant", "invalid_grant"), ((await shop.RefreshAsync(theirs.Refresh)).Error, (await shop.RefreshAsync(more.Refresh)).Error));
        Assert.Equal(HttpStatusCode.OK, await page.UserInfoStatusAsync(pages.Access));
        Assert.Equal(HttpStatusCode.OK, (await shop.RefreshAsync(others.Refresh)).Status);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        Assert.Contains("value=\"allow\"", (await browser.OpenAsync(shop.Address())).Html, StringComparison.Ordinal);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"audit_logs\" WHERE \"action\" = 'consent_withdrawn' AND \"oldValues\"->>'client' = 'shop' AND jsonb_array_length(\"oldValues\"->'sessions') = 2"));
    }

    [Fact]
    public async Task What_two_windows_allow_at_once_is_allowed_both_and_what_is_withdrawn_meanwhile_gets_no_code()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        await node.RegisterAsync();
        var (shop, own) = (Application.Shop(node), Application.Own(node));
        using var browser = new Browser(node);
        await own.SignInAsync(browser);
        var asked = new[] { await browser.OpenAsync(shop.Address(("scope", "openid email"))), await browser.OpenAsync(shop.Address(("scope", "openid orders.read"))) };

        await using (var held = await HeldUsers.ByAsync(database))
        {
            var allowing = asked.Select(a => browser.PressAsync(a, "allow")).ToList();
            await held.UntilWaitingAsync(2);
            await held.ReleaseAsync();
            Assert.All(await Task.WhenAll(allowing), a => Assert.NotNull(a.Told("code")));
        }

        Assert.Equal("email openid orders.read", await database.QueryAsync("SELECT scope FROM client_consents"));

        await using var withdrawing = await HeldUsers.ByAsync(database);
        var opening = browser.OpenAsync(shop.Address(("scope", "openid email")));
        await withdrawing.UntilWaitingAsync(1);
        await withdrawing.RunAsync("DELETE FROM client_consents");
        await withdrawing.ReleaseAsync();
        Assert.Equal((HttpStatusCode.Forbidden, null), (await opening is var seen ? seen.Status : default, seen.Location));
    }

    [Fact]
    public async Task A_scope_that_its_options_take_from_a_client_ends_with_its_next_token()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var before = await Application.StartAsync(database);
        await using var after = await Application.StartAsync(database, more: o => o.Clients.Single(c => c.Id == "shop").Scopes.Remove("email"));
        await using var nothing = await Application.StartAsync(database, more: o =>
        {
            o.Clients.Single(c => c.Id == "shop").Scopes.Clear();
            o.Clients.Single(c => c.Id == "shop").Scopes.Add("orders.write");
        });
        await before.RegisterAsync();
        var shop = Application.Shop(before);
        using var browser = new Browser(before);
        var granted = await shop.SignInAsync(browser);

        var next = await (shop with { Node = after }).RefreshAsync(granted.Refresh);

        Assert.Equal(("openid profile", "openid profile"), (next.Text("scope"), next.Claims("access_token")["scope"].GetString()));
        Assert.Equal("invalid_scope", (await (shop with { Node = nothing }).RefreshAsync(next.Refresh)).Error);
    }

    [Fact]
    public async Task Signing_out_ends_the_browsers_session_and_all_that_came_of_it_at_a_clients_wish_or_when_the_person_says_so()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        var ada = await node.RegisterAsync();
        await node.RegisterAsync("eve@example.com");
        var (shop, own) = (Application.Shop(node), Application.Own(node));
        using var browser = new Browser(node);
        var (theirs, ours) = (await shop.SignInAsync(browser), await own.SignInAsync(browser));
        var stale = await shop.CodeAsync(browser);

        foreach (var wrong in new[]
                 {
                     "post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F", $"id_token_hint={theirs.Text("id_token")}&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F", $"id_token_hint={theirs.Text("id_token")}x",
                     $"id_token_hint={theirs.Access}", $"id_token_hint={theirs.Text("id_token")}&client_id=own", $"client_id=own&post_logout_redirect_uri={Uri.EscapeDataString(Application.After)}",
                     $"post_logout_redirect_uri={Uri.EscapeDataString(Application.After)}", $"client_id=shop&post_logout_redirect_uri={Uri.EscapeDataString(Application.ShopUri)}", "id_token_hint=a.b.c", "id_token_hint=", "client_id=shop&client_id=own",
                 })
        {
            var refused = await browser.OpenAsync($"/auth/v1/oauth2/end-session?{wrong}");
            Assert.True((HttpStatusCode.BadRequest, null) == (refused.Status, refused.Location), $"{wrong}: {refused.Status} {refused.Location}");
        }

        // Any page can lead here: without a word of the client's the person is asked.
        var asked = await browser.OpenAsync($"/auth/v1/oauth2/end-session?client_id=shop&post_logout_redirect_uri={Uri.EscapeDataString(Application.After)}&state=the+state");
        Assert.Contains("value=\"sign-out\"", asked.Html, StringComparison.Ordinal);
        Assert.Contains("form-action 'self' https://shop.example.com;", asked.Policy, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PressAsync(asked with { Html = asked.Html.Replace("name=\"seal\"", "name=\"no\"", StringComparison.Ordinal) }, "sign-out")).Status);
        using var eves = new Browser(node);
        await own.CodeAsync(eves, "eve@example.com");
        Assert.Contains("value=\"sign-out\"", (await eves.OpenAsync($"/auth/v1/oauth2/end-session?id_token_hint={theirs.Text("id_token")}")).Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await shop.UserInfoStatusAsync(theirs.Access));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ours.Access));

        var led = await browser.OpenAsync($"/auth/v1/oauth2/end-session?id_token_hint={theirs.Text("id_token")}&post_logout_redirect_uri={Uri.EscapeDataString(Application.After)}&state=the+state");
        Assert.Equal($"{Application.After}?state=the%20state", led.Location);
        Assert.DoesNotContain("__Host-sluice-session", browser.Cookies.Keys);
        Assert.Equal(HttpStatusCode.Unauthorized, await shop.UserInfoStatusAsync(theirs.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ours.Access));
        Assert.Equal(("invalid_grant", "invalid_grant", "invalid_grant"), ((await shop.RefreshAsync(theirs.Refresh)).Error, (await own.RefreshAsync(ours.Refresh)).Error, (await shop.ExchangeAsync(stale)).Error));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        Assert.Equal("login_required", (await browser.OpenAsync(own.Address(("prompt", "none")))).Told("error"));

        await own.CodeAsync(browser);
        var said = await browser.PressAsync(await browser.OpenAsync("/auth/v1/oauth2/end-session"), "sign-out");
        Assert.Equal((HttpStatusCode.OK, null), (said.Status, said.Location));
        Assert.DoesNotContain("__Host-sluice-session", browser.Cookies.Keys);
        Assert.Equal((HttpStatusCode.OK, null), (await browser.OpenAsync("/auth/v1/oauth2/end-session") is var again ? again.Status : default, again.Location));
    }

    [Fact]
    public async Task What_ends_a_users_sessions_ends_their_clients_and_their_codes()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        var ada = await node.RegisterAsync();
        var own = Application.Own(node);
        using var browser = new Browser(node);

        foreach (var ending in new Func<Task<HttpResponseMessage>>[]
                 {
                     () => node.SendAsync(HttpMethod.Delete, "me/sessions?except=current", ada.Access),
                     async () => await node.SendAsync(HttpMethod.Delete, $"me/sessions/{await database.QueryAsync("SELECT \"parentId\"::text FROM \"client_sessions\"")}", ada.Access),
                     () => node.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword = "another quiet evening" }, ada.Access),
                 })
        {
            var (granted, code) = (await own.SignInAsync(browser), await own.CodeAsync(browser));
            using var ended = await ending();
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(granted.Access));
            Assert.Equal("invalid_grant", (await own.RefreshAsync(granted.Refresh)).Error);
            Assert.Equal("invalid_grant", (await own.ExchangeAsync(code)).Error);
            Assert.Equal("login_required", (await browser.OpenAsync(own.Address(("prompt", "none")))).Told("error"));
            Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM \"client_sessions\""));
        }
    }

    [Fact]
    public async Task Discovery_says_what_is_there_and_no_more()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await Application.StartAsync(database);
        await using var without = await TestNode.StartAsync(database);
        await using var half = await Application.StartAsync(database, more: o =>
        {
            o.Clients.Clear();
            o.Clients.Add(new ClientOptions { Id = "nightly", SecretSha256 = new string('a', 64), GrantTypes = { "client_credentials" } });
        });

        foreach (var (at, names) in new[]
                 {
                     (node, "authorize end-session introspect revoke token userinfo"), (without, ""), (half, "introspect revoke token"),
                 })
        {
            using var json = JsonDocument.Parse(await at.Client.GetStringAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative), TestContext.Current.CancellationToken));
            var endpoints = json.RootElement.EnumerateObject().Where(m => m.Name.EndsWith("_endpoint", StringComparison.Ordinal)).Select(m => m.Value.GetString()!).ToList();
            Assert.Equal(names, string.Join(' ', endpoints.Select(e => e.Split('/')[^1]).Order(StringComparer.Ordinal)));
            foreach (var endpoint in endpoints)
            {
                using var there = await at.Client.GetAsync(new Uri(endpoint.Replace(TestNode.Issuer, "", StringComparison.Ordinal), UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.NotEqual(HttpStatusCode.NotFound, there.StatusCode);
            }

            Assert.Equal(at == node ? "code" : "none", json.RootElement.GetProperty("response_types_supported")[0].GetString());
            Assert.Equal(at == node, json.RootElement.TryGetProperty("code_challenge_methods_supported", out var methods) && methods.ToString() == """["S256"]""");
            Assert.Equal(at == node, json.RootElement.TryGetProperty("authorization_response_iss_parameter_supported", out _));
            foreach (var path in new[] { "authorize", "userinfo", "end-session" })
            {
                using var there = await at.SendAsync(HttpMethod.Get, $"oauth2/{path}");
                Assert.Equal(at != node, there.StatusCode == HttpStatusCode.NotFound);
            }
        }
    }
}
