using System.Net;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

public sealed class ConfirmationTests
{
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
        at.Clock.Move(TimeSpan.FromMinutes(16));
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

    [Fact]
    public async Task Who_registered_a_strangers_address_first_has_nothing_of_it()
    {
        await using var at = await MailNode.StartAsync();
        await at.RegisterAsync(password: "what the stranger chose");
        var first = (await at.Server.NextAsync(MailNode.Ada)).Token;
        await at.RegisterAsync(password: "what its owner has chosen");

        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("email/verify", new { token = first }));
        Assert.Equal(HttpStatusCode.OK, await at.StatusOfAsync("email/verify", new { token = (await at.Server.NextAsync(MailNode.Ada, 2)).Token }));

        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync("what the stranger chose"));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync("what its owner has chosen"));
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
        at.Clock.Move(TimeSpan.FromHours(24));
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
