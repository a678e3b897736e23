using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Administration;

/// <summary>What an administrator is refused, and with which code.</summary>
public sealed class RefusedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_that_are_taken_or_none_mails_too_many_and_filters_that_are_none_are_refused()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var mails = new Mailbox();
        await using var node = await TestNode.StartAsync(
            database,
            o =>
            {
                Mailbox.Use(o);
                o.RateLimits.MailsPerAddress = new RateLimit(1, TimeSpan.FromDays(1));
            },
            host: h => h.Services.AddSingleton<IMailSender>(mails));
        var staff = await Staff.OfAsync(node, database);
        var ada = await node.RegisterAsync(username: "ada");
        var id = await Staff.AccountAsync(database, "eve@example.com");

        Assert.Equal("409 username_taken", await staff.CodeAsync(HttpMethod.Patch, $"users/{id}", new { username = "ada" }));
        Assert.Equal("422 username_invalid", await staff.CodeAsync(HttpMethod.Patch, $"users/{id}", new { username = "?" }));
        Assert.Equal("409 user_already_exists", await staff.CodeAsync(HttpMethod.Post, "users", new { email = "new@example.com", username = "ada" }));
        Assert.Equal(HttpStatusCode.Accepted, await staff.StatusAsync(HttpMethod.Post, $"users/{ada.UserId}/send-reset"));
        Assert.Equal("429 too_many_requests", await staff.CodeAsync(HttpMethod.Post, $"users/{ada.UserId}/send-reset"));
        foreach (var wrong in new[] { "status=LOST", "user=everybody", "limit=0", "to=a%00" })
        {
            Assert.Equal((wrong, "400 invalid_request"), (wrong, await staff.CodeAsync(HttpMethod.Get, $"email-logs?{wrong}")));
        }

        Assert.Equal("400 invalid_cursor", await staff.CodeAsync(HttpMethod.Get, "email-logs?cursor=nonsense"));
        foreach (var (method, what) in new[] { (HttpMethod.Post, "/lock"), (HttpMethod.Post, "/unlock"), (HttpMethod.Post, "/disable"), (HttpMethod.Post, "/enable"), (HttpMethod.Post, "/revoke-sessions"), (HttpMethod.Post, "/reset-mfa"), (HttpMethod.Delete, "") })
        {
            Assert.Equal((what, "404 not_found"), (what, await staff.CodeAsync(method, $"users/{Guid.NewGuid()}{what}", what == "/lock" ? new { } : null)));
        }
    }

    [Fact]
    public async Task Where_the_key_is_an_option_there_are_none_to_list_or_rotate()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => (o.Tokens.Algorithm, o.Tokens.HmacSecret) = ("HS256", new string('s', 40)));
        var staff = await Staff.OfAsync(node, database);

        Assert.Equal("409 key_not_stored", await staff.CodeAsync(HttpMethod.Get, "keys"));
        Assert.Equal("409 key_not_stored", await staff.CodeAsync(HttpMethod.Post, "keys/rotate"));
    }

    [Fact]
    public async Task An_import_that_is_too_long_is_refused_before_it_is_sent()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/admin/import") { Content = new ByteArrayContent(new byte[(64 << 20) + 1]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        request.Headers.Authorization = new("Bearer", staff.Admin.Access);
        request.Headers.ExpectContinue = true;

        using var response = await node.Client.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "invalid_request"), (response.StatusCode, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["code"]));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM users"));
    }
}
