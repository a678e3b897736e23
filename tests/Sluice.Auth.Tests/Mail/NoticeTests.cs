using System.Net;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

public sealed class NoticeTests
{
    [Fact]
    public async Task Bar_20_a_sign_in_from_somewhere_new_or_after_failures_is_told_to_the_owner_and_the_first_of_all_is_not()
    {
        await using var at = await MailNode.StartAsync(o => o.TrustedProxies.Add("127.0.0.0/8"));
        await at.ConfirmedAsync();
        await LoginFromAsync("127.0.0.1");
        await LoginFromAsync("203.0.113.7");
        for (var i = 0; i < 3; i++)
        {
            await LoginFromAsync("203.0.113.7", "not this one at all", HttpStatusCode.Unauthorized);
        }

        await LoginFromAsync("203.0.113.7");

        var mail = await at.Server.NextAsync(MailNode.Ada, 2);
        Assert.Equal("Neue Anmeldung bei Example", mail.Subject);
        Assert.Contains("203.0.113.7 (old-browser/1.0)", mail.Text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        await at.Server.NextAsync(MailNode.Ada, 3);
        Assert.Equal(["new-sign-in", "new-sign-in", "confirm"], (await MailLog.ReadAsync(at.Database)).Select(m => m.Template));

        async Task LoginFromAsync(string ip, string password = TestNode.Password, HttpStatusCode expected = HttpStatusCode.OK)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/login") { Content = System.Net.Http.Json.JsonContent.Create(new { identifier = MailNode.Ada, password }) };
            request.Headers.Add("X-Forwarded-For", ip);
            request.Headers.UserAgent.ParseAdd("old-browser/1.0");
            request.Headers.AcceptLanguage.ParseAdd("de-AT, en;q=0.5");
            using var response = await at.Node.Client.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task Bar_34_reuse_of_a_refresh_token_is_told_to_the_owner()
    {
        await using var at = await MailNode.StartAsync();
        var ada = await at.ConfirmedAsync();
        var second = await at.Node.RefreshAsync(ada.Refresh);
        await at.Node.RefreshAsync(second.Refresh);

        Assert.Equal(HttpStatusCode.Unauthorized, await at.Node.TryRefreshAsync(ada.Refresh));

        Assert.Equal("A session at Example was ended", (await at.Server.NextAsync(MailNode.Ada, 2)).Subject);
    }

    [Fact]
    public async Task Bar_10_another_password_is_told_to_the_owner()
    {
        await using var at = await MailNode.StartAsync();
        var ada = await at.ConfirmedAsync();

        Assert.Equal(HttpStatusCode.NoContent, await at.StatusOfAsync("me/password", new { currentPassword = TestNode.Password, newPassword = MailNode.Fresh }, ada.Access));

        Assert.Equal("Your password for Example was changed", (await at.Server.NextAsync(MailNode.Ada, 2)).Subject);
    }

    [Fact]
    public async Task Bar_54_who_has_the_secret_reports_mail_that_came_back()
    {
        await using var at = await MailNode.StartAsync(o => o.Mail.BounceSecret = "a secret between servers");
        await at.RegisterAsync();
        var mail = await at.Server.NextAsync(MailNode.Ada);
        await MailLog.UntilAsync(at.Database, MailNode.Ada, "SENT");

        Assert.Equal(HttpStatusCode.Unauthorized, await ReportAsync("", new { messageId = mail.MessageId }));
        Assert.Equal(HttpStatusCode.Unauthorized, await ReportAsync("a secret between server", new { messageId = mail.MessageId }));
        Assert.Equal(HttpStatusCode.BadRequest, await ReportAsync("a secret between servers", new { }));
        Assert.Equal(HttpStatusCode.NoContent, await ReportAsync("a secret between servers", new { messageId = "<1@example.com>" }));
        Assert.Equal("SENT", Assert.Single(await MailLog.ReadAsync(at.Database)).Status);
        Assert.Equal(HttpStatusCode.NoContent, await ReportAsync("a secret between servers", new { messageId = mail.MessageId }));
        Assert.Equal("BOUNCED", Assert.Single(await MailLog.ReadAsync(at.Database)).Status);

        for (var i = 2; i <= 3; i++)
        {
            await at.PostAsync("email/verify/resend", new { email = MailNode.Ada });
            await MailLog.UntilAsync(at.Database, MailNode.Ada, "SENT");
            Assert.Equal(HttpStatusCode.NoContent, await ReportAsync("a secret between servers", new { email = MailNode.Ada }));
        }

        await at.PostAsync("email/verify/resend", new { email = MailNode.Ada });
        await MailLog.UntilAsync(at.Database, MailNode.Ada, "FAILED", error: "address_returns_mail");

        async Task<HttpStatusCode> ReportAsync(string secret, object body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/email/bounces") { Content = System.Net.Http.Json.JsonContent.Create(body) };
            request.Headers.Add("Sluice-Mail-Secret", secret);
            using var response = await at.Node.Client.SendAsync(request);
            return response.StatusCode;
        }
    }
}
