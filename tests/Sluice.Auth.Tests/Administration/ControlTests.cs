using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Revocation;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Administration;

/// <summary>What administrators do to the accounts of others, and what they cannot do.</summary>
public sealed class ControlTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lock_ends_every_session_on_every_node_and_keeps_the_right_password_out_until_it_ends()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1), clock);
        await using var other = await TestNode.StartAsync(database, o => o.Tokens.RevocationPoll = TimeSpan.FromHours(1), clock);
        await RevocationTests.ListeningAsync(database, 2);
        var staff = await Staff.OfAsync(node, database);
        var ada = await node.RegisterAsync();
        var elsewhere = await node.LoginAsync();

        await staff.DoneAsync($"users/{ada.UserId}/lock", new { until = clock.GetUtcNow() + TimeSpan.FromMinutes(30), reason = "asked for" });

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ada.Access));
        await Wait.UntilAsync(async () => await other.StatusAsync(elsewhere.Access) == HttpStatusCode.Unauthorized, "the other node has not heard of it");
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(elsewhere.Refresh));
        Assert.Equal("401 invalid_credentials", await SignInAsync(node));
        var audited = await staff.AuditedAsync("account_lock_set");
        Assert.StartsWith($"t {ada.UserId} ", audited, StringComparison.Ordinal);
        Assert.Contains("\"reason\": \"asked for\"", audited, StringComparison.Ordinal);
        Assert.Contains(ada.Claim("sid"), audited, StringComparison.Ordinal);
        clock.Move(TimeSpan.FromMinutes(31));
        await node.LoginAsync();

        // Without an end, until somebody ends it; that ends what wrong passwords have locked, too.
        var again = await Staff.SessionAsync(node, database, staff.Admin.UserId, "aal2");
        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Post, $"users/{ada.UserId}/lock", new { }, again));
        clock.Move(TimeSpan.FromMinutes(50));
        Assert.Equal("401 invalid_credentials", await SignInAsync(node));
        await database.ExecuteAsync("UPDATE auth_attempts SET \"lockedUntil\" = now() + interval '1 day'");
        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Post, $"users/{ada.UserId}/unlock", null, again));
        await node.LoginAsync();
        Assert.EndsWith("{\"locked\": true}", await staff.AuditedAsync("account_unlocked"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Post, $"users/{ada.UserId}/disable", null, again));
        Assert.Equal("401 invalid_credentials", await SignInAsync(node));
        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Post, $"users/{ada.UserId}/enable", null, again));
        var last = await node.LoginAsync();
        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Post, $"users/{ada.UserId}/revoke-sessions", null, again));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(last.Access));
        Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Post, $"users/{ada.UserId}/lock", new { until = clock.GetUtcNow() }, again));
    }

    [Fact]
    public async Task A_lock_and_a_sign_in_at_the_same_moment_leave_no_session()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        var ada = await node.RegisterAsync();

        for (var round = 0; round < 5; round++)
        {
            var signIns = Enumerable.Range(0, 4).Select(_ => SignInAsync(node)).ToArray();
            await staff.DoneAsync($"users/{ada.UserId}/lock", new { });
            await Task.WhenAll(signIns);
            Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM sessions WHERE \"userId\" = '{ada.UserId}'"));
            await staff.DoneAsync($"users/{ada.UserId}/unlock");
        }
    }

    [Fact]
    public async Task Nobody_does_it_to_the_own_account_nor_to_the_last_administrator_and_of_two_who_try_at_once_one_stays()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        var second = await Staff.AdministratorAsync(node, database, "second@example.com");

        foreach (var (method, what, body) in new (HttpMethod, string, object?)[] { (HttpMethod.Post, "/lock", new { }), (HttpMethod.Post, "/disable", null), (HttpMethod.Delete, "", null), (HttpMethod.Post, "/reset-mfa", null) })
        {
            Assert.Equal("409 own_account", await staff.CodeAsync(method, $"users/{staff.Admin.UserId}{what}", body));
        }

        for (var round = 0; round < 4; round++)
        {
            var (one, two) = (await Staff.SessionAsync(node, database, staff.Admin.UserId, "aal2"), await Staff.SessionAsync(node, database, second.UserId, "aal2"));
            var what = round % 2 == 0 ? "lock" : "disable";
            await using var held = await HeldUsers.ByAsync(database);
            var both = Task.WhenAll(
                staff.StatusAsync(HttpMethod.Post, $"users/{two.UserId}/{what}", new { }, one), staff.StatusAsync(HttpMethod.Post, $"users/{one.UserId}/{what}", new { }, two));
            await held.UntilWaitingAsync(2);
            await held.ReleaseAsync();
            var answers = await both;

            Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.Conflict], answers.Order());
            Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM users u JOIN role_grants g ON g.\"userId\" = u.id WHERE g.role = 'ADMIN' AND \"isActive\" AND NOT EXISTS (SELECT FROM account_locks WHERE \"userId\" = u.id)"));
            await database.ExecuteAsync("DELETE FROM account_locks; UPDATE users SET \"isActive\" = true");
        }

        // A token says it still, the account is the last that is left.
        var third = await Staff.SessionAsync(node, database, second.UserId, "aal2");
        await database.ExecuteAsync($"UPDATE users SET \"isActive\" = false WHERE id = '{second.UserId}'");
        Assert.Equal("409 last_administrator", await staff.CodeAsync(HttpMethod.Delete, $"users/{staff.Admin.UserId}", null, third));
        Assert.Equal("409 last_administrator", await staff.CodeAsync(HttpMethod.Put, $"users/{staff.Admin.UserId}/roles", new { roles = Array.Empty<string>() }, third));
        // Nor does the last one delete the own account, with the right password.
        var ada = await node.RegisterAsync();
        await Staff.GrantAsync(database, ada.UserId, "ADMIN");
        await database.ExecuteAsync($"DELETE FROM role_grants WHERE \"userId\" <> '{ada.UserId}'");
        using (var response = await node.SendAsync(HttpMethod.Delete, "me", ada.Access, new { currentPassword = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        }

        // Who has the machine may.
        Assert.True(await node.Get<AccountAdministration>().LockAsync("ada@example.com", cancellation: Cancellation));
    }

    [Fact]
    public async Task Roles_are_set_as_a_whole_everywhere_or_in_one_thing_and_tokens_of_before_do_not_carry_them_on()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        var ada = await node.RegisterAsync();

        var given = await staff.ReadAsync(HttpMethod.Put, $"users/{ada.UserId}/roles", new { roles = new[] { "MODERATOR", "ADMIN" } });
        Assert.Equal(["ADMIN", "MODERATOR", "user"], given["roles"]!.AsArray().Select(r => (string)r!).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ada.Access));
        var now = await node.RefreshAsync(ada.Refresh);
        Assert.Equal("403 insufficient_aal", await staff.CodeAsync(HttpMethod.Get, "users", null, now));
        var room = await staff.ReadAsync(HttpMethod.Put, $"users/{ada.UserId}/roles", new { roles = new[] { "ORGANIZER" }, scope = new { kind = "room", id = "42" } });
        Assert.Contains(room["details"]!["grants"]!.AsArray(), g => (string)g!["role"]! == "ORGANIZER" && (string?)g["scope"]?["id"] == "42" && (string?)g["by"] == staff.Admin.UserId);
        var taken = await staff.ReadAsync(HttpMethod.Put, $"users/{ada.UserId}/roles", new { roles = new[] { "MODERATOR" } });

        Assert.Equal(["MODERATOR", "user"], taken["roles"]!.AsArray().Select(r => (string)r!).Order(StringComparer.Ordinal));
        Assert.Equal(3, taken["details"]!["grants"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(now.Access));
        Assert.Equal("403 forbidden", await staff.CodeAsync(HttpMethod.Get, "users", null, await node.RefreshAsync(now.Refresh)));
        var audited = await staff.AuditedAsync("roles_set");
        Assert.StartsWith($"t {ada.UserId} ", audited, StringComparison.Ordinal);
        Assert.Matches("ADMIN.*\\{\"roles\": \\[[^\\]]*MODERATOR", audited);
        Assert.DoesNotMatch("\\} \\{.*ADMIN", audited);
        Assert.Equal("409 own_account", await staff.CodeAsync(HttpMethod.Put, $"users/{staff.Admin.UserId}/roles", new { roles = new[] { "ADMIN" } }));
        Assert.Equal("422 role_invalid", await staff.CodeAsync(HttpMethod.Put, $"users/{ada.UserId}/roles", new { roles = new[] { "GOD" } }));
        Assert.Equal("422 role_invalid", await staff.CodeAsync(HttpMethod.Put, $"users/{ada.UserId}/roles", new { roles = new[] { "VIEWER" }, scope = new { kind = "Room 7", id = "" } }));
        Assert.Equal("404 not_found", await staff.CodeAsync(HttpMethod.Put, $"users/{Guid.NewGuid()}/roles", new { roles = new[] { "VIEWER" } }));
    }

    [Fact]
    public async Task A_second_factor_that_is_reset_is_gone_its_sessions_end_and_its_owner_is_told()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var (clock, mails) = (new MovedClock(), new Mails());
        await using var node = await TestNode.StartAsync(database, Mails.Use, clock, host: h => h.Services.AddSingleton<IMailSender>(mails));
        var staff = await Staff.OfAsync(node, database);
        var app = await App.NewAsync(node, clock);
        var waiting = await app.ChallengeAsync();

        await staff.DoneAsync($"users/{app.Session.UserId}/reset-mfa");

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(app.Session.Access));
        Assert.NotEqual(HttpStatusCode.OK, await app.TryAsync(waiting, app.NextCode()));
        await node.LoginAsync();
        Assert.Equal(0L, await database.QueryAsync("SELECT (SELECT count(*) FROM mfa_factors) + (SELECT count(*) FROM backup_codes)"));
        Assert.Contains("\"factors\": 1", await staff.AuditedAsync("factors_reset"), StringComparison.Ordinal);
        await Wait.UntilAsync(() => mails.Sent.Any(m => m.To == "ada@example.com" && m.Text.Contains("an administrator", StringComparison.Ordinal)), "its owner was not told");
    }

    [Fact]
    public async Task An_account_that_an_administrator_makes_has_the_password_that_its_owner_sets_by_mail()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var mails = new Mails();
        await using var node = await TestNode.StartAsync(database, Mails.Use, host: h => h.Services.AddSingleton<IMailSender>(mails));
        var staff = await Staff.OfAsync(node, database);

        var made = await staff.ReadAsync(HttpMethod.Post, "users", new { email = " Ada@Example.com", username = "ada", displayName = "Ada", metadata = new { team = 7 } }, HttpStatusCode.Created);
        Assert.Equal(("ada@example.com", "ada", false, false, 7), ((string?)made["email"], (string?)made["username"], (bool)made["hasPassword"]!, (bool)made["emailVerified"]!, (int)made["details"]!["metadata"]!["team"]!));
        Assert.Equal("409 user_already_exists", await staff.CodeAsync(HttpMethod.Post, "users", new { email = "ada@example.com" }));
        Assert.Equal("422 email_address_invalid", await staff.CodeAsync(HttpMethod.Post, "users", new { email = "ada" }));
        // No password and no role by this way (ASVS 6.4.6), nor by any other.
        foreach (var body in new object[] { new { email = "eve@example.com", password = TestNode.Password }, new { email = "eve@example.com", role = "ADMIN" }, new { email = "eve@example.com", emailVerified = true } })
        {
            Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Post, "users", body));
        }

        Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Patch, $"users/{(string)made["id"]!}", new { password = TestNode.Password }));
        Assert.Equal("401 invalid_credentials", await SignInAsync(node));
        await SetAsync(node, await mails.TokenAsync("ada@example.com"), TestNode.Password);
        var ada = await node.LoginAsync();

        await staff.DoneAsync($"users/{ada.UserId}/send-reset", null, HttpStatusCode.Accepted);
        await SetAsync(node, await mails.TokenAsync("ada@example.com", 2), "another evening, elsewhere");
        Assert.StartsWith($"t {ada.UserId}", await staff.AuditedAsync("password_reset_requested"), StringComparison.Ordinal);
        var log = await staff.GetAsync("email-logs?to=ADA@example.com&template=reset");
        Assert.Equal(2, log["mails"]!.AsArray().Count);
        await Wait.UntilAsync(async () => (await staff.GetAsync("email-logs?status=SENT"))["mails"]!.AsArray().Count >= 2, "the log does not say that they were sent");
        Assert.DoesNotContain(await mails.TokenAsync("ada@example.com"), log.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["id", "userId", "recipient", "template", "culture", "status", "attempts", "error", "createdAt", "nextTryAt", "expiresAt", "sentAt", "bouncedAt"], log["mails"]![0]!.AsObject().Select(m => m.Key));
        await staff.DoneAsync($"users/{ada.UserId}/disable");
        Assert.Equal("409 account_disabled", await staff.CodeAsync(HttpMethod.Post, $"users/{ada.UserId}/send-reset"));
        Assert.Equal("404 not_found", await staff.CodeAsync(HttpMethod.Post, $"users/{Guid.NewGuid()}/send-reset"));
    }

    [Fact]
    public async Task What_is_deleted_comes_back_and_where_its_address_is_anothers_by_now_with_one_that_is_free()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        var ada = await node.RegisterAsync(username: "ada");

        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Delete, $"users/{ada.UserId}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ada.Access));
        Assert.Equal("404 not_found", await staff.CodeAsync(HttpMethod.Delete, $"users/{ada.UserId}"));
        Assert.Contains("\"email\": \"ada@example.com\"", await staff.AuditedAsync("account_deleted"), StringComparison.Ordinal);
        var back = await staff.ReadAsync(HttpMethod.Post, $"users/{ada.UserId}/restore", new { });
        Assert.Equal(("ada@example.com", false, null), ((string?)back["email"], (bool)back["hasPassword"]!, (string?)back["deletedAt"]));
        Assert.Equal("404 not_found", await staff.CodeAsync(HttpMethod.Post, $"users/{ada.UserId}/restore", new { }));

        await staff.StatusAsync(HttpMethod.Delete, $"users/{ada.UserId}");
        await node.RegisterAsync(username: "ada");
        Assert.Equal("409 identifier_taken", await staff.CodeAsync(HttpMethod.Post, $"users/{ada.UserId}/restore", new { }));
        Assert.Equal("409 identifier_taken", await staff.CodeAsync(HttpMethod.Post, $"users/{ada.UserId}/restore", new { email = "other@example.com" }));
        Assert.Equal("422 email_address_invalid", await staff.CodeAsync(HttpMethod.Post, $"users/{ada.UserId}/restore", new { email = "other" }));
        back = await staff.ReadAsync(HttpMethod.Post, $"users/{ada.UserId}/restore", new { email = "Other@example.com", username = "lovelace" });
        Assert.Equal(("other@example.com", "lovelace", false), ((string?)back["email"], (string?)back["username"], (bool)back["emailVerified"]!));
    }

    [Fact]
    public async Task Names_change_only_if_they_are_as_they_were_read_and_a_key_makes_it_once()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        var id = await Staff.AccountAsync(database, "ada@example.com");
        using var read = await node.SendAsync(HttpMethod.Get, $"admin/users/{id}", staff.Admin.Access);
        var tag = read.Headers.ETag!.ToString();

        var first = await PatchAsync(new { displayName = "Ada" }, tag, null);
        var second = await PatchAsync(new { displayName = "Eve" }, tag, null);
        var disabled = await staff.StatusAsync(HttpMethod.Post, $"users/{id}/disable");
        var unlisted = await PatchAsync(new { displayName = "Grace" }, null, "a-key");
        var replayed = await PatchAsync(new { displayName = "Grace" }, null, "a-key");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.OK), (first, second, disabled, unlisted, replayed));
        Assert.Equal("Grace", await database.QueryAsync($"SELECT name FROM users WHERE id = '{id}'"));
        Assert.Equal(2L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'account_updated'"));
        Assert.EndsWith("{\"displayName\": \"Ada\"} {\"displayName\": \"Grace\"}", await staff.AuditedAsync("account_updated"), StringComparison.Ordinal);
        Assert.Equal("404 not_found", await staff.CodeAsync(HttpMethod.Patch, $"users/{Guid.NewGuid()}", new { displayName = "x" }));
        Assert.Equal("404 not_found", await staff.CodeAsync(HttpMethod.Get, "users/nobody"));

        async Task<HttpStatusCode> PatchAsync(object body, string? ifMatch, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"/auth/v1/admin/users/{id}") { Content = JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", staff.Admin.Access);
            foreach (var (name, value) in new[] { ("If-Match", ifMatch), ("Idempotency-Key", key) }.Where(h => h.Item2 is not null))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await node.Client.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Bar_65_what_an_administrator_does_and_cannot_be_written_down_does_not_happen()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var mails = new Mails();
        await using var node = await TestNode.StartAsync(database, Mails.Use, host: h => h.Services.AddSingleton<IMailSender>(mails));
        var staff = await Staff.OfAsync(node, database);
        var id = await Staff.AccountAsync(database, "ada@example.com");
        var gone = await Staff.AccountAsync(database, "gone@example.com");
        await database.ExecuteAsync($"UPDATE users SET \"deletedAt\" = now() WHERE id = '{gone}'");
        await Staff.SessionAsync(node, database, id, "aal1");
        await database.ExecuteAsync("ALTER TABLE audit_logs ADD CONSTRAINT refused CHECK (false) NOT VALID");
        var before = await HashAsync();

        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Post, "users", new { email = "new@example.com" }), (HttpMethod.Patch, $"users/{id}", new { displayName = "x" }), (HttpMethod.Delete, $"users/{id}", null), (HttpMethod.Post, $"users/{gone}/restore", new { }),
            (HttpMethod.Post, $"users/{id}/lock", new { }), (HttpMethod.Post, $"users/{id}/unlock", null), (HttpMethod.Post, $"users/{id}/disable", null), (HttpMethod.Post, $"users/{id}/revoke-sessions", null),
            (HttpMethod.Post, $"users/{id}/reset-mfa", null), (HttpMethod.Post, $"users/{id}/send-reset", null), (HttpMethod.Post, "keys/rotate", null), (HttpMethod.Get, "audit/export", null),
            (HttpMethod.Post, "import", new { email = "imported@example.com" }),
        })
        {
            Assert.True(await staff.StatusAsync(method, path, body) == HttpStatusCode.InternalServerError, $"{method} {path}");
            Assert.True(before == await HashAsync(), $"{method} {path}");
        }

        async Task<string> HashAsync() => (string)(await database.QueryAsync("""
            SELECT md5(concat((SELECT string_agg(t::text, '' ORDER BY id) FROM users t), (SELECT string_agg(t::text, '' ORDER BY id) FROM sessions t), (SELECT string_agg(t::text, '') FROM account_locks t),
              (SELECT string_agg(t::text, '') FROM email_logs t), (SELECT string_agg(kid, '' ORDER BY kid) FROM signing_keys), (SELECT string_agg(t::text, '') FROM password_reset_tokens t)))
            """))!;
    }

    private static async Task<string> SignInAsync(TestNode node)
    {
        using var response = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });
        return $"{(int)response.StatusCode} {(string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["code"]}";
    }

    private static async Task SetAsync(TestNode node, string token, string newPassword)
    {
        using var response = await node.PostAsync("password/reset", new { token, newPassword });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    /// <summary>Where mail ends.</summary>
    private sealed class Mails : IMailSender
    {
        private readonly ConcurrentQueue<OutgoingMail> sent = [];

        public IEnumerable<OutgoingMail> Sent => sent;

        public static void Use(SluiceAuthOptions options)
        {
            (options.Mail.From, options.Mail.LinkBase, options.Mail.HasOwnSender) = ("auth@example.com", "https://app.example.com", true);
            options.AutoConfirm = true;
        }

        public async Task<string> TokenAsync(string to, int count = 1)
        {
            await Wait.UntilAsync(() => Links(to).Length >= count, $"no link was mailed to {to}");
            return Links(to)[count - 1];
        }

        public Task SendAsync(OutgoingMail mail, CancellationToken cancellation)
        {
            sent.Enqueue(mail);
            return Task.CompletedTask;
        }

        private string[] Links(string to) => [.. sent.Where(m => m.To == to && m.Text.Contains("password/reset?token=", StringComparison.Ordinal)).Select(m => m.Text.Split("?token=")[1][..43])];
    }
}
