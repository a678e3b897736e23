using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.AllowList;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Provider;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.AllowList;

/// <summary>What who follows a mailed link is told, as a page or as JSON, when it cannot be.</summary>
public sealed class InvitationAnswerTests
{
    private const string Carol = "carol@elsewhere.net";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invitation_that_cannot_be_accepted_is_answered_as_it_was_sent_by_a_page_or_by_JSON()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var mails = new Mailbox();
        await using var node = await StartAsync(database, mails, o => o.RateLimits.MailsPerClient = new RateLimit(3, TimeSpan.FromDays(1)));
        await node.RegisterAsync(username: "ada");
        await node.Get<AllowListAdministration>().InviteAsync(Carol);
        var token = await mails.TokenAsync(Carol, "invitations/accept");

        using (var page = await node.Client.GetAsync(new Uri("/auth/v1/invitations/accept?token=nonsense", UriKind.Relative), Cancellation))
        {
            Assert.Equal((HttpStatusCode.BadRequest, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        }

        foreach (var (expected, sent, username) in new[]
                 {
                     // The registration above has taken one of the allowance, a name that is somebody's takes two.
                     (HttpStatusCode.BadRequest, "nonsense", "carol"), (HttpStatusCode.UnprocessableEntity, token, "?"), (HttpStatusCode.Conflict, token, "ada"), (HttpStatusCode.TooManyRequests, token, "carol"),
                 })
        {
            using var form = await node.Client.SendAsync(Form("invitations/accept", ("token", sent), ("newPassword", TestNode.Password), ("username", username)), Cancellation);
            Assert.Equal((expected, "text/html"), (form.StatusCode, form.Content.Headers.ContentType?.MediaType));
            using var json = await node.PostAsync("invitations/accept", new { token = sent, password = TestNode.Password, username });
            Assert.Equal((expected, "application/problem+json"), (json.StatusCode, json.Content.Headers.ContentType?.MediaType));
        }

        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM users WHERE email = '{Carol}'"));
    }

    [Fact]
    public async Task Where_too_many_passwords_are_hashed_at_once_the_pages_of_links_say_so_and_the_links_hold()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var mails = new Mailbox();
        await using var node = await StartAsync(database, mails, o => (o.Passwords.ParallelHashes, o.Passwords.WaitingHashes) = (1, 0));
        await node.RegisterAsync();
        await node.Get<AllowListAdministration>().InviteAsync(Carol);
        (await node.PostAsync("password/forgot", new { email = "ada@example.com" })).Dispose();
        foreach (var (path, to) in new[] { ("invitations/accept", Carol), ("password/reset", "ada@example.com") })
        {
            var token = await mails.TokenAsync(to, path);
            await EveryAnswerTests.BusyAsync(node, Form(path, ("token", token), ("newPassword", "another evening, elsewhere")));
            using var again = await node.Client.SendAsync(Form(path, ("token", token), ("newPassword", "another evening, elsewhere")), Cancellation);
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }
    }

    private static Task<TestNode> StartAsync(TestDatabase database, Mailbox mails, Action<SluiceAuthOptions> more) => TestNode.StartAsync(
        database,
        o =>
        {
            Mailbox.Use(o);
            more(o);
        },
        host: h => h.Services.AddSingleton<IMailSender>(mails));

    private static HttpRequestMessage Form(string path, params (string Name, string Value)[] members) =>
        new(HttpMethod.Post, $"/auth/v1/{path}") { Content = new FormUrlEncodedContent(members.Select(m => KeyValuePair.Create(m.Name, m.Value))) };
}
