using System.Net;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>Which account somebody gets who comes from a provider, and which nobody gets.</summary>
public sealed class LinkingTests
{
    private static readonly StubAccount Ada = new("1", "ada@example.com");

    [Fact]
    public async Task Bar_56_an_account_is_linked_by_an_address_that_both_sides_have_confirmed_and_by_no_other()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, stub.Use);
        var ada = await node.RegisterAsync();
        await ConfirmAsync(database, "ada@example.com");

        Assert.Equal("email_not_verified", await ErrorAsync(node, stub, Ada with { IsVerified = false }));
        Assert.Equal("email_not_verified", await ErrorAsync(node, stub, Ada with { Email = null }));
        Assert.Equal("email_not_verified", await ErrorAsync(node, stub, Ada with { Email = "ada@example.com, eve@example.com" }));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM user_identities"));

        Assert.Equal(ada.UserId, (await SignInAsync(node, stub, Ada)).UserId);
        // Its password stays, and its sessions.
        await node.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));

        // Another person of the same provider with that address, as where an address was given to somebody else: not this account's.
        Assert.Equal("account_exists", await ErrorAsync(node, stub, Ada with { Id = "2" }));
        // The same number of another provider is somebody else.
        Assert.NotEqual(ada.UserId, (await SignInAsync(node, stub, new StubAccount("1", "octo@example.com"), "github")).UserId);
        Assert.Equal("identity_linked login login register register", await database.QueryAsync("SELECT string_agg(action, ' ' ORDER BY action) FROM audit_logs WHERE action NOT IN ('provider_sign_in_failed', 'login_new_client') AND NOT (action = 'login' AND \"newValues\" IS NULL)"));
    }

    [Fact]
    public async Task Bar_56_who_registered_anothers_address_loses_it_with_all_they_had_in_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, stub.Use);
        var eve = await node.RegisterAsync("ada@example.com", "eve");
        var clock = new MovedClock();
        await App.EnrolAsync(node, clock, eve);

        var ada = await SignInAsync(node, stub, Ada);

        Assert.Equal(eve.UserId, ada.UserId);
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(eve.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(eve.Refresh));
        using (var login = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        }

        Assert.Equal("0 1 1", await database.QueryAsync("""SELECT concat((SELECT count(*) FROM mfa_factors), ' ', (SELECT count(*) FROM sessions), ' ', (SELECT count(*) FROM users WHERE "passwordHash" IS NULL AND "emailVerified" IS NOT NULL AND username = 'eve'))"""));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'taken_over'"));

        // With a second factor of whoever it was, nothing is taken over and nothing opened.
        var mallory = await node.RegisterAsync("bob@example.com");
        var app = await App.OfAsync(node, clock, mallory);
        Assert.Equal("account_exists", await ErrorAsync(node, stub, new StubAccount("9", "bob@example.com")));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(app.Session.Access));
    }

    [Fact]
    public async Task Bar_48_with_a_second_factor_a_providers_word_is_half_a_sign_in()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, stub.Use, clock);
        var app = await App.NewAsync(node, clock);
        await ConfirmAsync(database, "ada@example.com");

        using var browser = new Browser(node);
        var code = (await browser.LandAsync(stub.Admit(await browser.StartAsync("stub"), Ada)))["code"];
        var asked = await App.ReadAsync(await browser.ExchangeAsync(code), HttpStatusCode.Unauthorized);

        Assert.Equal("mfa_required", (string)asked["code"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync((string)asked["mfaToken"]!, "000000"));
        var session = await SignedIn.OfAsync(await app.AnswerAsync((string)asked["mfaToken"]!, app.NextCode()), HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(session.Access, "/mine/aal2"));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM mfa_factors WHERE \"activatedAt\" IS NOT NULL"));

        // Nor does a session of before the factor link one more way in.
        var (weak, strong) = (await LinkAsync(node, "github", (await node.RegisterAsync("eve@example.com")).Access), await LinkAsync(node, "github", session.Access));
        Assert.Equal(("403 email_not_confirmed", "200"), (weak, strong));
    }

    [Fact]
    public async Task Bar_56_of_twenty_who_come_at_once_with_one_new_identity_all_get_one_account()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var one = await TestNode.StartAsync(database, stub.Use);
        await using var two = await TestNode.StartAsync(database, stub.Use);

        // Half of them by GitHub: the same address, another identity.
        var came = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SignInAsync(i % 2 == 0 ? one : two, stub, Ada, i % 4 < 2 ? "stub" : "github")));

        Assert.Single(came.Select(c => c.UserId).Distinct());
        Assert.Equal("1 2 20 1", await database.QueryAsync("SELECT concat((SELECT count(*) FROM users), ' ', (SELECT count(*) FROM user_identities), ' ', (SELECT count(*) FROM sessions), ' ', (SELECT count(*) FROM audit_logs WHERE action = 'register'))"));
    }

    [Fact]
    public async Task Bar_57_where_no_accounts_are_made_somebody_unknown_gets_none_and_somebody_known_gets_in()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var open = await TestNode.StartAsync(database, stub.Use);
        await using var closed = await TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            o.Identities.CreateAccounts = false;
        });
        await using var named = await TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            o.RequireUsername = true;
        });

        Assert.Equal("registration_closed", await ErrorAsync(closed, stub, Ada));
        Assert.Equal("registration_closed", await ErrorAsync(closed, stub, Ada, "github"));
        Assert.Equal("registration_incomplete", await ErrorAsync(named, stub, Ada));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM users"));
        var ada = await SignInAsync(open, stub, Ada);
        Assert.Equal(ada.UserId, (await SignInAsync(closed, stub, Ada)).UserId);

        // A deleted account's identity is free again, as its address is.
        await database.ExecuteAsync("""UPDATE users SET "deletedAt" = now()""");
        Assert.Equal("registration_closed", await ErrorAsync(closed, stub, Ada));
        Assert.NotEqual(ada.UserId, (await SignInAsync(open, stub, Ada)).UserId);
    }

    [Fact]
    public async Task A_provider_is_linked_by_who_is_signed_in_and_unlinked_while_there_is_another_way_in()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, stub.Use, clock);
        var eve = await SignInAsync(node, stub, new StubAccount("5", "eve@example.com"));
        var ada = await node.RegisterAsync();
        await ConfirmAsync(database, "ada@example.com");

        // Under whatever address; what is another account's is refused, and so is a second of the same provider.
        Assert.Equal("linked=stub", await LinkedAsync(ada.Access, "stub", new StubAccount("7", "ada@home.example", IsVerified: false)));
        Assert.Equal("error=identity_exists", await LinkedAsync(ada.Access, "stub", new StubAccount("8", "x@example.com")));
        Assert.Equal("error=identity_taken", await LinkedAsync(ada.Access, "stub", new StubAccount("5", "eve@example.com")));
        Assert.Equal(ada.UserId, (await SignInAsync(node, stub, new StubAccount("7", null))).UserId);
        using (var listed = await node.SendAsync(HttpMethod.Get, "me/identities", ada.Access))
        {
            Assert.Matches("""^\{"identities":\[\{"provider":"stub","email":"","createdAt":"[^"]+","lastUsedAt":"[^"]+"\}\]\}$""", await listed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        // Who has logged out meanwhile links nothing.
        using (var browser = new Browser(node))
        {
            var again = await node.LoginAsync();
            var back = stub.Admit(await LinkAddressAsync(browser, "github", again.Access), new StubAccount("77", "ada@example.com"));
            using var logout = await node.PostAsync("logout", new { }, again.Access);
            Assert.Equal("oauth_state_invalid", (await browser.LandAsync(back))["error"]);
        }

        Assert.Equal("404", await UnlinkAsync(ada.Access, "github"));
        Assert.Equal("204", await UnlinkAsync(ada.Access, "stub"));
        Assert.Equal("404", await UnlinkAsync(ada.Access, "stub"));
        Assert.Equal("409 last_way_in", await UnlinkAsync(eve.Access, "stub"));
        Assert.Equal("401", await UnlinkAsync("x", "stub"));

        // With a second provider either may go, and not both: also not at the same moment.
        await ConfirmAsync(database, "eve@example.com");
        Assert.Equal("linked=github", await LinkedAsync(eve.Access, "github", new StubAccount("55", "eve@example.com")));
        var both = await Task.WhenAll(UnlinkAsync(eve.Access, "github"), UnlinkAsync(eve.Access, "stub"));
        Assert.Equal(["204", "409 last_way_in"], both.Order(StringComparer.Ordinal));

        // A sign-in of a while ago is not enough.
        clock.Move(TimeSpan.FromMinutes(16));
        Assert.Equal("403 recent_sign_in_needed", await UnlinkAsync(eve.Access, "stub"));
        Assert.Equal("403 recent_sign_in_needed", await LinkingTests.LinkAsync(node, "github", ada.Access));

        async Task<string> LinkedAsync(string token, string provider, StubAccount who)
        {
            using var browser = new Browser(node);
            var landed = await browser.LandAsync(stub.Admit(await LinkAddressAsync(browser, provider, token), who));
            return string.Join('&', landed.Select(l => $"{l.Key}={l.Value}"));
        }

        async Task<string> UnlinkAsync(string token, string provider)
        {
            var response = await node.SendAsync(HttpMethod.Delete, $"me/identities/{provider}", token);
            return response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.Forbidden ? await Browser.CodeOfAsync(response) : $"{(int)response.StatusCode}";
        }
    }

    [Fact]
    public async Task Who_came_by_a_provider_has_no_password_is_told_so_and_sets_one_by_mail()
    {
        await using var stub = await StubProvider.StartAsync();
        await using var at = await MailNode.StartAsync(stub.Use);
        var ada = await SignInAsync(at.Node, stub, Ada);

        foreach (var (path, body) in new (string, object)[]
                 {
                     ("me/password", new { currentPassword = TestNode.Password, newPassword = MailNode.Fresh }), ("me/email", new { currentPassword = "", newEmail = "countess@example.com" }),
                 })
        {
            Assert.Equal("409 no_password", await Browser.CodeOfAsync(await at.Node.PostAsync(path, body, ada.Access)));
        }

        await at.ForgotAsync();
        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.LinkAsync(MailNode.Ada, "password/reset")).Token, TestNode.Password));
        var again = await at.Node.LoginAsync();
        Assert.Equal(HttpStatusCode.NoContent, await at.StatusOfAsync("me/password", new { currentPassword = TestNode.Password, newPassword = MailNode.Fresh }, again.Access));
        // Neither way in is gone.
        await SignInAsync(at.Node, stub, Ada);
    }

    [Fact]
    public async Task In_cookie_mode_the_session_of_an_exchange_is_in_the_cookie_and_no_other_site_begins_one()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            o.Cookies.Enabled = true;
        });
        using var browser = new Browser(node);
        var code = (await browser.LandAsync(stub.Admit(await browser.StartAsync("stub"), Ada)))["code"];

        Assert.Equal("403 cross_site", await Browser.CodeOfAsync(await browser.ExchangeAsync(code)));
        node.Client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        using var response = await browser.ExchangeAsync(code);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("__Host-sluice-refresh=", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.DoesNotContain("refreshToken", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    internal static async Task<SignedIn> SignInAsync(TestNode node, StubProvider stub, StubAccount who, string provider = "stub")
    {
        using var browser = new Browser(node);
        var landed = await browser.LandAsync(stub.Admit(await browser.StartAsync(provider), who));
        Assert.True(landed.ContainsKey("code"), string.Join('&', landed));
        return await browser.SessionAsync(landed["code"]);
    }

    internal static async Task<string> ErrorAsync(TestNode node, StubProvider stub, StubAccount who, string provider = "stub")
    {
        using var browser = new Browser(node);
        var landed = await browser.LandAsync(stub.Admit(await browser.StartAsync(provider), who));
        Assert.True(landed.ContainsKey("error"), string.Join('&', landed));
        return landed["error"];
    }

    internal static Task ConfirmAsync(TestDatabase database, string email) => database.ExecuteAsync($"UPDATE users SET \"emailVerified\" = now() WHERE email = '{email}'");

    internal static async Task<Uri> LinkAddressAsync(Browser browser, string provider, string token) =>
        new((string)(await App.ReadAsync(await browser.GetAsync($"/auth/v1/me/identities/{provider}/link?redirectUri={Uri.EscapeDataString(Browser.App)}", token), HttpStatusCode.OK))["url"]!);

    private static async Task<string> LinkAsync(TestNode node, string provider, string token)
    {
        using var browser = new Browser(node);
        var response = await browser.GetAsync($"/auth/v1/me/identities/{provider}/link?redirectUri={Uri.EscapeDataString(Browser.App)}", token);
        return response.StatusCode == HttpStatusCode.OK ? "200" : await Browser.CodeOfAsync(response);
    }
}
