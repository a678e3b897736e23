using System.Net;
using System.Text.RegularExpressions;
using Sluice.Auth.AllowList;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Administration;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.AllowList;

/// <summary>Where the list is on, nobody comes in who is not on it, on whatever path; and nobody is told.</summary>
public sealed partial class AllowListTests
{
    private const string Stranger = "eve@elsewhere.net";

    [Fact]
    public async Task Bar_57_with_a_password_an_unknown_address_gets_no_account_no_mail_and_the_answer_of_one_that_is_allowed()
    {
        await using var at = await MailNode.StartAsync(On);
        var list = at.Node.Get<AllowListAdministration>();
        Assert.True(await list.AllowAsync(" ADA@Example.COM "));
        Assert.True(await list.AllowAsync("@EXÄMPLE.com", "the house"));

        var denied = await at.RegisterAsync(Stranger, "eve");
        // A name that is taken is told by mail to who may have an account, and to nobody else.
        Assert.Equal(denied, await at.RegisterAsync(MailNode.Ada, "ada"));
        Assert.Equal(denied, await at.RegisterAsync(Stranger, "ada"));
        Assert.Equal(denied, await at.RegisterAsync("Zoë@exÄmple.com"));
        Assert.Equal(HttpStatusCode.Accepted, denied.Status);
        foreach (var path in new[] { "password/forgot", "email/verify/resend" })
        {
            Assert.Equal(await at.PostAsync(path, new { email = "zoë@exämple.com" }), await at.PostAsync(path, new { email = Stranger }));
        }

        Assert.Equal("ada@example.com zoë@exämple.com", await at.QueryAsync("SELECT string_agg(email, ' ' ORDER BY email) FROM users"));
        Assert.Equal(0L, await at.QueryAsync($"SELECT count(*) FROM email_logs WHERE recipient = '{Stranger}'"));
        Assert.Equal(2L, await at.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'register_not_allowed'"));
        await at.StatusOfAsync("email/verify", new { token = (await at.Server.NextAsync(MailNode.Ada)).Token });
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync());
    }

    [Fact]
    public async Task Bar_57_where_registrations_sign_in_at_once_a_known_address_and_one_that_is_not_allowed_are_refused_alike()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, On);
        await node.Get<AllowListAdministration>().AllowAsync("ada@example.com");
        await node.RegisterAsync();

        Assert.Equal(await RegisterAsync("ada@example.com"), await RegisterAsync(Stranger));
        Assert.Contains("registration_refused", await RegisterAsync(Stranger), StringComparison.Ordinal);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM users"));

        async Task<string> RegisterAsync(string email)
        {
            using var response = await node.PostAsync("register", new { email, password = TestNode.Password });
            return $"{response.StatusCode} {TraceId().Replace(await response.Content.ReadAsStringAsync(), "")}";
        }
    }

    [Fact]
    public async Task Bar_57_who_is_taken_off_the_list_is_signed_out_on_every_node_and_refused_like_a_stranger()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database, On);
        await using var two = await TestNode.StartAsync(database, On);
        var list = one.Get<AllowListAdministration>();
        await list.AllowAsync("@example.com", "the house");
        await list.AllowAsync("bob@example.com", "by name", null);
        var (ada, bob) = (await one.RegisterAsync(), await one.RegisterAsync("bob@example.com"));
        var other = await two.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(ada.Access));

        Assert.Equal(2, await list.RemoveAsync("@EXAMPLE.com"));
        Assert.Null(await list.RemoveAsync("@example.com"));

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], [await one.StatusAsync(ada.Access), await one.StatusAsync(other.Access)]);
        await RefusedSoonAsync(two, ada.Access);
        Assert.Equal(HttpStatusCode.Unauthorized, await two.TryRefreshAsync(ada.Refresh));
        Assert.Equal(await LoginAsync(one, Stranger), await LoginAsync(one, "ada@example.com"));
        Assert.Equal(HttpStatusCode.OK, await two.StatusAsync(bob.Access));
        await one.RefreshAsync(bob.Refresh);
        Assert.Equal("allowlist_added allowlist_added allowlist_removed", await database.QueryAsync("SELECT string_agg(action, ' ' ORDER BY \"createdAt\") FROM audit_logs WHERE resource = 'allowlist'"));
        Assert.Equal(2, await database.QueryAsync("SELECT jsonb_array_length(\"oldValues\" -> 'sessions') FROM audit_logs WHERE action = 'allowlist_removed'"));
    }

    [Fact]
    public async Task An_account_that_is_marked_comes_in_whatever_its_address_until_it_is_removed()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, On);
        var list = node.Get<AllowListAdministration>();
        await list.AllowAsync("@example.com");
        await node.RegisterAsync();
        Assert.Equal(false, await database.QueryAsync("SELECT \"isWhitelisted\" FROM users"));
        await database.ExecuteAsync("UPDATE users SET \"isWhitelisted\" = true");
        Assert.Equal(0, await list.RemoveAsync("@example.com"));
        await node.LoginAsync();

        Assert.Equal(2, await list.RemoveAsync("ada@example.com"));
        Assert.Contains("Unauthorized", await LoginAsync(node, "ada@example.com"), StringComparison.Ordinal);
        Assert.True(await list.AllowAsync("ada@example.com"));
        Assert.Equal(true, await database.QueryAsync("SELECT \"isWhitelisted\" FROM users"));
        await node.LoginAsync();
        Assert.False(await list.AllowAsync("ada@example.com"));
    }

    [Fact]
    public async Task Neither_a_second_factor_nor_a_reset_nor_another_address_leads_past_the_list()
    {
        await using var at = await MailNode.StartAsync(On);
        var list = at.Node.Get<AllowListAdministration>();
        await list.AllowAsync("@example.com");
        var ada = await at.ConfirmedAsync();
        var app = await App.OfAsync(at.Node, at.Clock, ada);
        var waiting = await app.ChallengeAsync();
        var here = app.Session;

        // Out of the list by another address: the answer is that of ever, and nothing comes of it, also where it was allowed when it was asked for.
        Assert.Equal(HttpStatusCode.Accepted, await at.StatusOfAsync("me/email", new { newEmail = Stranger, currentPassword = TestNode.Password }, here.Access));
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM email_changes"));
        Assert.Equal(0L, await at.QueryAsync($"SELECT count(*) FROM email_logs WHERE recipient = '{Stranger}' OR template LIKE 'change%'"));
        await list.AllowAsync("@elsewhere.net");
        await at.StatusOfAsync("me/email", new { newEmail = Stranger, currentPassword = TestNode.Password }, here.Access);
        var old = (await at.Server.LinkAsync(MailNode.Ada, "me/email/confirm")).Token;
        var fresh = (await at.Server.LinkAsync(Stranger, "me/email/confirm")).Token;
        await at.StatusOfAsync("me/email/confirm", new { token = old });
        await list.RemoveAsync("@elsewhere.net");
        Assert.Equal(HttpStatusCode.BadRequest, await at.StatusOfAsync("me/email/confirm", new { token = fresh }));
        Assert.Equal(MailNode.Ada, await at.QueryAsync("SELECT email FROM users"));

        await at.ForgotAsync();
        var reset = (await at.Server.LinkAsync(MailNode.Ada, "password/reset")).Token;
        await list.RemoveAsync("@example.com");

        Assert.Equal(HttpStatusCode.Unauthorized, await app.TryAsync(waiting, app.NextCode()));
        Assert.Equal(HttpStatusCode.BadRequest, await at.ResetAsync(reset));
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task A_sign_in_that_is_under_way_while_its_address_is_removed_ends_without_a_session()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, On);
        var list = node.Get<AllowListAdministration>();
        await list.AllowAsync("ada@example.com");
        await node.RegisterAsync();
        await database.ExecuteAsync("UPDATE users SET \"isWhitelisted\" = false");

        // The removal is written and not final: the sign-in must wait for it, and then find it.
        await using var connection = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var removal = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var remove = new Npgsql.NpgsqlCommand("DELETE FROM allowlist", connection, removal))
        {
            await remove.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var login = LoginAsync(node, "ada@example.com");
        await Wait.UntilAsync(async () => await database.WaitingAsync() > 0, "nobody waits for the lock");
        await removal.CommitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Unauthorized", await login, StringComparison.Ordinal);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM sessions"));

        // And at full speed, over and over: what was removed last has no session.
        for (var round = 0; round < 10; round++)
        {
            await list.AllowAsync("ada@example.com");
            var sign = Enumerable.Range(0, 8).Select(_ => LoginAsync(node, "ada@example.com")).ToList();
            await Task.WhenAny(sign);
            await list.RemoveAsync("ada@example.com");
            Assert.DoesNotContain(await Task.WhenAll(sign), s => s.StartsWith("InternalServerError", StringComparison.Ordinal) || s.StartsWith("ServiceUnavailable", StringComparison.Ordinal));
            Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM sessions"));
        }
    }

    [Fact]
    public async Task A_domain_is_what_follows_the_last_at_and_nothing_that_looks_like_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, On);
        var list = node.Get<AllowListAdministration>();
        await list.AllowAsync("@example.com");
        await node.RegisterAsync();
        // As another system may have let in: no rule of ours has seen them.
        string[] hostile =
        [
            "\"a@example.com\"@evil.org", "a@example.com@evil.org", "ada@sub.example.com", "ada@example.com.evil.org", "ada@notexample.com", "@example.com@evil.org", "ada@example.co", "ada@example.com.", "ada@example_com",
        ];
        foreach (var email in hostile)
        {
            await database.ExecuteAsync($"INSERT INTO users (id, email, \"passwordHash\", \"emailVerified\", \"createdAt\", \"updatedAt\") SELECT gen_random_uuid(), '{email}', \"passwordHash\", now(), now(), now() FROM users WHERE email = 'ada@example.com'");
            Assert.Contains("Unauthorized", await LoginAsync(node, email), StringComparison.Ordinal);
        }

        foreach (var nonsense in (string[])["", "@", "example.com", "@example", "a@b@example.com", "@@example.com", "*@example .com", "@exa\u0000mple.com", "%", new string('a', 300) + "@example.com"])
        {
            Assert.Null(await list.AllowAsync(nonsense));
            Assert.Null(await list.RemoveAsync(nonsense));
        }

        Assert.Null(await list.AllowAsync("bob@example.com", new string('x', 501)));
        Assert.Equal(["@example.com"], (await list.ListAsync()).Select(e => e.Entry));
    }

    [Fact]
    public async Task The_list_is_kept_from_the_command_line()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, On);
        await using var open = await TestNode.StartAsync(database);

        Assert.Equal((0, "@example.com: allowed\n"), await RunAsync(node, "allowlist", "add", "@example.com", "the house"));
        Assert.Equal((0, "{\"outcome\":\"ok\",\"changed\":false}\n"), await RunAsync(node, "allowlist", "add", "@Example.com", "--json"));
        Assert.Equal(1, (await RunAsync(node, "allowlist", "add", "example")).Code);
        Assert.Equal(2, (await RunAsync(node, "allowlist", "clear")).Code);
        var (_, line) = await RunAsync(node, "allowlist", "list", "--json");
        Assert.StartsWith("{\"entry\":\"@example.com\",\"reason\":\"the house\",\"addedAt\":\"", line, StringComparison.Ordinal);
        Assert.EndsWith("  command line  the house\n", (await RunAsync(node, "allowlist", "list")).Said, StringComparison.Ordinal);
        Assert.Contains("The list is off", (await RunAsync(open, "allowlist", "list")).Said, StringComparison.Ordinal);

        // Those who came in while it was off.
        var (ada, eve) = (await node.RegisterAsync(), await open.RegisterAsync(Stranger));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(eve.Refresh));
        Assert.Equal((0, "Sessions that ended: 0\n"), await RunAsync(open, "allowlist", "enforce"));
        Assert.Equal((0, "Sessions that ended: 1\n"), await RunAsync(node, "allowlist", "enforce"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], [await node.StatusAsync(ada.Access), await node.StatusAsync(eve.Access)]);
        Assert.Equal((0, "{\"outcome\":\"ok\",\"changed\":true,\"sessionsEnded\":1}\n"), await RunAsync(node, "allowlist", "remove", "@example.com", "--json"));
        Assert.Equal((1, "@example.com is not on the list.\n"), await RunAsync(node, "allowlist", "remove", "@example.com"));
        Assert.Equal((0, ""), await RunAsync(node, "allowlist", "list"));
    }

    [Fact]
    public async Task Bar_57_the_last_administrator_is_not_shut_out_unless_that_is_what_is_meant()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, On);
        var root = await Staff.AccountAsync(database, "root@example.com", "ADMIN");
        await Staff.AccountAsync(database, "other@elsewhere.net", "ADMIN");
        var list = node.Get<AllowListAdministration>();

        // Nobody is on it yet.
        Assert.Equal((1, "No administrator could sign in any more. Allow one first (allowlist add). Nothing was done; --force does it all the same.\n"), await RunAsync(node, "allowlist", "enforce"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => list.EnforceAsync());
        await list.AllowAsync("@example.com");
        await list.AllowAsync("other@elsewhere.net");
        Assert.Equal((0, "Sessions that ended: 0\n"), await RunAsync(node, "allowlist", "enforce"));

        Assert.Equal(0, await list.RemoveAsync("other@elsewhere.net"));
        Assert.Equal((1, "{\"outcome\":\"failed\",\"reason\":\"last_administrator\"}\n"), await RunAsync(node, "allowlist", "remove", "@example.com", "--json"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => list.RemoveAsync("@example.com", root));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM allowlist"));
        Assert.Equal(0, (await RunAsync(node, "allowlist", "remove", "@example.com", "--force")).Code);
        Assert.Equal((0, "Sessions that ended: 0\n"), await RunAsync(node, "allowlist", "enforce", "--force"));
    }

    private static void On(SluiceAuthOptions o) => o.AllowList.Enabled = true;

    private static async Task<string> LoginAsync(TestNode node, string identifier)
    {
        using var response = await node.PostAsync("login", new { identifier, password = TestNode.Password });
        return $"{response.StatusCode} {TraceId().Replace(await response.Content.ReadAsStringAsync(), "")}";
    }

    private static async Task<(int Code, string Said)> RunAsync(TestNode node, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (await AuthCommands.RunAsync(node.Services, arguments, output), output.ToString());
    }

    private static Task RefusedSoonAsync(TestNode node, string token) => Wait.UntilAsync(async () => await node.StatusAsync(token) is HttpStatusCode.Unauthorized, "the token is not refused");

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}
