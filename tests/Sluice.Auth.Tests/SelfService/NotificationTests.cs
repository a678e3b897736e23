using System.Net;
using System.Text.Json.Nodes;
using Sluice.Auth.Notifications;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.SelfService;

/// <summary>GET /me/notifications, POST …/read, and what leaves a notification.</summary>
public sealed class NotificationTests(NotificationTests.Shared shared) : IClassFixture<NotificationTests.Shared>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TestNode Node => shared.At.Node;

    [Fact]
    public async Task What_is_mailed_of_an_account_is_shown_to_its_owner_too()
    {
        const string Ada = "shown@example.com";
        var app = await App.OfAsync(Node, shared.At.Clock, await Node.RegisterAsync(Ada));
        Assert.Equal(HttpStatusCode.OK, await app.TryRecoveryCodeAsync(await app.ChallengeAsync(Ada), app.RecoveryCodes[0]));
        Assert.Equal(HttpStatusCode.NoContent, await shared.At.StatusOfAsync("me/password", new { currentPassword = TestNode.Password, newPassword = MailNode.Fresh }, app.Session.Access));
        await shared.At.PostAsync("me/email", new { newEmail = "moved@example.com", currentPassword = MailNode.Fresh }, app.Session.Access);
        Assert.Equal(HttpStatusCode.OK, await shared.At.StatusOfAsync("me/email/confirm", new { token = (await shared.At.Server.NextAsync("moved@example.com")).Token }));

        var shown = await ListAsync(app.Session);
        Assert.Equal("EMAIL_CHANGED PASSWORD_CHANGED RECOVERY_CODE_USED NEW_SIGN_IN FACTORS_CHANGED", Types(shown));
        Assert.Equal("127.0.0.1", (string?)shown["notifications"]![0]!["data"]!["ip"]);
        var stolen = app.Session;
        var second = await Node.RefreshAsync(stolen.Refresh);
        await Node.RefreshAsync(second.Refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, await Node.TryRefreshAsync(stolen.Refresh));
        Assert.Equal("SESSION_STOLEN", await shared.At.QueryAsync($"""SELECT type FROM notifications WHERE "userId" = '{stolen.UserId}' ORDER BY "createdAt" DESC, id DESC LIMIT 1"""));
    }

    [Fact]
    public async Task A_sign_in_after_failures_is_shown_and_the_first_of_all_is_not_also_where_no_mail_is_sent()
    {
        await using var confirming = await shared.At.AnotherAsync(o => o.AutoConfirm = false);
        await shared.At.PostAsync("register", new { email = "first@example.com", password = TestNode.Password }, at: confirming);
        Assert.Equal(HttpStatusCode.OK, await shared.At.StatusOfAsync("email/verify", new { token = (await shared.At.Server.NextAsync("first@example.com")).Token }));
        Assert.Equal("", Types(await ListAsync(await Node.LoginAsync("first@example.com"))));
        await using var silent = await TestNode.StartAsync(shared.At.Database);
        foreach (var (node, email) in new[] { (Node, "mailed@example.com"), (silent, "silent@example.com") })
        {
            var ada = await node.RegisterAsync(email);
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await shared.At.StatusOfAsync("login", new { identifier = email, password = "not this one at all" }, at: node));
            }

            Assert.Equal("NEW_SIGN_IN", Types(await ListAsync(await node.LoginAsync(email), node)));
        }
    }

    [Fact]
    public async Task What_cannot_be_shown_does_not_happen()
    {
        var ada = await Node.RegisterAsync("together@example.com");
        await shared.At.Database.ExecuteAsync("ALTER TABLE notifications ADD CONSTRAINT closed CHECK (type <> 'PASSWORD_CHANGED') NOT VALID");
        try
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await shared.At.StatusOfAsync("me/password", new { currentPassword = TestNode.Password, newPassword = MailNode.Fresh }, ada.Access));
        }
        finally
        {
            await shared.At.Database.ExecuteAsync("ALTER TABLE notifications DROP CONSTRAINT closed");
        }

        await Node.LoginAsync("together@example.com");
        Assert.Equal(0L, await shared.At.QueryAsync("SELECT count(*) FROM email_logs WHERE recipient = 'together@example.com' AND template = 'password-changed'"));
    }

    [Fact]
    public async Task The_application_adds_its_own_and_the_owner_reads_them_page_by_page_one_by_one_and_all()
    {
        var (ada, eve) = (await Node.RegisterAsync("reader@example.com"), await Node.RegisterAsync("eve@example.com"));
        var adding = Node.Get<AccountNotifications>();
        for (var i = 1; i <= 5; i++)
        {
            Assert.True(await adding.AddAsync(ada.UserId, $"INVOICE_{i}", $"Invoice {i} — fällig", new JsonObject { ["amount"] = i }, Cancellation));
        }

        await adding.AddAsync(eve.UserId, "HER_OWN", cancellation: Cancellation);
        var first = await ListAsync(ada, query: "?limit=2");
        Assert.Equal(("INVOICE_5 INVOICE_4", 5, "Invoice 5 — fällig", """{"amount":5}"""), (Types(first), (int)first["unread"]!, (string)first["notifications"]![0]!["title"]!, first["notifications"]![0]!["data"]!.ToJsonString()));
        // What comes meanwhile is not in the pages that follow.
        await adding.AddAsync(ada.UserId, "LATE", cancellation: Cancellation);
        var second = await ListAsync(ada, query: $"?limit=2&cursor={first["next"]}");
        var third = await ListAsync(ada, query: $"?limit=2&cursor={second["next"]}");
        Assert.Equal(("INVOICE_3 INVOICE_2", "INVOICE_1", (string?)null), (Types(second), Types(third), (string?)third["next"]));

        // Another's cursor, or that of another list, leads nowhere.
        foreach (var (who, query) in new[] { (eve, $"?cursor={first["next"]}"), (ada, $"?unread=true&cursor={first["next"]}"), (ada, "?cursor=abc"), (ada, "?unread=maybe"), (ada, "?limit=0") })
        {
            using var refused = await Node.SendAsync(HttpMethod.Get, "me/notifications" + query, who.Access);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        var id = (string)first["notifications"]![0]!["id"]!;
        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(eve, $"{id}/read"));
        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(ada, "nonsense/read"));
        Assert.Equal(6, (int)(await ListAsync(ada))["unread"]!);
        Assert.Equal(HttpStatusCode.NoContent, await ReadAsync(ada, $"{id}/read"));
        var readAt = (await ListAsync(ada))["notifications"]![1]!["readAt"]!.ToJsonString();
        Assert.Equal(HttpStatusCode.NoContent, await ReadAsync(ada, $"{id}/read"));
        Assert.Equal(readAt, (await ListAsync(ada))["notifications"]![1]!["readAt"]!.ToJsonString());
        var unread = await ListAsync(ada, query: "?unread=true");
        Assert.Equal(("LATE INVOICE_4 INVOICE_3 INVOICE_2 INVOICE_1", 5), (Types(unread), (int)unread["unread"]!));

        Assert.Equal(HttpStatusCode.NoContent, await ReadAsync(ada, "read"));
        Assert.Equal((0, 1), ((int)(await ListAsync(ada))["unread"]!, (int)(await ListAsync(eve))["unread"]!));
        Assert.Equal(readAt, (await ListAsync(ada))["notifications"]![1]!["readAt"]!.ToJsonString());
    }

    [Fact]
    public async Task What_is_no_notification_is_refused_to_the_application_and_who_is_gone_gets_none()
    {
        var (ada, gone) = (await Node.RegisterAsync("kept@example.com"), await Node.RegisterAsync("gone@example.com"));
        using (var deleted = await Node.SendAsync(HttpMethod.Delete, "me", gone.Access, new { currentPassword = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        var adding = Node.Get<AccountNotifications>();
        Assert.Equal((false, false, false), (await adding.AddAsync(gone.UserId, "A", cancellation: Cancellation), await adding.AddAsync(Guid.NewGuid().ToString(), "A", cancellation: Cancellation), await adding.AddAsync("nobody", "A", cancellation: Cancellation)));
        var deep = new JsonObject();
        for (var i = 0; i < 70; i++)
        {
            deep = new JsonObject { ["a"] = deep };
        }

        foreach (var (type, title, data) in new (string, string?, JsonObject?)[]
                 {
                     ("", null, null), ("1A", null, null), ("A B", null, null), ("A\n", null, null), (new string('A', 65), null, null),
                     ("A", "", null), ("A", "line\nbreak", null), ("A", new string('a', 201), null),
                     ("A", null, new JsonObject { ["a"] = "\0" }), ("A", null, new JsonObject { ["a"] = new string('a', 16 * 1024) }), ("A", null, deep),
                 })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => adding.AddAsync(ada.UserId, type, title, data, Cancellation));
        }

        Assert.Equal("", Types(await ListAsync(ada)));
    }

    private static string Types(JsonNode list) => string.Join(' ', list["notifications"]!.AsArray().Select(n => (string)n!["type"]!));

    private async Task<JsonNode> ListAsync(SignedIn who, TestNode? at = null, string query = "")
    {
        using var response = await (at ?? Node).SendAsync(HttpMethod.Get, "me/notifications" + query, who.Access);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode is HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!;
    }

    private async Task<HttpStatusCode> ReadAsync(SignedIn who, string path)
    {
        using var response = await Node.SendAsync(HttpMethod.Post, $"me/notifications/{path}", who.Access);
        return response.StatusCode;
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal MailNode At { get; private set; } = null!;

        public async ValueTask InitializeAsync() => At = await MailNode.StartAsync(o => o.AutoConfirm = true);

        public ValueTask DisposeAsync() => At.DisposeAsync();
    }
}
