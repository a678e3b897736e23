using System.Net;
using Npgsql;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

/// <summary>What is mailed for an account and the account itself are locked in one order by all who need both, or two of them wait for each other for ever.</summary>
public sealed class LinkOrderTests
{
    [Fact]
    public async Task Whoever_uses_links_of_one_account_at_the_same_moment_waits_in_a_line_and_not_in_a_ring()
    {
        await using var at = await MailNode.StartAsync();

        // A reset, and the address is registered again.
        await at.RegisterAsync("ada@example.com");
        var reset = await ResetOfAsync(at, "ada@example.com");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Accepted), await InTurnAsync(
            at, "ada@example.com", () => at.ResetAsync(reset), async () => (await at.RegisterAsync("ada@example.com", password: "an evening of somebody else")).Status));

        // A reset, and its address is confirmed.
        await at.RegisterAsync("bob@example.com");
        var confirmation = (await at.Server.NextAsync("bob@example.com")).Token;
        reset = await ResetOfAsync(at, "bob@example.com");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), await InTurnAsync(at, "bob@example.com", () => at.ResetAsync(reset), () => VerifyAsync(at, confirmation)));

        // The other way round, and the confirmation mails another link to set a password.
        await at.RegisterAsync("cleo@example.com");
        reset = await ResetOfAsync(at, "cleo@example.com");
        await at.RegisterAsync("cleo@example.com", password: "an evening of somebody else");
        confirmation = (await at.Server.LinkAsync("cleo@example.com", "email/verify", 2)).Token;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), await InTurnAsync(at, "cleo@example.com", () => VerifyAsync(at, confirmation), () => at.ResetAsync(reset)));

        // A reset, and the second of two addresses agrees to a change.
        var dora = await at.ConfirmedAsync("dora@example.com");
        Assert.Equal(HttpStatusCode.Accepted, await at.StatusOfAsync("me/email", new { newEmail = "dora@example.org", currentPassword = TestNode.Password }, dora.Access));
        Assert.Equal(HttpStatusCode.OK, await at.StatusOfAsync("me/email/confirm", new { token = (await at.Server.LinkAsync("dora@example.com", "me/email/confirm", 1)).Token }));
        var agreement = (await at.Server.NextAsync("dora@example.org")).Token;
        reset = await ResetOfAsync(at, "dora@example.com");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), await InTurnAsync(at, "dora@example.com", () => at.ResetAsync(reset), () => at.StatusOfAsync("me/email/confirm", new { token = agreement })));
    }

    private static async Task<string> ResetOfAsync(MailNode at, string email)
    {
        await at.ForgotAsync(email);
        return (await at.Server.LinkAsync(email, "password/reset", 1)).Token;
    }

    private static Task<HttpStatusCode> VerifyAsync(MailNode at, string token) => at.StatusOfAsync("email/verify", new { token });

    // Both have begun, and wait for the account's row, the first before the second.
    private static async Task<(HttpStatusCode First, HttpStatusCode Second)> InTurnAsync(MailNode at, string email, Func<Task<HttpStatusCode>> first, Func<Task<HttpStatusCode>> second)
    {
        await using var connection = await at.Database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var holding = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("SELECT FROM users WHERE email = $1 FOR UPDATE", connection, holding) { Parameters = { new() { Value = email } } })
        {
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var one = first();
        await WaitingAsync(1);
        var two = second();
        await WaitingAsync(2);
        await holding.RollbackAsync(TestContext.Current.CancellationToken);
        return (await one, await two);

        Task WaitingAsync(long many) => Wait.UntilAsync(
            async () => Equals(await at.QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), many), $"no {many} wait for the row");
    }
}
