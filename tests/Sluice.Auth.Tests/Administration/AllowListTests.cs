using System.Net;
using System.Text.Json.Nodes;
using Sluice.Auth.AllowList;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Administration;

/// <summary>The allow-list, kept over HTTP.</summary>
public sealed class AllowListTests
{
    [Fact]
    public async Task Bar_57_an_administrator_lets_in_invites_and_takes_away_and_does_not_shut_himself_out()
    {
        await using var at = await MailNode.StartAsync(o => (o.AllowList.Enabled, o.AutoConfirm) = (true, true));
        await at.Node.Get<AllowListAdministration>().AllowAsync("@example.com", "the house");
        var staff = await Staff.OfAsync(at.Node, at.Database);

        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Post, "allowlist", new { entry = "Eve@Elsewhere.NET", reason = "asked for" }));
        Assert.Equal("""t eve@elsewhere.net {"reason": "asked for"}""", await staff.AuditedAsync("allowlist_added"));
        Assert.Equal(1L, await at.QueryAsync($"SELECT count(*) FROM allowlist WHERE \"addedBy\" = '{staff.Admin.UserId}'"));
        Assert.Equal("422 entry_invalid", await staff.CodeAsync(HttpMethod.Post, "allowlist", new { entry = "elsewhere.net" }));
        Assert.Equal("422 entry_invalid", await staff.CodeAsync(HttpMethod.Post, "allowlist", new { entry = "a@b.de", reason = new string('x', 501) }));
        var eve = await at.Node.RegisterAsync("eve@elsewhere.net");

        for (var i = 0; i < 5; i++)
        {
            await at.Node.Get<AllowListAdministration>().AllowAsync($"ä{i}@exämple.org");
        }

        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = await staff.GetAsync($"allowlist?limit=2&cursor={cursor}");
            seen.AddRange(page["entries"]!.AsArray().Select(e => (string)e!["entry"]!));
            cursor = (string?)page["next"];
        }
        while (cursor is not null);
        Assert.Equal(7, seen.Count);
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal("400 invalid_cursor", await staff.CodeAsync(HttpMethod.Get, "allowlist?cursor=nonsense"));

        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Delete, "allowlist/eve@elsewhere.net"));
        Assert.Equal(HttpStatusCode.Unauthorized, await at.Node.StatusAsync(eve.Access));
        Assert.Equal("404 not_found", await staff.CodeAsync(HttpMethod.Delete, "allowlist/eve@elsewhere.net"));
        Assert.Equal("409 own_account", await staff.CodeAsync(HttpMethod.Delete, "allowlist/@example.com"));
        Assert.Equal(HttpStatusCode.OK, await at.Node.StatusAsync(staff.Admin.Access));
        Assert.Equal(1L, await at.QueryAsync("SELECT count(*) FROM allowlist WHERE entry = '@example.com'"));

        Assert.Equal(HttpStatusCode.Accepted, await staff.StatusAsync(HttpMethod.Post, "invitations", new { email = "carol@elsewhere.net" }));
        Assert.Equal("409 user_already_exists", await staff.CodeAsync(HttpMethod.Post, "invitations", new { email = "root@example.com" }));
        Assert.Equal("422 entry_invalid", await staff.CodeAsync(HttpMethod.Post, "invitations", new { email = "@elsewhere.net" }));
        var token = (await at.Server.LinkAsync("carol@elsewhere.net", "invitations/accept")).Token;
        Assert.Equal(HttpStatusCode.Created, await at.StatusOfAsync("invitations/accept", new { token, password = TestNode.Password }));
        Assert.Equal(staff.Admin.UserId, (string?)JsonNode.Parse((string)(await at.QueryAsync("SELECT \"newValues\"::text FROM audit_logs WHERE action = 'invitation_accepted'"))!)?["invitedBy"]);
    }
}
