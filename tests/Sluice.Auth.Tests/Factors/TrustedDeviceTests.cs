using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sluice.Auth.Accounts;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Provider;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Factors;

/// <summary>A browser that was trusted with the second factor: what it is spared, and for how long.</summary>
public sealed class TrustedDeviceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trusted_browser_is_not_asked_for_the_second_factor_and_its_session_is_worth_no_more_than_a_password()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var (app, other) = (await App.NewAsync(node, clock), await App.NewAsync(node, clock, "eve@example.com"));
        var (cookie, shape) = await TrustAsync(node, app);
        Assert.Equal("max-age=2592000; path=/; secure; samesite=lax; httponly", shape);
        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM trusted_devices WHERE trusted_devices::text LIKE '%{cookie}%'"));

        var session = await SignedIn.OfAsync(await LoginAsync(node, cookie), HttpStatusCode.OK);
        Assert.Equal(("aal1", HttpStatusCode.Forbidden), (session.Claim("aal"), await node.StatusAsync(session.Access, "/mine/aal2")));
        // Nor does a refresh of it, and what changes the next sign-ins still wants the factor.
        Assert.Equal("aal1", (await node.RefreshAsync(session.Refresh)).Claim("aal"));
        Assert.Equal("insufficient_aal", await CodeOfAsync(await node.PostAsync("me/recovery-codes", new { }, session.Access)));
        var asked = await App.ReadAsync(await node.PostAsync("me/factors/challenge", new { }, session.Access), HttpStatusCode.OK);
        Assert.Equal("aal2", (await SignedIn.OfAsync(await app.AnswerAsync((string)asked["mfaToken"]!, app.NextCode()), HttpStatusCode.OK)).Claim("aal"));

        // With the right password only, for this account only, and only as it was given.
        Assert.Equal("invalid_credentials", await CodeOfAsync(await LoginAsync(node, cookie, password: "not this one at all")));
        Assert.Equal("mfa_required", await CodeOfAsync(await LoginAsync(node, null)));
        Assert.Equal("mfa_required", await CodeOfAsync(await LoginAsync(node, RandomToken.New())));
        Assert.Equal("mfa_required", await CodeOfAsync(await LoginAsync(node, (string)(await database.QueryAsync("SELECT \"tokenHash\" FROM trusted_devices"))!)));
        Assert.Equal("mfa_required", await CodeOfAsync(await LoginAsync(node, cookie, "eve@example.com")));
        Assert.Equal("1 1", await database.QueryAsync("SELECT concat(count(*) FILTER (WHERE action = 'device_trusted'), ' ', count(*) FILTER (WHERE action = 'login_trusted_device')) FROM audit_logs"));

        clock.Move(TimeSpan.FromDays(30));
        Assert.Equal("mfa_required", await CodeOfAsync(await LoginAsync(node, cookie)));
        Assert.NotEqual(app.Id, other.Id);
    }

    [Fact]
    public async Task An_owner_sees_the_trusted_browsers_and_takes_the_trust_back_and_nobody_elses()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var (app, eve) = (await App.NewAsync(node, clock), await node.RegisterAsync("eve@example.com"));
        var (cookie, _) = await TrustAsync(node, app);
        await TrustAsync(node, app);
        var owner = await SignedIn.OfAsync(await LoginAsync(node, cookie), HttpStatusCode.OK);

        var devices = await ListAsync();
        Assert.Equal((2, 1), (devices.Count, devices.Count(d => (bool)d!["current"]!)));
        var here = (string)devices.Single(d => (bool)d!["current"]!)!["id"]!;
        Assert.Equal(HttpStatusCode.NotFound, await RemoveAsync(here, eve));
        Assert.Equal(HttpStatusCode.NotFound, await RemoveAsync("nonsense", owner));
        Assert.Equal(HttpStatusCode.NoContent, await RemoveAsync(here, owner));
        Assert.Equal(HttpStatusCode.NotFound, await RemoveAsync(here, owner));
        Assert.Equal("mfa_required", await CodeOfAsync(await LoginAsync(node, cookie)));
        Assert.Single(await ListAsync());
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'trusted_device_removed'"));

        async Task<JsonArray> ListAsync()
        {
            using var request = With(new HttpRequestMessage(HttpMethod.Get, "/auth/v1/me/trusted-devices"), cookie);
            request.Headers.Authorization = new("Bearer", owner.Access);
            return (await App.ReadAsync(await node.Client.SendAsync(request, Cancellation), HttpStatusCode.OK))["trustedDevices"]!.AsArray();
        }

        async Task<HttpStatusCode> RemoveAsync(string id, SignedIn by)
        {
            using var response = await node.SendAsync(HttpMethod.Delete, $"me/trusted-devices/{id}", by.Access);
            return response.StatusCode;
        }
    }

    [Theory, InlineData("password"), InlineData("reset"), InlineData("factors"), InlineData("factor"), InlineData("lock"), InlineData("demand")]
    public async Task Trust_ends_with_whatever_says_that_somebody_else_may_have_been_there(string by)
    {
        await using var at = await MailNode.StartAsync();
        var app = await App.OfAsync(at.Node, at.Clock, await at.ConfirmedAsync());
        var (cookie, _) = await TrustAsync(at.Node, app);
        var control = at.Node.Get<AccountControl>();
        var user = (await at.Node.Get<AccountStore>().FindAsync(MailNode.Ada, Cancellation))!.User;
        var password = TestNode.Password;

        switch (by)
        {
            case "password":
                Assert.Equal(HttpStatusCode.NoContent, await at.StatusOfAsync("me/password", new { currentPassword = password, newPassword = MailNode.Fresh }, app.Session.Access));
                password = MailNode.Fresh;
                break;
            case "reset":
                await at.ForgotAsync();
                Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.LinkAsync(MailNode.Ada, "password/reset")).Token));
                password = MailNode.Fresh;
                break;
            case "factors":
                Assert.Null(await control.ResetFactorsAsync(user, Actor.Outside(null), Cancellation));
                break;
            case "factor":
                using (var removed = await at.Node.SendAsync(HttpMethod.Delete, $"me/factors/{app.Id}", app.Session.Access))
                {
                    Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
                }

                break;
            case "lock":
                Assert.Null(await control.LockAsync(user, null, null, Actor.Outside(null), Cancellation));
                await control.UnlockAsync(user, Actor.Outside(null), Cancellation);
                break;
            default:
                await control.RequirePasswordChangeAsync(user, null, Actor.Outside(null), Cancellation);
                break;
        }

        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM trusted_devices"));
        if (!by.StartsWith("factor", StringComparison.Ordinal))
        {
            Assert.Equal("mfa_required", await CodeOfAsync(await LoginAsync(at.Node, cookie, password: password)));
        }
    }

    [Fact]
    public async Task Trust_that_ends_while_somebody_signs_in_by_it_begins_no_session_and_where_it_is_off_there_is_none()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        await using var off = await TestNode.StartAsync(database, o => o.Factors.TrustDevicesFor = TimeSpan.Zero, clock);
        var app = await App.NewAsync(node, clock);
        var (cookie, _) = await TrustAsync(node, app);
        Assert.Equal("mfa_required", await CodeOfAsync(await LoginAsync(off, cookie)));
        using (var shown = await off.PostAsync("login/mfa", new { mfaToken = await app.ChallengeAsync(), code = app.NextCode(), trustDevice = true }))
        {
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
            Assert.DoesNotContain(shown.Headers.TryGetValues("Set-Cookie", out var set) ? set : [], c => c.StartsWith(TrustedDeviceEndpoints.Cookie, StringComparison.Ordinal));
        }

        await using var held = await HeldUsers.ByAsync(database);
        var login = LoginAsync(node, cookie);
        await held.UntilWaitingAsync(1);
        await held.RunAsync("DELETE FROM trusted_devices");
        await held.ReleaseAsync();
        Assert.Equal("invalid_credentials", await CodeOfAsync(await login));
    }

    [Fact]
    public async Task On_our_own_page_a_browser_is_trusted_and_a_client_that_needs_the_second_factor_gets_it_all_the_same()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await Application.StartAsync(database, clock);
        var (app, own) = (await App.NewAsync(node, clock), Application.Own(node));
        using var browser = new Provider.Browser(node);

        var asked = await PasswordAsync(own.Address());
        Assert.Contains("name=\"trust\"", asked.Html, StringComparison.Ordinal);
        Assert.NotNull((await browser.PressAsync(asked, "factor", ("code", app.NextCode()), ("trust", "on"))).Told("code"));
        Assert.Contains(TrustedDeviceEndpoints.Cookie, browser.Cookies.Keys);

        browser.Cookies.Remove("__Host-sluice-session");
        var trusted = await own.ExchangeAsync(Assert.IsType<string>((await PasswordAsync(own.Address())).Told("code")));
        Assert.Equal("aal1", trusted.Claims("access_token")["aal"].GetString());
        Assert.Equal("unmet_authentication_requirements", (await browser.OpenAsync(own.Address(("acr_values", "aal2"), ("prompt", "none")))).Told("error"));
        var sure = await browser.PressAsync(await PasswordAsync(own.Address(("acr_values", "aal2"))), "factor", ("code", app.NextCode()));
        var granted = await own.ExchangeAsync(Assert.IsType<string>(sure.Told("code")));
        Assert.Equal("aal2", granted.Claims("access_token")["aal"].GetString());

        async Task<Seen> PasswordAsync(string address) => await browser.PressAsync(await browser.OpenAsync(address), "sign-in", ("identifier", "ada@example.com"), ("password", TestNode.Password));
    }

    private static async Task<(string Cookie, string Shape)> TrustAsync(TestNode node, App app)
    {
        using var response = await node.PostAsync("login/mfa", new { mfaToken = await app.ChallengeAsync(), code = app.NextCode(), trustDevice = true });
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancellation));
        var cookie = response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(TrustedDeviceEndpoints.Cookie, StringComparison.Ordinal)).Split("; ", 2);
        return (cookie[0].Split('=', 2)[1], cookie[1]);
    }

    private static async Task<HttpResponseMessage> LoginAsync(TestNode node, string? cookie, string identifier = "ada@example.com", string password = TestNode.Password)
    {
        using var request = With(new HttpRequestMessage(HttpMethod.Post, "/auth/v1/login") { Content = JsonContent.Create(new { identifier, password }) }, cookie);
        return await node.Client.SendAsync(request, Cancellation);
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string? cookie)
    {
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", $"{TrustedDeviceEndpoints.Cookie}={cookie}");
        }

        return request;
    }

    private static async Task<string> CodeOfAsync(HttpResponseMessage refused)
    {
        using (refused)
        {
            return (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancellation))!["code"]!;
        }
    }
}
