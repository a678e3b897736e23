using System.Net;
using System.Net.Http.Json;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Sessions;

public sealed class FingerprintTests
{
    private const string Chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
    private const string NewerChrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.6834.83 Safari/537.36";
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0";

    [Fact]
    public async Task A_session_that_goes_on_elsewhere_is_announced_once_and_a_newer_browser_is_not()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var session = await LoginAsync(node, Chrome, "de-DE,de;q=0.9");

        session = await RefreshAsync(node, session, NewerChrome, "de-DE,en;q=0.5");
        Assert.Equal(0L, await EventsAsync(database, "session_fingerprint_changed"));

        var stolen = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RefreshAsync(node, session, Firefox, "de-DE")));
        Assert.Equal(1L, await EventsAsync(database, "session_fingerprint_changed"));
        session = await RefreshAsync(node, stolen[0], Firefox, "de-DE");
        Assert.Equal(1L, await EventsAsync(database, "session_fingerprint_changed"));
        await RefreshAsync(node, session, Firefox, "en-US");
        Assert.Equal(2L, await EventsAsync(database, "session_fingerprint_changed"));
    }

    [Fact]
    public async Task Where_the_host_wants_it_only_the_device_that_signed_in_goes_on()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Sessions.Fingerprint = FingerprintPolicy.Refuse);
        var session = await LoginAsync(node, Chrome, "de-DE");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node, session, Firefox, "de-DE"));
        Assert.Equal(1L, await EventsAsync(database, "session_fingerprint_refused"));
        var next = await RefreshAsync(node, session, NewerChrome, "de-DE");
        // Within the window in which the predecessor still answers.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node, session, Firefox, "de-DE"));
        Assert.Equal(2L, await EventsAsync(database, "session_fingerprint_refused"));
        Assert.Equal(next.Refresh, (await RefreshAsync(node, session, Chrome, "de-DE")).Refresh);
        await RefreshAsync(node, next, Chrome, "de-DE");
    }

    [Fact]
    public async Task A_session_from_before_there_were_fingerprints_goes_on_and_gets_one_that_tells_nothing()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Sessions.Fingerprint = FingerprintPolicy.Refuse);
        var session = await LoginAsync(node, Chrome, "de-DE");
        var first = (string)(await database.QueryAsync("SELECT \"fingerprint\" FROM \"sessions\""))!;
        await database.ExecuteAsync("UPDATE \"sessions\" SET \"fingerprint\" = NULL");

        session = await RefreshAsync(node, session, Chrome, "de-DE");

        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.Equal(first, await database.QueryAsync("SELECT \"fingerprint\" FROM \"sessions\""));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node, session, Firefox, "de-DE"));
        // Another installation makes another of the same.
        await using var other = await TestNode.NewDatabaseAsync();
        await using var stranger = await TestNode.StartAsync(other, o => o.Secret = Convert.ToBase64String(new byte[32]));
        await LoginAsync(stranger, Chrome, "de-DE");
        Assert.NotEqual(first, await other.QueryAsync("SELECT \"fingerprint\" FROM \"sessions\""));
    }

    private static async Task<SignedIn> LoginAsync(TestNode node, string agent, string language) => await SignedIn.OfAsync(
        await SendAsync(node, "register", new { email = "ada@example.com", password = TestNode.Password }, agent, language), HttpStatusCode.Created);

    private static async Task<SignedIn> RefreshAsync(TestNode node, SignedIn session, string agent, string language) => await SignedIn.OfAsync(
        await SendAsync(node, "token/refresh", new { refreshToken = session.Refresh }, agent, language), HttpStatusCode.OK);

    private static async Task<HttpStatusCode> StatusAsync(TestNode node, SignedIn session, string agent, string language)
    {
        using var response = await SendAsync(node, "token/refresh", new { refreshToken = session.Refresh }, agent, language);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestNode node, string path, object body, string agent, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/auth/v1/{path}") { Content = JsonContent.Create(body) };
        request.Headers.UserAgent.ParseAdd(agent);
        request.Headers.AcceptLanguage.ParseAdd(language);
        return await node.Client.SendAsync(request);
    }

    private static async Task<long> EventsAsync(TestDatabase database, string action) =>
        (long)(await database.QueryAsync($"SELECT count(*) FROM \"audit_logs\" WHERE \"action\" = '{action}'"))!;
}
