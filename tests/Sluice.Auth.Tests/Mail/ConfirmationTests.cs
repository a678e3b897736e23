using System.Net;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

public sealed class ConfirmationTests
{
    private const string Strangers = "what the stranger chose";
    private const string Owners = "what its owner has chosen";

    [Theory, InlineData(false), InlineData(true)]
    public async Task Bar_50_whose_address_somebody_else_has_registered_confirms_it_without_that_password(bool atOnce)
    {
        await using var at = await MailNode.StartAsync(o => o.AutoConfirm = atOnce);
        var (status, body) = await at.RegisterAsync();
        var token = (await at.Server.NextAsync(MailNode.Ada)).Token;
        using (var page = await at.Node.Client.GetAsync($"/auth/v1/email/verify?token={token}", TestContext.Current.CancellationToken))
        {
            Assert.Contains("name=\"notMine\"", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        if (atOnce)
        {
            // The stranger's second factor would keep the owner out.
            await App.OfAsync(at.Node, at.Clock, await at.Node.LoginAsync());
        }

        // So would a client that the stranger let in come back without asking its owner.
        await at.QueryAsync("""INSERT INTO client_consents ("userId", "clientId", scope, "grantedAt") SELECT id, 'shop', 'openid', now() FROM users RETURNING 1""");

        using var form = new FormUrlEncodedContent([new("token", token), new("notMine", "yes")]);
        using var pressed = await at.Node.Client.PostAsync("/auth/v1/email/verify", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, pressed.StatusCode);
        Assert.Contains("link to set yours", await pressed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync());
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM sessions"));
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM client_consents"));
        Assert.Equal((atOnce ? HttpStatusCode.Created : HttpStatusCode.Accepted, atOnce), (status, body.Contains("accessToken", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.LinkAsync(MailNode.Ada, "password/reset")).Token));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(MailNode.Fresh));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { email = MailNode.Ada, code = "000000", notMine = true }));
    }

    [Fact]
    public async Task Who_registers_signs_in_once_the_mailed_link_was_used()
    {
        await using var at = await MailNode.StartAsync();

        Assert.Equal((HttpStatusCode.Accepted, "{\"status\":\"verification_sent\"}"), await at.RegisterAsync());
        var mail = await at.Server.NextAsync(MailNode.Ada);
        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync());
        Assert.Contains("https://app.example.com/account/email/verify?token=", mail.Text, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"https://app.example.com/account/email/verify?token={mail.Token}\">", mail.Html, StringComparison.Ordinal);
        Assert.Equal("", await MailServer.HtmlErrorsAsync(mail.Html));
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"email_verified\"}"), await at.PostAsync("email/verify", new { token = mail.Token }));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { token = mail.Token }));

        await at.Node.LoginAsync();
    }

    [Fact]
    public async Task A_code_does_the_same_on_another_node_until_it_is_too_old()
    {
        await using var at = await MailNode.StartAsync();
        await using var other = await at.AnotherAsync();
        await at.RegisterAsync();
        var code = (await at.Server.NextAsync(MailNode.Ada)).Code;

        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { email = "eve@example.com", code }));
        await at.LaterAsync(TimeSpan.FromMinutes(16));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { email = MailNode.Ada, code }));
        Assert.Equal(HttpStatusCode.Accepted, await at.StatusOfAsync("email/verify/resend", new { email = MailNode.Ada }));
        code = (await at.Server.NextAsync(MailNode.Ada, 2)).Code;
        Assert.Equal(HttpStatusCode.OK, await at.StatusOfAsync("email/verify", new { email = " ADA@example.com", code }, at: other));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { email = MailNode.Ada, code }));
        await at.Node.LoginAsync();
    }

    [Fact]
    public async Task Of_wrong_codes_five_are_compared_however_many_come_at_once()
    {
        await using var at = await MailNode.StartAsync();
        await using var other = await at.AnotherAsync();
        await at.RegisterAsync();
        var mail = await at.Server.NextAsync(MailNode.Ada);
        var wrong = Enumerable.Range(0, 40).Select(i => $"{(int.Parse(mail.Code, System.Globalization.CultureInfo.InvariantCulture) + i + 1) % 1_000_000:D6}");

        var answers = await Task.WhenAll(wrong.Select((code, i) => at.StatusOfAsync("email/verify", new { email = MailNode.Ada, code }, at: i % 2 == 0 ? at.Node : other)));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.BadRequest, a));
        Assert.Equal(5, await at.QueryAsync("SELECT \"codeTries\" FROM \"email_verification_tokens\""));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { email = MailNode.Ada, code = mail.Code }));
        Assert.Equal(HttpStatusCode.OK, await at.StatusOfAsync("email/verify", new { token = mail.Token }));
    }

    [Fact]
    public async Task However_often_a_code_is_mailed_again_twenty_a_day_are_compared_and_the_link_holds()
    {
        await using var at = await MailNode.StartAsync();
        await at.RegisterAsync();
        await at.Server.NextAsync(MailNode.Ada);
        for (var i = 0; i < 20; i++)
        {
            if (i % 4 == 0)
            {
                await at.StatusOfAsync("email/verify/resend", new { email = MailNode.Ada });
                await at.Server.NextAsync(MailNode.Ada, 2 + i / 4);
            }

            Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { email = MailNode.Ada, code = "no code" }));
        }

        await at.StatusOfAsync("email/verify/resend", new { email = MailNode.Ada });
        var mail = await at.Server.NextAsync(MailNode.Ada, 7);
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { email = MailNode.Ada, code = mail.Code }));
        Assert.Equal(HttpStatusCode.OK, await at.StatusOfAsync("email/verify", new { token = mail.Token }));
    }

    [Fact]
    public async Task A_client_that_types_codes_is_held_up_and_its_links_are_not()
    {
        await using var at = await MailNode.StartAsync(o => o.RateLimits.MailsPerClient = new(4, TimeSpan.FromHours(1)));
        await at.RegisterAsync();
        var token = (await at.Server.NextAsync(MailNode.Ada)).Token;

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            answers.Add(await at.StatusOfAsync("email/verify", new { email = $"{i}@example.com", code = "000000" }));
        }

        Assert.Equal(Enumerable.Repeat(HttpStatusCode.BadRequest, 4).Append(HttpStatusCode.TooManyRequests), answers);
        Assert.Equal(HttpStatusCode.OK, await at.StatusOfAsync("email/verify", new { token }));
    }

    [Fact]
    public async Task Bar_14_register_answers_alike_and_tells_owners_by_mail()
    {
        await using var at = await MailNode.StartAsync();
        await at.ConfirmedAsync();

        var answers = new[]
        {
            await at.RegisterAsync("new@example.com", "bob"), await at.RegisterAsync(), await at.RegisterAsync("new@example.com"), await at.RegisterAsync("third@example.com", "BOB"),
        };

        Assert.Equal([(HttpStatusCode.Accepted, "{\"status\":\"verification_sent\"}")], answers.Distinct());
        Assert.Equal("You already have an account at Example", (await at.Server.NextAsync(MailNode.Ada, 2)).Subject);
        Assert.Equal("Confirm your address for Example", (await at.Server.NextAsync("new@example.com", 2)).Subject);
        Assert.Contains("the user name bob.", (await at.Server.NextAsync("third@example.com")).Text, StringComparison.Ordinal);
        Assert.Equal(2L, await at.QueryAsync("SELECT count(*) FROM \"users\""));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_stranger_who_registers_an_address_before_or_after_its_owner_has_nothing_of_it(bool isFirst, bool asksAgain)
    {
        await using var at = await MailNode.StartAsync();
        await at.RegisterAsync(password: isFirst ? Strangers : Owners);
        var first = (await at.Server.NextAsync(MailNode.Ada)).Token;
        await at.RegisterAsync(password: isFirst ? Owners : Strangers);
        await at.Server.NextAsync(MailNode.Ada, 2);
        if (asksAgain)
        {
            await at.StatusOfAsync("email/verify/resend", new { email = MailNode.Ada });
        }

        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { token = first }));
        var newest = (await at.Server.NextAsync(MailNode.Ada, asksAgain ? 3 : 2)).Token;
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"password_needed\"}"), await at.PostAsync("email/verify", new { token = newest }));

        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync(Strangers));
        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.LinkAsync(MailNode.Ada, "password/reset")).Token, Owners));
        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync(Strangers));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(Owners));
    }

    [Fact]
    public async Task An_address_that_gets_no_more_mail_gives_a_stranger_nothing_either()
    {
        await using var at = await MailNode.StartAsync(o => o.RateLimits.MailsPerAddress = new(1, TimeSpan.FromHours(1)));
        await at.RegisterAsync(password: Strangers);
        var link = (await at.Server.NextAsync(MailNode.Ada)).Token;
        await at.RegisterAsync(password: Owners);

        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"password_needed\"}"), await at.PostAsync("email/verify", new { token = link }));

        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync(Strangers));
    }

    [Theory]
    [InlineData(false, "password_needed")]
    [InlineData(true, "email_verified")]
    public async Task A_stranger_who_registers_the_address_of_an_imported_account_has_nothing_of_it(bool hasSignedIn, string status)
    {
        await using var at = await MailNode.StartAsync();
        await at.RegisterAsync(password: Owners);
        await at.Server.NextAsync(MailNode.Ada);
        await at.Database.ExecuteAsync($"DELETE FROM \"email_verification_tokens\"; UPDATE \"users\" SET \"lastLoginAt\" = {(hasSignedIn ? "now()" : "NULL")}");

        await at.RegisterAsync(password: Strangers);
        Assert.Equal((HttpStatusCode.OK, $"{{\"status\":\"{status}\"}}"), await at.PostAsync("email/verify", new { token = (await at.Server.NextAsync(MailNode.Ada, 2)).Token }));

        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync(Strangers));
        Assert.Equal(hasSignedIn ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, await at.TryLoginAsync(Owners));
    }

    [Fact]
    public async Task Asking_for_the_mail_again_leaves_the_password_of_the_only_registration()
    {
        await using var at = await MailNode.StartAsync();
        await at.RegisterAsync();
        await at.Server.NextAsync(MailNode.Ada);
        await at.StatusOfAsync("email/verify/resend", new { email = MailNode.Ada });

        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"email_verified\"}"), await at.PostAsync("email/verify", new { token = (await at.Server.NextAsync(MailNode.Ada, 2)).Token }));

        await at.Node.LoginAsync();
    }

    [Fact]
    public async Task Bar_50_a_confirmation_is_hashed_at_rest_and_holds_a_day()
    {
        await using var at = await MailNode.StartAsync();
        await at.RegisterAsync();
        var mail = await at.Server.NextAsync(MailNode.Ada);

        var dump = (string)(await at.QueryAsync("SELECT t::text FROM \"email_verification_tokens\" t"))!;
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(mail.Token))), dump, StringComparison.Ordinal);
        Assert.DoesNotContain(mail.Token, dump, StringComparison.Ordinal);
        await at.LaterAsync(TimeSpan.FromHours(24));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { token = mail.Token }));
    }

    [Fact]
    public async Task Where_accounts_are_confirmed_at_once_their_address_is_confirmed_by_mail_all_the_same()
    {
        await using var at = await MailNode.StartAsync(o => o.AutoConfirm = true);

        var ada = await at.Node.RegisterAsync();
        var token = (await at.Server.NextAsync(MailNode.Ada)).Token;
        Assert.Equal(HttpStatusCode.OK, await at.StatusOfAsync("email/verify", new { token }));

        Assert.Equal(true, await at.QueryAsync("SELECT \"emailVerified\" IS NOT NULL FROM \"users\""));
        await at.Node.RefreshAsync(ada.Refresh);
    }

    [Fact]
    public async Task Without_a_sender_nothing_is_written_and_the_routes_are_not_there()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await node.RegisterAsync();

        using var forgot = await node.PostAsync("password/forgot", new { email = MailNode.Ada });

        Assert.Equal(HttpStatusCode.NotFound, forgot.StatusCode);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM \"email_logs\""));
    }
}
