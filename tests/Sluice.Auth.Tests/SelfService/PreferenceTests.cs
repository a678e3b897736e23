using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.SelfService;

/// <summary>GET and PUT /me/preferences.</summary>
public sealed class PreferenceTests(PreferenceTests.Shared shared) : IClassFixture<PreferenceTests.Shared>
{
    private const string None = """{"theme":"SYSTEM","language":null,"timeZone":null}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TestNode Node => shared.At.Node;

    [Fact]
    public async Task Who_chose_nothing_has_the_defaults_and_a_choice_is_the_whole_of_it()
    {
        var (ada, eve) = (await Node.RegisterAsync("whole@example.com"), await Node.RegisterAsync("other@example.com"));
        Assert.Equal(None, await GetAsync(ada));

        Assert.Equal(
            (HttpStatusCode.OK, """{"theme":"DARK","language":"de-Latn-AT","timeZone":"Europe/Vienna"}"""),
            await PutAsync(ada, """{"theme":"DARK","language":"DE-latn-at","timeZone":"Europe/Vienna"}"""));
        Assert.Equal("""{"theme":"DARK","language":"de-Latn-AT","timeZone":"Europe/Vienna"}""", await GetAsync(ada));
        Assert.Equal("""{"theme":"LIGHT","language":null,"timeZone":"Europe/Vienna"}""", (await PutAsync(ada, """{"theme":"LIGHT","timeZone":"Europe/Vienna"}""")).Body);
        Assert.Equal(None, await GetAsync(eve));

        Assert.Equal(
            """
            {"theme": "SYSTEM", "language": null, "timeZone": null} {"theme": "DARK", "language": "de-Latn-AT", "timeZone": "Europe/Vienna"}
            {"theme": "DARK", "language": "de-Latn-AT"} {"theme": "LIGHT", "language": null}
            """,
            await shared.At.QueryAsync($"""SELECT string_agg("oldValues"::text || ' ' || "newValues"::text, E'\n' ORDER BY "createdAt") FROM audit_logs WHERE action = 'preferences_updated' AND "userId" = '{ada.UserId}'"""));
        Assert.Equal((HttpStatusCode.OK, None), await PutAsync(ada, "{}"));
    }

    [Fact]
    public async Task What_is_no_theme_language_or_time_zone_is_refused_and_nothing_changes()
    {
        var ada = await Node.RegisterAsync("strict@example.com");
        await PutAsync(ada, """{"theme":"DARK","language":"de","timeZone":"UTC"}""");
        (string Member, string[] Values)[] wrong =
        [
            ("theme", ["dark", "", "BLACK"]),
            ("language", ["", "d", "german!", "de_AT", "de-", "-de", "de--AT", "de-AT\n", "en-a", "x", "de-" + new string('a', 9), "de-x-" + new string('a', 40), "дe", "\u212Ao"]),
            ("timeZone", ["", "Nowhere/City", "../../etc/passwd", "/etc/localtime", "Europe/../Europe/Vienna", "W. Europe Standard Time", "UTC-11", "posix/Europe/Vienna", "localtime", "Europe", "Europe/Vienna\u0000", new string('a', 300)]),
        ];
        foreach (var (member, value) in wrong.SelectMany(w => w.Values.Select(v => (w.Member, v))))
        {
            var (status, body) = await PutAsync(ada, new JsonObject { [member] = value }.ToJsonString());
            Assert.True(status is HttpStatusCode.UnprocessableEntity && body.Contains("\"code\":\"preference_invalid\"", StringComparison.Ordinal), $"{member} {value}: {status}: {body}");
        }

        foreach (var body in new[] { """{"theme":7}""", """{"userId":"1"}""", """{"theme":"DARK","theme":"LIGHT"}""", "[]", "null", "" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(ada, body)).Status);
        }

        Assert.Equal("""{"theme":"DARK","language":"de","timeZone":"UTC"}""", await GetAsync(ada));
        foreach (var language in new[] { "de", "de-AT", "zh-Hans-CN", "es-419", "sl-rozaj-biske", "de-CH-1996", "en-US-u-ca-gregory", "zh-cmn-Hans-CN", "x-ours", "de-x-at" })
        {
            Assert.Contains($"\"language\":\"{language}\"", (await PutAsync(ada, new JsonObject { ["language"] = language.ToUpperInvariant() }.ToJsonString())).Body, StringComparison.Ordinal);
        }

        foreach (var zone in new[] { "Europe/Vienna", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "America/Port-au-Prince", "UTC" })
        {
            using var kept = JsonDocument.Parse((await PutAsync(ada, new JsonObject { ["timeZone"] = zone }.ToJsonString())).Body);
            Assert.Equal(zone, kept.RootElement.GetProperty("timeZone").GetString());
        }
    }

    [Fact]
    public async Task Of_many_changes_at_once_each_is_written_down_with_what_was_before_it()
    {
        var ada = await Node.RegisterAsync("many@example.com");
        string[] languages = [.. Enumerable.Range(0, 16).Select(i => $"d{(char)('a' + i)}")];

        Assert.All(await Task.WhenAll(languages.Select(l => PutAsync(ada, $$"""{"language":"{{l}}"}"""))), a => Assert.Equal(HttpStatusCode.OK, a.Status));

        using var now = JsonDocument.Parse(await GetAsync(ada));
        Assert.Equal(
            string.Join(' ', languages.Except([now.RootElement.GetProperty("language").GetString()]).Append("none").Order(StringComparer.Ordinal)),
            await shared.At.QueryAsync($"""SELECT string_agg(COALESCE("oldValues"->>'language', 'none'), ' ' ORDER BY COALESCE("oldValues"->>'language', 'none') COLLATE "C") FROM audit_logs WHERE action = 'preferences_updated' AND "userId" = '{ada.UserId}'"""));
    }

    [Fact]
    public async Task There_are_only_so_many_changes_and_the_audit_is_not_written_past_them()
    {
        await using var strict = await shared.At.AnotherAsync(o => (o.AutoConfirm, o.RateLimits.ProfileChangesPerAccount) = (true, new RateLimit(2, TimeSpan.FromHours(1))));
        var ada = await strict.RegisterAsync("often@example.com");

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests],
            [(await PutAsync(ada, "{}", strict)).Status, (await PutAsync(ada, "{}", strict)).Status, (await PutAsync(ada, "{}", strict)).Status]);
        Assert.Equal(2L, await shared.At.QueryAsync($"""SELECT count(*) FROM audit_logs WHERE action = 'preferences_updated' AND "userId" = '{ada.UserId}'"""));
    }

    [Fact]
    public async Task Mail_is_in_the_chosen_language_where_there_are_words_in_it_and_else_in_that_of_the_request()
    {
        foreach (var (email, language, accepted, subject) in new[]
                 {
                     ("chosen@example.com", "de-AT", "en", "Ihr Passwort für Example wurde geändert"),
                     ("unknown@example.com", "fr", "de", "Ihr Passwort für Example wurde geändert"),
                     ("english@example.com", "en", "de", "Your password for Example was changed"),
                 })
        {
            var who = await Node.RegisterAsync(email);
            // Two mails that wait at once arrive in any order.
            await shared.At.Server.NextAsync(email);
            await PutAsync(who, $$"""{"language":"{{language}}"}""");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/me/password") { Content = JsonContent.Create(new { currentPassword = TestNode.Password, newPassword = MailNode.Fresh }) };
            request.Headers.Authorization = new("Bearer", who.Access);
            request.Headers.AcceptLanguage.ParseAdd(accepted);
            using var changed = await Node.Client.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);

            // The first is that of the registration.
            Assert.Equal(subject, (await shared.At.Server.NextAsync(email, 2)).Subject);
        }

        // The same for who only has an address to say: the account is found by it.
        await shared.At.ForgotAsync("chosen@example.com");
        Assert.Contains("Passwort", (await shared.At.Server.LinkAsync("chosen@example.com", "password/reset")).Subject, StringComparison.Ordinal);
    }

    private async Task<string> GetAsync(SignedIn who)
    {
        using var response = await Node.SendAsync(HttpMethod.Get, "me/preferences", who.Access);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private async Task<(HttpStatusCode Status, string Body)> PutAsync(SignedIn who, string body, TestNode? at = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/auth/v1/me/preferences") { Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")) };
        request.Headers.Authorization = new("Bearer", who.Access);
        using var response = await (at ?? Node).Client.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal MailNode At { get; private set; } = null!;

        public async ValueTask InitializeAsync() => At = await MailNode.StartAsync(o => o.AutoConfirm = true);

        public ValueTask DisposeAsync() => At.DisposeAsync();
    }
}
