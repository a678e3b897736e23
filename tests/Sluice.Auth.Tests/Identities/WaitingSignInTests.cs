using System.Net;
using Sluice.Auth.Accounts;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Provider;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>What may happen between a provider's word and the session that comes of it.</summary>
public sealed class WaitingSignInTests
{
    private static readonly StubAccount Ada = new("1", MailNode.Ada);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, InlineData("password"), InlineData("reset"), InlineData("sessions"), InlineData("administrator")]
    public async Task Bar_50_what_ends_every_session_ends_a_sign_in_that_waits_to_be_exchanged(string by)
    {
        await using var stub = await StubProvider.StartAsync();
        await using var at = await MailNode.StartAsync(stub.Use);
        var ada = await at.ConfirmedAsync();
        var control = at.Node.Get<AccountControl>();
        var user = (await at.Node.Get<AccountStore>().FindAsync(MailNode.Ada, Cancellation))!.User;
        using var browser = new Browser(at.Node);
        var code = (await browser.LandAsync(stub.Admit(await browser.StartAsync("stub"), Ada)))["code"];

        switch (by)
        {
            case "password":
                Assert.Equal(HttpStatusCode.NoContent, await at.StatusOfAsync("me/password", new { currentPassword = TestNode.Password, newPassword = MailNode.Fresh }, ada.Access));
                break;
            case "reset":
                await at.ForgotAsync();
                Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.LinkAsync(MailNode.Ada, "password/reset")).Token));
                break;
            case "sessions":
                using (var ended = await at.Node.SendAsync(HttpMethod.Delete, "me/sessions?except=current", ada.Access))
                {
                    Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
                }

                break;
            default:
                await control.RevokeSessionsAsync(user, Actor.Outside(null), Cancellation);
                break;
        }

        Assert.Equal("400 invalid_code", await Browser.CodeOfAsync(await browser.ExchangeAsync(code)));
        // The next one is as good as ever.
        await LinkingTests.SignInAsync(at.Node, stub, Ada);
    }

    [Fact]
    public async Task A_code_that_is_void_while_it_is_exchanged_begins_no_session()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, stub.Use);
        using var browser = new Browser(node);
        var code = (await browser.LandAsync(stub.Admit(await browser.StartAsync("stub"), Ada)))["code"];
        await using var held = await HeldUsers.ByAsync(database);

        var exchanging = browser.ExchangeAsync(code);
        await held.UntilWaitingAsync(1);
        await held.RunAsync("UPDATE provider_sign_ins SET \"codeHash\" = NULL");
        await held.ReleaseAsync();

        Assert.Equal("400 invalid_code", await Browser.CodeOfAsync(await exchanging));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task Bar_56_an_account_whose_address_becomes_another_meanwhile_is_not_linked_by_the_one_before()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, stub.Use);
        var other = await node.RegisterAsync();
        await LinkingTests.ConfirmAsync(database, MailNode.Ada);
        using var browser = new Browser(node);
        var back = stub.Admit(await browser.StartAsync("stub"), Ada);
        await using var held = await HeldUsers.ByAsync(database);

        var landing = browser.LandAsync(back);
        await held.UntilWaitingAsync(1);
        await held.RunAsync("UPDATE users SET email = 'bob@example.com'");
        await held.ReleaseAsync();

        Assert.NotEqual(other.UserId, (await browser.SessionAsync((await landing)["code"])).UserId);
        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM user_identities WHERE \"userId\" = '{other.UserId}'"));
    }

    [Fact]
    public async Task Bar_56_what_clients_were_allowed_in_anothers_name_goes_with_the_account()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await Application.StartAsync(database, more: stub.Use);
        await node.RegisterAsync();
        var shop = Application.Shop(node);
        using var eves = new Provider.Browser(node);
        var granted = await shop.SignInAsync(eves);
        var waiting = await shop.CodeAsync(eves);

        await LinkingTests.SignInAsync(node, stub, Ada);

        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM client_consents"));
        Assert.Equal(HttpStatusCode.Unauthorized, await shop.UserInfoStatusAsync(granted.Access));
        Assert.Equal(("invalid_grant", "invalid_grant"), ((await shop.RefreshAsync(granted.Refresh)).Error, (await shop.ExchangeAsync(waiting)).Error));
    }

    [Fact]
    public async Task Bar_20_a_sign_in_with_a_provider_from_somewhere_new_is_told_to_the_owner_once_and_the_first_of_all_is_not()
    {
        await using var stub = await StubProvider.StartAsync();
        await using var at = await MailNode.StartAsync(o =>
        {
            stub.Use(o);
            o.TrustedProxies.Add("127.0.0.0/8");
        });

        await FromAsync("192.0.2.1");
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM email_logs"));
        await FromAsync("192.0.2.1");
        await FromAsync("203.0.113.7");
        await FromAsync("203.0.113.7");

        Assert.Contains("203.0.113.7", (await at.Server.NextAsync(MailNode.Ada, 1)).Text, StringComparison.Ordinal);
        Assert.Equal("1 1", await at.QueryAsync("SELECT concat((SELECT count(*) FROM email_logs WHERE template = 'new-sign-in'), ' ', (SELECT count(*) FROM notifications WHERE type = 'NEW_SIGN_IN'))"));
        Assert.Equal(2L, await at.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'login_new_client'"));

        async Task FromAsync(string ip)
        {
            at.Node.Client.DefaultRequestHeaders.Remove("X-Forwarded-For");
            at.Node.Client.DefaultRequestHeaders.Add("X-Forwarded-For", ip);
            await LinkingTests.SignInAsync(at.Node, stub, Ada);
        }
    }
}
