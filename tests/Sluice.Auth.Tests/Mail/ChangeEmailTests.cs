using System.Net;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

public sealed class ChangeEmailTests
{
    private const string New = "ada@example.org";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_changes_when_both_have_agreed_in_either_order(bool oldFirst)
    {
        await using var at = await MailNode.StartAsync();
        var here = await at.ConfirmedAsync();
        var elsewhere = await at.Node.LoginAsync();
        Assert.Equal((HttpStatusCode.Accepted, "{\"status\":\"verification_sent\"}"), await AskAsync(at, here));
        var (old, fresh) = ((await OfAsync(at, MailNode.Ada, "is to have another address")).Token, (await at.Server.NextAsync(New)).Token);

        var (first, second) = oldFirst ? (old, fresh) : (fresh, old);
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"waiting_for_other_address\"}"), await at.PostAsync("me/email/confirm", new { token = first }));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("me/email/confirm", new { token = first }));
        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync(identifier: New));
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"email_changed\"}"), await at.PostAsync("me/email/confirm", new { token = second }));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("me/email/confirm", new { token = second }));

        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync());
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(identifier: New));
        await at.Node.RefreshAsync(here.Refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, await at.Node.TryRefreshAsync(elsewhere.Refresh));
        Assert.Contains($"goes to {New}", (await OfAsync(at, MailNode.Ada, "has another address")).Text.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_addresses_may_agree_at_the_same_moment_on_two_nodes()
    {
        await using var at = await MailNode.StartAsync();
        await using var other = await at.AnotherAsync();
        var ada = await at.ConfirmedAsync();
        for (var i = 0; i < 5; i++)
        {
            var (from, to) = ($"{(i == 0 ? MailNode.Ada : $"ada{i}@example.org")}", $"ada{i + 1}@example.org");
            await at.PostAsync("me/email", new { newEmail = to, currentPassword = TestNode.Password }, ada.Access);
            var tokens = new[] { (await OfAsync(at, from, "is to have another address")).Token, (await at.Server.NextAsync(to)).Token };

            var answers = await Task.WhenAll(tokens.Select((token, n) => at.PostAsync("me/email/confirm", new { token }, at: n == 0 ? at.Node : other)));

            Assert.Equal(["email_changed", "waiting_for_other_address"], answers.Select(a => a.Body.Split('"')[3]).Order(StringComparer.Ordinal));
            Assert.Equal(to, await at.QueryAsync("SELECT \"email\" FROM \"users\""));
        }
    }

    [Fact]
    public async Task Another_s_address_gets_the_same_answer_and_its_owner_a_mail()
    {
        await using var at = await MailNode.StartAsync();
        await at.ConfirmedAsync(New);
        var ada = await at.ConfirmedAsync();

        Assert.Equal((HttpStatusCode.Accepted, "{\"status\":\"verification_sent\"}"), await AskAsync(at, ada));

        Assert.Equal("You already have an account at Example", (await at.Server.NextAsync(New, 2)).Subject);
        await at.PostAsync("me/email/confirm", new { token = (await OfAsync(at, MailNode.Ada, "is to have another address")).Token });
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync());
    }

    [Fact]
    public async Task An_address_that_somebody_registers_meanwhile_is_theirs()
    {
        await using var at = await MailNode.StartAsync();
        var ada = await at.ConfirmedAsync();
        await AskAsync(at, ada);
        await at.PostAsync("me/email/confirm", new { token = (await OfAsync(at, MailNode.Ada, "is to have another address")).Token });
        await at.RegisterAsync(New);

        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("me/email/confirm", new { token = (await at.Server.NextAsync(New)).Token }));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync());
    }

    [Fact]
    public async Task It_needs_the_password_and_another_address_and_is_voided_by_another_password()
    {
        await using var at = await MailNode.StartAsync();
        var ada = await at.ConfirmedAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await at.StatusOfAsync("me/email", new { newEmail = New, currentPassword = "not this one at all" }, ada.Access));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await at.StatusOfAsync("me/email", new { newEmail = " ADA@example.com", currentPassword = TestNode.Password }, ada.Access));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await at.StatusOfAsync("me/email", new { newEmail = "ada", currentPassword = TestNode.Password }, ada.Access));
        await AskAsync(at, ada);
        var token = (await at.Server.NextAsync(New)).Token;
        Assert.Equal(HttpStatusCode.NoContent, await at.StatusOfAsync("me/password", new { currentPassword = TestNode.Password, newPassword = MailNode.Fresh }, ada.Access));
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("me/email/confirm", new { token }));
    }

    [Fact]
    public async Task An_address_that_was_never_confirmed_need_not_agree()
    {
        await using var at = await MailNode.StartAsync(o => o.AutoConfirm = true);
        var ada = await at.Node.RegisterAsync("typo@example.com");

        await AskAsync(at, ada);

        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"email_changed\"}"), await at.PostAsync("me/email/confirm", new { token = (await at.Server.NextAsync(New)).Token }));
        await at.Node.LoginAsync(New);
    }

    private static Task<(HttpStatusCode Status, string Body)> AskAsync(MailNode at, SignedIn ada) => at.PostAsync("me/email", new { newEmail = New, currentPassword = TestNode.Password }, ada.Access);

    private static async Task<ReceivedMail> OfAsync(MailNode at, string to, string subject)
    {
        for (var i = 1; ; i++)
        {
            var mail = await at.Server.NextAsync(to, i);
            if (mail.Subject.Contains(subject, StringComparison.Ordinal))
            {
                return mail;
            }
        }
    }
}
