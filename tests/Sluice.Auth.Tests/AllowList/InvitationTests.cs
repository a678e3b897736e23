using System.Net;
using Sluice.Auth.AllowList;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Upkeep;
using Xunit;

namespace Sluice.Auth.Tests.AllowList;

/// <summary>The one way to an account past the list: a mailed link, once.</summary>
public sealed class InvitationTests
{
    private const string Carol = "carol@elsewhere.net";

    [Fact]
    public async Task Bar_57_who_is_invited_makes_an_account_once_and_is_on_the_list_from_then_on()
    {
        await using var at = await MailNode.StartAsync(o => o.AllowList.Enabled = true);
        await using var other = await at.AnotherAsync(o => o.AllowList.Enabled = true);
        var list = at.Node.Get<AllowListAdministration>();
        await list.AllowAsync("@example.com");
        await at.ConfirmedAsync();
        await at.Database.ExecuteAsync("UPDATE users SET username = 'ada'");

        Assert.Equal(Invitation.Sent, await list.InviteAsync(" Carol@Elsewhere.NET", "the auditor"));
        var mail = await at.Server.LinkAsync(Carol, "invitations/accept");
        Assert.Equal("You are invited to Example", mail.Subject);
        Assert.Equal(0L, await at.QueryAsync($"SELECT count(*) FROM invitations i WHERE i::text LIKE '%{mail.Token}%'"));
        // The link makes the account, and not the address: by a registration it still gets none.
        await at.RegisterAsync(Carol);
        Assert.Equal(0L, await at.QueryAsync($"SELECT count(*) FROM users WHERE email = '{Carol}'"));

        // What cannot be does not use it up.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AcceptAsync("short"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AcceptAsync(username: "?"));
        Assert.Equal(HttpStatusCode.Conflict, await AcceptAsync(username: "ada"));
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM allowlist WHERE entry <> '@example.com'"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AcceptAsync(username: $"carol{i}", node: i % 2 == 0 ? at.Node : other)));
        Assert.Equal(1, answers.Count(a => a == HttpStatusCode.Created));
        Assert.All(answers, a => Assert.True(a is HttpStatusCode.Created or HttpStatusCode.BadRequest, $"{a}"));

        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(identifier: Carol));
        Assert.Equal("carol@elsewhere.net the auditor", await at.QueryAsync("SELECT entry || ' ' || reason FROM allowlist WHERE entry <> '@example.com'"));
        Assert.Equal(1L, await at.QueryAsync("SELECT count(*) FROM audit_logs a JOIN users u ON u.id = a.\"userId\" WHERE action = 'invitation_accepted' AND u.\"emailVerified\" IS NOT NULL"));
        Assert.Equal(Invitation.HasAccount, await list.InviteAsync(Carol));
        Assert.Equal(1, await list.RemoveAsync(Carol));
        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync(identifier: Carol));

        Task<HttpStatusCode> AcceptAsync(string password = TestNode.Password, string? username = null, TestNode? node = null) =>
            at.StatusOfAsync("invitations/accept", new { token = mail.Token, password, username }, at: node);
    }

    [Fact]
    public async Task An_invitation_is_void_when_it_is_too_old_was_sent_again_or_was_withdrawn()
    {
        await using var at = await MailNode.StartAsync(o => o.AllowList.Enabled = true);
        var list = at.Node.Get<AllowListAdministration>();

        await list.InviteAsync(Carol);
        await list.InviteAsync(Carol);
        var (first, second) = ((await at.Server.LinkAsync(Carol, "invitations/accept")).Token, (await at.Server.LinkAsync(Carol, "invitations/accept", 2)).Token);
        // Two that wait at once arrive in any order: one of them holds.
        var holding = (string)(await at.QueryAsync("SELECT \"tokenHash\" FROM invitations"))! == Auth.Storage.RandomToken.Hash(second) ? second : first;
        Assert.Equal(HttpStatusCode.BadRequest, await AcceptAsync(holding == first ? second : first));
        Assert.Equal(0, await list.RemoveAsync(Carol));
        Assert.Equal(HttpStatusCode.BadRequest, await AcceptAsync(holding));
        await list.InviteAsync(Carol);
        var third = (await at.Server.LinkAsync(Carol, "invitations/accept", 3)).Token;
        at.Clock.Move(TimeSpan.FromDays(7));
        Assert.Equal(HttpStatusCode.BadRequest, await AcceptAsync(third));
        Assert.Equal(HttpStatusCode.BadRequest, await AcceptAsync("nonsense"));

        Assert.Contains(("invitations", 1L), await at.Node.Get<UpkeepJobs>().RunGroupAsync("tokens", TestContext.Current.CancellationToken));
        Assert.Equal(Invitation.NoAddress, await list.InviteAsync("@elsewhere.net"));
        await using var dumb = await TestNode.StartAsync(at.Database);
        Assert.Equal(Invitation.NoMail, await dumb.Get<AllowListAdministration>().InviteAsync(Carol));
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM users"));

        Task<HttpStatusCode> AcceptAsync(string token) => at.StatusOfAsync("invitations/accept", new { token, password = TestNode.Password });
    }

    [Fact]
    public async Task The_page_of_an_invitation_asks_for_what_a_registration_must_bring_and_its_button_makes_the_account()
    {
        await using var at = await MailNode.StartAsync(o => o.AllowList.Enabled = o.RequireUsername = o.RequireDisplayName = true);
        await at.Node.Get<AllowListAdministration>().InviteAsync(Carol);
        var token = (await at.Server.LinkAsync(Carol, "invitations/accept")).Token;

        using var page = await at.Node.Client.GetAsync($"/auth/v1/invitations/accept?token={token}", TestContext.Current.CancellationToken);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.All(new[] { "name=\"username\"", "name=\"displayName\"", "name=\"newPassword\"", token }, part => Assert.Contains(part, html, StringComparison.Ordinal));
        Assert.Equal("", await MailServer.HtmlErrorsAsync(html));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "choose another user name"), await PressAsync("?", "choose another user name"));
        Assert.Equal((HttpStatusCode.OK, "There is your account"), await PressAsync("carol", "There is your account"));
        Assert.Equal((HttpStatusCode.BadRequest, "too old"), await PressAsync("carol", "too old"));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(identifier: "carol"));

        async Task<(HttpStatusCode Status, string Said)> PressAsync(string username, string said)
        {
            using var form = new FormUrlEncodedContent([new("token", token), new("newPassword", TestNode.Password), new("username", username), new("displayName", "Carol")]);
            using var response = await at.Node.Client.PostAsync("/auth/v1/invitations/accept", form);
            var text = await response.Content.ReadAsStringAsync();
            return (response.StatusCode, text.Contains(said, StringComparison.Ordinal) ? said : text);
        }
    }
}
