using Npgsql;
using Sluice.Auth.Mail;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

public sealed class OutboxTests
{
    [Fact]
    public async Task A_mail_is_text_and_html_whose_values_are_encoded_and_of_one_line()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, server.Use);

        await QueueAsync(node, "ada@example.com", LetterKind.NewSignIn, new() { ["time"] = "heute", ["ip"] = "192.0.2.1", ["device"] = "<img src=x>\r\nBcc: all@example.com\u001b[2J" }, "de");
        var mail = await server.NextAsync("ada@example.com");

        Assert.Equal(("no-reply@example.com", "Neue Anmeldung bei Example"), (mail.From, mail.Subject));
        Assert.Contains("(<img src=x>  Bcc: all@example.com [2J)", mail.Text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x&gt;", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("bcc", mail.Headers);
        Assert.Contains("auto-submitted", mail.Headers);
        Assert.Equal("", await MailServer.HtmlErrorsAsync(mail.Html));
        Assert.Equal(0, mail.Parts);
    }

    [Fact]
    public async Task Bar_54_a_mail_is_pending_until_it_is_sent_with_a_token_that_only_its_mail_has()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => RetryAfterMinutes(o, server), clock);
        var token = RandomToken.New();

        await QueueAsync(node, "busy2@example.com", LetterKind.Reset, Link(token));
        await LogAsync(database, "busy2@example.com", "PENDING", error: "smtp_451");
        var waiting = await DumpAsync(database);
        clock.Move(TimeSpan.FromMinutes(13));
        await Wait.UntilAsync(async () => (await LogAsync(database, "busy2@example.com", "PENDING", error: "smtp_451")).Attempts == 2, "it is not tried again");
        clock.Move(TimeSpan.FromMinutes(26));
        var mail = await server.NextAsync("busy2@example.com");
        var sent = await LogAsync(database, "busy2@example.com", "SENT");

        Assert.Equal(token, mail.Token);
        Assert.Equal(3, sent.Attempts);
        Assert.False(sent.HasContent);
        foreach (var dump in new[] { waiting, await DumpAsync(database) })
        {
            Assert.DoesNotContain(token, dump, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(token)), dump, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_undone_with_its_cause_is_not_sent()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, server.Use);

        await using (var connection = await node.Get<AuthDatabase>().Source.OpenConnectionAsync())
        await using (var cause = await connection.BeginTransactionAsync())
        await using (var batch = new NpgsqlBatch(connection, cause))
        {
            batch.BatchCommands.Add(node.Get<Outbox>().Queuing(Letter(node, "undone@example.com", LetterKind.Reset, Link("x"))));
            await batch.ExecuteNonQueryAsync();
            await cause.RollbackAsync();
        }

        await QueueAsync(node, "after@example.com", LetterKind.Reset, Link("y"));
        await server.NextAsync("after@example.com");
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task Bar_54_an_address_that_returns_mail_gets_none_any_more_until_that_is_long_ago()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, server.Use, clock);

        for (var i = 0; i < 3; i++)
        {
            await QueueAsync(node, "gone@example.com", LetterKind.Reset, Link("x"));
            await LogAsync(database, "gone@example.com", "BOUNCED", count: i + 1, error: "smtp_550");
        }

        await QueueAsync(node, "gone@example.com", LetterKind.Reset, Link("x"));
        Assert.Equal(1, (await LogAsync(database, "gone@example.com", "FAILED", error: "address_returns_mail")).Attempts);
        clock.Move(TimeSpan.FromDays(31));
        await QueueAsync(node, "gone@example.com", LetterKind.Reset, Link("x"));
        await LogAsync(database, "gone@example.com", "BOUNCED", count: 4);
    }

    [Fact]
    public async Task Two_nodes_share_the_mail_and_send_each_once()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var one = await TestNode.StartAsync(database, server.Use);
        await using var two = await TestNode.StartAsync(database, server.Use);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => QueueAsync(i % 2 == 0 ? one : two, $"a{i}@example.com", LetterKind.PasswordChanged, [])));

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => server.NextAsync($"a{i}@example.com")));
        await LogAsync(database, null, "SENT", count: 60);
        Assert.Equal(60, server.Received.Select(m => m.MessageId).Distinct().Count());
        Assert.Equal(60, server.Received.Count);
    }

    [Fact]
    public async Task What_a_node_claimed_and_did_not_send_is_sent_by_another_under_the_same_id()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovableClock();
        await using var dying = new OperationNode(database, clock, server.Use);
        var outbox = new Outbox(dying.Database, new Templates(Microsoft.Extensions.Options.Options.Create(Options(server))), Microsoft.Extensions.Options.Options.Create(Options(server)));
        await RunAsync(dying.Database, outbox.Queuing(new Letter(LetterKind.Reset, "ada@example.com", null, "en", dying.Database.Now.AddHours(1), Link("x"))));

        var claimed = Assert.Single(await outbox.ClaimAsync(8, CancellationToken.None));
        Assert.Empty(await outbox.ClaimAsync(8, CancellationToken.None));
        clock.Move(TimeSpan.FromSeconds(61));
        await using var other = await TestNode.StartAsync(database, server.Use, clock);

        Assert.Equal($"<{claimed.Id}@example.com>", (await server.NextAsync("ada@example.com")).MessageId);
        Assert.Equal(2, (await LogAsync(database, "ada@example.com", "SENT")).Attempts);
    }

    [Fact]
    public async Task What_is_too_late_or_sealed_by_another_secret_is_given_up_and_what_a_server_puts_off_too_long()
    {
        await using var server = await MailServer.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => RetryAfterMinutes(o, server), clock);

        await QueueAsync(node, "late@example.com", LetterKind.Reset, Link("x"), expires: TimeSpan.FromSeconds(-1));
        await QueueAsync(node, "busy99@example.com", LetterKind.Reset, Link("x"), expires: TimeSpan.FromMinutes(30));
        await QueueAsync(node, "other@example.com", LetterKind.Reset, Link("x"), content: RandomToken.New());

        Assert.False((await LogAsync(database, "late@example.com", "FAILED", error: "too_late")).HasContent);
        Assert.False((await LogAsync(database, "other@example.com", "FAILED", error: "sealed_with_another_secret")).HasContent);
        Assert.Equal(1, (await LogAsync(database, "busy99@example.com", "PENDING", error: "smtp_451")).Attempts);
        // The next try but one would come when its link is no longer good.
        clock.Move(TimeSpan.FromMinutes(13));
        Assert.Equal(2, (await LogAsync(database, "busy99@example.com", "FAILED", error: "smtp_451")).Attempts);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task In_a_folder_mails_are_files_that_a_mail_program_opens()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-mail-");
        await using (var node = await TestNode.StartAsync(database, o =>
        {
            o.Mail.Folder = folder.FullName;
            o.Mail.From = "no-reply@example.com";
            o.Mail.LinkBase = "http://localhost:5000/auth/v1";
        }))
        {
            await QueueAsync(node, "ada@example.com", LetterKind.Reset, Link("x"));
            await LogAsync(database, "ada@example.com", "SENT");
        }

        var text = await File.ReadAllTextAsync(Assert.Single(folder.GetFileSystemInfos()).FullName);
        Assert.Contains("To: ada@example.com", text, StringComparison.Ordinal);
        Assert.Contains("Subject: Set another password for localhost", text, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    // After ten minutes to twelve and a half, then after twice that: by a clock that the test moves.
    private static void RetryAfterMinutes(Settings.SluiceAuthOptions options, MailServer server)
    {
        server.Use(options);
        options.Mail.FirstRetry = TimeSpan.FromMinutes(10);
    }

    private static Settings.SluiceAuthOptions Options(MailServer server)
    {
        var options = new Settings.SluiceAuthOptions { Secret = TestNode.Secret };
        server.Use(options);
        return options;
    }

    private static Dictionary<string, string> Link(string token) => new() { ["link"] = $"https://app.example.com/account/password/reset?token={token}", ["minutes"] = "30" };

    private static Letter Letter(TestNode node, string to, string kind, Dictionary<string, string> values, string culture = "en", TimeSpan? expires = null) =>
        new(kind, to, null, culture, node.Get<AuthDatabase>().Now + (expires ?? TimeSpan.FromHours(1)), values);

    private static async Task QueueAsync(TestNode node, string to, string kind, Dictionary<string, string> values, string culture = "en", TimeSpan? expires = null, string? content = null)
    {
        var command = node.Get<Outbox>().Queuing(Letter(node, to, kind, values, culture, expires));
        if (content is not null)
        {
            command.Parameters[7].Value = System.Text.Encoding.ASCII.GetBytes(content);
        }

        await RunAsync(node.Get<AuthDatabase>(), command);
        node.Get<Outbox>().Wake();
    }

    private static async Task RunAsync(AuthDatabase database, NpgsqlBatchCommand command)
    {
        await using var batch = database.Source.CreateBatch();
        batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync();
    }

    private static Task<LoggedMail> LogAsync(TestDatabase database, string? to, string status, int count = 1, string? error = null) => MailLog.UntilAsync(database, to, status, count, error);

    private static async Task<string> DumpAsync(TestDatabase database) => (string)(await database.QueryAsync("SELECT string_agg(m::text, E'\\n') FROM \"email_logs\" m"))!;
}
