using System.Net;
using Sluice.Auth.Tests.Mail;
using Xunit;

namespace Sluice.Auth.Tests.Factors;

/// <summary>Second factors and mail: what is told to the owner, and what a link of the mail cannot do.</summary>
public sealed class FactorMailTests
{
    [Fact]
    public async Task Bar_47_changes_of_the_second_factor_are_told_to_the_owner()
    {
        await using var at = await MailNode.StartAsync();
        var app = await App.OfAsync(at.Node, at.Clock, await at.ConfirmedAsync());
        Assert.Equal("The second factor of your account at Example was changed", (await at.Server.NextAsync(MailNode.Ada, 2)).Subject);

        Assert.Equal(HttpStatusCode.OK, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(), app.RecoveryCodes[0]));
        Assert.Equal("A recovery code of your account at Example was used", (await at.Server.NextAsync(MailNode.Ada, 3)).Subject);

        Assert.Equal(HttpStatusCode.OK, await at.StatusOfAsync("me/recovery-codes", new { }, app.Session.Access));
        using (var removed = await at.Node.SendAsync(HttpMethod.Delete, $"me/factors/{app.Id}", app.Session.Access))
        {
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        }

        await at.Server.NextAsync(MailNode.Ada, 5);
        Assert.Equal(3L, await at.QueryAsync("SELECT count(*) FROM email_logs WHERE template = 'factors-changed'"));
    }

    [Fact]
    public async Task Bar_01_48_who_resets_the_password_still_needs_the_second_factor()
    {
        await using var at = await MailNode.StartAsync();
        var app = await App.OfAsync(at.Node, at.Clock, await at.ConfirmedAsync());
        await at.Server.NextAsync(MailNode.Ada, 2);
        var waiting = await app.ChallengeAsync();
        await at.ForgotAsync();
        var token = (await at.Server.NextAsync(MailNode.Ada, 3)).Token;

        Assert.Equal(HttpStatusCode.UnprocessableEntity, await at.ResetAsync(token, "7 chars"));
        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync(token, "8 chars."));

        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(waiting, app.NextCode()));
        Assert.Equal(HttpStatusCode.Unauthorized, await at.Node.TryRefreshAsync(app.Session.Refresh));
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM sessions"));
        Assert.Equal(HttpStatusCode.OK, await app.TryAsync(await app.ChallengeAsync(password: "8 chars."), app.Code()));
    }
}
