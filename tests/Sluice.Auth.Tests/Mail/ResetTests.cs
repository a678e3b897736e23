using System.Net;
using Sluice.Auth.Accounts;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

public sealed class ResetTests
{
    [Fact]
    public async Task Bar_53_a_reset_changes_the_password_ends_every_session_and_signs_nobody_in()
    {
        await using var at = await MailNode.StartAsync();
        await using var other = await at.AnotherAsync();
        var ada = await at.ConfirmedAsync();

        Assert.Equal((HttpStatusCode.Accepted, "{\"status\":\"reset_sent\"}"), await at.ForgotAsync());
        var mail = await at.Server.NextAsync(MailNode.Ada, 2);
        using (var done = await other.PostAsync("password/reset", new { token = mail.Token, newPassword = MailNode.Fresh }))
        {
            Assert.Equal((HttpStatusCode.NoContent, ""), (done.StatusCode, await done.Content.ReadAsStringAsync()));
            Assert.False(done.Headers.Contains("Set-Cookie"));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await other.StatusAsync(ada.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await at.Node.TryRefreshAsync(ada.Refresh));
        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync());
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(MailNode.Fresh));
        Assert.Equal("Your password for Example was changed", (await at.Server.NextAsync(MailNode.Ada, 3)).Subject);
        Assert.DoesNotContain("ada", mail.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Bar_50_a_reset_is_hashed_at_rest_used_once_and_voided_by_the_next_by_time_and_by_another_password()
    {
        await using var at = await MailNode.StartAsync();
        var ada = await at.ConfirmedAsync();
        await at.ForgotAsync();
        var first = (await at.Server.LinkAsync(MailNode.Ada, "password/reset", 1)).Token;
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(first))), await at.QueryAsync("SELECT \"tokenHash\" FROM \"password_reset_tokens\""));

        await at.ForgotAsync();
        var second = (await at.Server.LinkAsync(MailNode.Ada, "password/reset", 2)).Token;
        Assert.Equal(HttpStatusCode.BadRequest, await at.ResetAsync(first));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await at.ResetAsync(second, "short"));
        Assert.Equal(HttpStatusCode.NoContent, await at.StatusOfAsync("me/password", new { currentPassword = TestNode.Password, newPassword = "a third evening, at work" }, ada.Access));
        Assert.Equal(HttpStatusCode.BadRequest, await at.ResetAsync(second));

        await at.ForgotAsync();
        var third = (await at.Server.LinkAsync(MailNode.Ada, "password/reset", 3)).Token;
        await at.LaterAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(HttpStatusCode.BadRequest, await at.ResetAsync(third));
        await at.ForgotAsync();
        var fourth = (await at.Server.LinkAsync(MailNode.Ada, "password/reset", 4)).Token;
        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync(fourth));
        Assert.Equal(HttpStatusCode.BadRequest, await at.ResetAsync(fourth, "a fifth evening, on a ship"));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(MailNode.Fresh));
    }

    [Fact]
    public async Task Bar_50_a_demand_for_another_password_voids_the_link_of_before_and_one_asked_for_later_meets_it()
    {
        await using var at = await MailNode.StartAsync();
        await at.ConfirmedAsync();
        await at.ForgotAsync();
        var before = (await at.Server.LinkAsync(MailNode.Ada, "password/reset", 1)).Token;

        Assert.True(await at.Node.Get<AccountAdministration>().RequirePasswordChangeAsync(MailNode.Ada, cancellation: TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.BadRequest, await at.ResetAsync(before));
        await at.ForgotAsync();
        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.LinkAsync(MailNode.Ada, "password/reset", 2)).Token));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(MailNode.Fresh));
    }

    [Fact]
    public async Task Bar_50_of_parallel_uses_of_a_reset_on_two_nodes_one_succeeds()
    {
        await using var at = await MailNode.StartAsync();
        await using var other = await at.AnotherAsync();
        await at.ConfirmedAsync();
        await at.ForgotAsync();
        var token = (await at.Server.NextAsync(MailNode.Ada, 2)).Token;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => at.ResetAsync(token, $"evening number {i} of twenty", i % 2 == 0 ? at.Node : other)));

        var winner = Assert.Single(Enumerable.Range(0, 20), i => answers[i] == HttpStatusCode.NoContent);
        Assert.Equal(19, answers.Count(a => a == HttpStatusCode.BadRequest));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync($"evening number {winner} of twenty"));
    }

    [Fact]
    public async Task Bar_14_forgot_answers_alike_and_mails_only_owners_that_may_sign_in()
    {
        await using var at = await MailNode.StartAsync();
        foreach (var email in new[] { MailNode.Ada, "off@example.com", "left@example.com" })
        {
            await at.ConfirmedAsync(email);
        }

        await at.RegisterAsync("unconfirmed@example.com");
        await at.Database.ExecuteAsync("""
            UPDATE "users" SET "isActive" = false WHERE "email" = 'off@example.com';
            UPDATE "users" SET "deletedAt" = now() WHERE "email" = 'left@example.com';
            """);

        var answers = new List<(HttpStatusCode, string)>();
        foreach (var email in new[] { "nobody@example.com", "off@example.com", "left@example.com", "unconfirmed@example.com", MailNode.Ada })
        {
            answers.Add(await at.ForgotAsync(email));
            answers.Add(await at.PostAsync("email/verify/resend", new { email }));
        }

        Assert.Equal(["reset_sent", "verification_sent"], answers.Distinct().Select(a => a.Item2.Split('"')[3]));
        await at.Server.NextAsync(MailNode.Ada, 2);
        await at.Server.NextAsync("unconfirmed@example.com", 3);
        Assert.Equal(
            ["confirm unconfirmed@example.com", "reset ada@example.com", "reset unconfirmed@example.com"],
            (await MailLog.ReadAsync(at.Database)).SkipLast(4).Select(m => $"{m.Template} {m.Recipient}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Bar_17_a_reset_is_not_locked_and_ends_the_locks()
    {
        await using var at = await MailNode.StartAsync();
        await at.ConfirmedAsync();
        for (var i = 0; i < 12; i++)
        {
            await at.TryLoginAsync($"wrong number {i}");
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync());
        await at.ForgotAsync();
        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.NextAsync(MailNode.Ada, 2)).Token));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(MailNode.Fresh));
    }

    [Fact]
    public async Task Bar_48_a_reset_takes_no_second_factor_away_and_gets_past_none()
    {
        await using var at = await MailNode.StartAsync();
        await Factors.App.OfAsync(at.Node, at.Clock, await at.ConfirmedAsync());
        await at.ForgotAsync();

        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.LinkAsync(MailNode.Ada, "password/reset")).Token));

        var (status, body) = await at.PostAsync("login", new { identifier = MailNode.Ada, password = MailNode.Fresh });
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("mfa_required", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_works_on_a_table_of_the_application_s_own_with_other_names_and_types()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await database.ExecuteAsync("""
            CREATE EXTENSION citext;
            ALTER TABLE "users" RENAME TO "accounts";
            ALTER TABLE "accounts" ALTER COLUMN "email" TYPE citext, ALTER COLUMN "emailVerified" TYPE boolean USING "emailVerified" IS NOT NULL, DROP COLUMN "lastLoginAt";
            ALTER TABLE "accounts" ALTER COLUMN "emailVerified" SET DEFAULT false, ALTER COLUMN "emailVerified" SET NOT NULL;
            ALTER TABLE "accounts" RENAME COLUMN "emailVerified" TO "confirmed";
            """);
        await using var node = await TestNode.StartAsync(database, o =>
        {
            server.Use(o);
            o.Tables.Names["users"] = "accounts";
            o.Tables.Names["users.emailVerified"] = "confirmed";
            o.Tables.Types["users.email"] = "citext";
            o.Tables.Types["users.emailVerified"] = "boolean";
            o.Tables.Absent.Add("users.lastLoginAt");
        });

        await StatusAsync("register", new { email = MailNode.Ada, password = TestNode.Password }, HttpStatusCode.Accepted);
        await StatusAsync("login", new { identifier = MailNode.Ada, password = TestNode.Password }, HttpStatusCode.Unauthorized);
        await StatusAsync("email/verify", new { email = MailNode.Ada, code = (await server.NextAsync(MailNode.Ada)).Code }, HttpStatusCode.OK);
        await StatusAsync("password/forgot", new { email = MailNode.Ada }, HttpStatusCode.Accepted);
        await StatusAsync("password/reset", new { token = (await server.NextAsync(MailNode.Ada, 2)).Token, newPassword = MailNode.Fresh }, HttpStatusCode.NoContent);
        var ada = await node.LoginAsync(MailNode.Ada, MailNode.Fresh);
        await StatusAsync("me/email", new { newEmail = "ada@example.org", currentPassword = MailNode.Fresh }, HttpStatusCode.Accepted, ada.Access);
        await StatusAsync("me/email/confirm", new { token = (await server.NextAsync("ada@example.org")).Token }, HttpStatusCode.OK);
        await StatusAsync("me/email/confirm", new { token = (await server.LinkAsync(MailNode.Ada, "me/email/confirm")).Token }, HttpStatusCode.OK);
        await node.LoginAsync("ada@example.org", MailNode.Fresh);

        async Task StatusAsync(string path, object body, HttpStatusCode expected, string? token = null)
        {
            using var response = await node.PostAsync(path, body, token);
            Assert.True(expected == response.StatusCode, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task Bar_52_what_a_request_says_of_its_host_is_in_no_mail()
    {
        await using var at = await MailNode.StartAsync(o => o.TrustedProxies.Add("127.0.0.0/8"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/register") { Content = System.Net.Http.Json.JsonContent.Create(new { email = MailNode.Ada, password = TestNode.Password }) };
        request.Headers.Host = "evil.example.net";
        request.Headers.Add("X-Forwarded-Host", "evil.example.net");
        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.Add("Forwarded", "host=evil.example.net");
        request.Headers.Add("Origin", "https://evil.example.net");
        request.Headers.Referrer = new Uri("https://evil.example.net/");

        using var response = await at.Node.Client.SendAsync(request);

        var mail = await at.Server.NextAsync(MailNode.Ada);
        Assert.DoesNotContain("evil", mail.Raw, StringComparison.Ordinal);
        Assert.Contains("https://app.example.com/account/email/verify?token=", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bar_54_strangers_cause_so_much_mail_to_an_address_and_from_a_client_and_no_more()
    {
        await using var at = await MailNode.StartAsync(o => (o.RateLimits.MailsPerAddress, o.RateLimits.MailsPerClient) = (new(3, TimeSpan.FromHours(1)), new(12, TimeSpan.FromHours(1))));
        await using var other = await at.AnotherAsync(o => (o.RateLimits.MailsPerAddress, o.RateLimits.MailsPerClient) = (new(3, TimeSpan.FromHours(1)), new(12, TimeSpan.FromHours(1))));
        await at.ConfirmedAsync();

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            answers.Add(await at.StatusOfAsync("password/forgot", new { email = MailNode.Ada }, at: i % 2 == 0 ? at.Node : other));
        }

        Assert.Equal(Enumerable.Repeat(HttpStatusCode.Accepted, 11).Append(HttpStatusCode.TooManyRequests), answers);
        Assert.Equal(3L, await at.QueryAsync("SELECT count(*) FROM \"email_logs\" WHERE \"template\" = 'reset'"));
        await at.LaterAsync(TimeSpan.FromMinutes(21));
        Assert.Equal(HttpStatusCode.Accepted, (await at.ForgotAsync()).Status);
        Assert.Equal(4L, await at.QueryAsync("SELECT count(*) FROM \"email_logs\" WHERE \"template\" = 'reset'"));
    }

    [Fact]
    public async Task Bar_54_who_spends_an_address_s_confirmations_keeps_its_owner_from_no_reset()
    {
        await using var at = await MailNode.StartAsync(o => o.RateLimits.MailsPerAddress = new(2, TimeSpan.FromHours(1)));
        await at.ConfirmedAsync();
        for (var i = 0; i < 5; i++)
        {
            await at.StatusOfAsync("email/verify/resend", new { email = MailNode.Ada });
            await at.RegisterAsync();
        }

        await at.ForgotAsync();

        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync((await at.Server.LinkAsync(MailNode.Ada, "password/reset")).Token));
    }
}
