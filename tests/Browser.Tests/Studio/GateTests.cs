using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Browser.Tests.Studio;

/// <summary>Who reaches the database through Studio: whoever has the link, from this machine, from Studio's own page.</summary>
public sealed class GateTests
{
    private const string Schema = "CREATE TABLE item (id int PRIMARY KEY, name text); INSERT INTO item VALUES (1, 'one');";

    [Fact]
    public async Task Who_has_not_opened_the_link_gets_nothing()
    {
        await using var site = await StudioSite.StartAsync(Schema, enter: false);
        foreach (var path in new[] { "/api/session", "/api/tables", "/api/schema", "/api/schema/drawing", "/api/health", "/api/migrations", "/api/migrations/live", "/api/nothing" })
        {
            Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, path, r => Key(r, null)));
            Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, path, r => Key(r, new string('0', 64))));
            Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, path, r => { Key(r, null); r.Headers.Add("Cookie", "sluice-studio-key=1"); }));
        }

        Assert.Equal(403, await StatusAsync(site, HttpMethod.Post, "/api/rows", r => r.Content = Json("""{"table":{"schema":"public","name":"item"}}""")));
        // The page itself is for anybody on this machine, and holds nothing.
        using var page = await site.Http.GetAsync(new Uri("/?token=0000", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.False(page.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_link_opens_once_and_no_cookie_goes_to_others_of_this_machine()
    {
        await using var site = await StudioSite.StartAsync(Schema, enter: false);
        using var client = new HttpClient();
        using var wrong = await StudioSite.EnterAsync(client, new Uri(site.Link, "/?token=" + new string('0', 64)));
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        using (var first = await StudioSite.EnterAsync(client, site.Link))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.False(first.Headers.Contains("Set-Cookie"));
            Assert.NotEqual(site.Link.Query["?token=".Length..], await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        using var second = await StudioSite.EnterAsync(client, site.Link);
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        Assert.Contains("opens once", await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example"), InlineData("localhost.evil.example"), InlineData("localhost"), InlineData("127.0.0.1:1"), InlineData("[::1]")]
    public async Task A_name_that_somebody_lets_point_here_is_refused(string host)
    {
        await using var site = await StudioSite.StartAsync(Schema);
        Assert.Equal(200, await StatusAsync(site, HttpMethod.Get, "/api/tables", _ => { }));
        Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, "/api/tables", r => r.Headers.Host = host));
        Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, "/", r => r.Headers.Host = host));
    }

    [Fact]
    public async Task Another_page_reaches_nothing_with_the_browsers_cookie()
    {
        await using var site = await StudioSite.StartAsync(Schema);
        const string Change = """{"sql":"DELETE FROM item","writes":true}""";
        foreach (var origin in new[] { "https://evil.example", "null", "http://localhost", "http://localhost:1", site.Address.Replace("http:", "https:", StringComparison.Ordinal) })
        {
            Assert.Equal(403, await StatusAsync(site, HttpMethod.Post, "/api/query", r => { r.Content = Json(Change); Origin(r, origin); }));
            Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, "/api/tables", r => Origin(r, origin)));
        }

        // No origin at all, as an old browser's form; another site or port, by the browser's own word.
        Assert.Equal(403, await StatusAsync(site, HttpMethod.Post, "/api/query", r => { r.Content = Json(Change); Origin(r, null); }));
        Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, "/api/tables", r => { Origin(r, null); r.Headers.Add("Sec-Fetch-Site", "cross-site"); }));
        Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, "/api/tables", r => { Origin(r, null); r.Headers.Add("Sec-Fetch-Site", "same-site"); }));
        // What a form can send, and what a page may without being asked about a header.
        Assert.Equal(415, await StatusAsync(site, HttpMethod.Post, "/api/query", r => r.Content = new StringContent(Change, Encoding.UTF8, "text/plain")));
        Assert.Equal(403, await StatusAsync(site, HttpMethod.Get, "/api/tables", r => Key(r, null)));
        Assert.Equal(403, await StatusAsync(site, HttpMethod.Options, "/api/query", r => { Origin(r, "https://evil.example"); r.Headers.Add("Access-Control-Request-Headers", "x-sluice-studio"); }));
        Assert.Equal("1", await site.TextAsync("SELECT count(*) FROM item"));
        using var page = await site.Http.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task It_listens_on_this_machine_alone()
    {
        await using var site = await StudioSite.StartAsync(Schema, enter: false);
        var port = new Uri(site.Address).Port;
        var listening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(l => l.Port == port).ToList();
        Assert.NotEmpty(listening);
        Assert.All(listening, l => Assert.True(IPAddress.IsLoopback(l.Address), l.ToString()));
    }

    [Fact]
    public async Task For_reading_only_nothing_is_changed_whatever_is_asked()
    {
        await using var site = await StudioSite.StartAsync(Schema, readOnly: true);
        var row = (await site.PostAsync("/rows", new { table = new { schema = "public", name = "item" } }))["rows"]![0]!;
        object change = new { kind = "delete", table = new { schema = "public", name = "item" }, key = new[] { "1" }, version = (string)row["version"]! };
        Assert.Equal(403, (await site.TryAsync("/changes", new { changes = new[] { change } })).Status);
        Assert.Equal(403, (await site.TryAsync("/query", new { sql = "DELETE FROM item", writes = true })).Status);
        Assert.Equal(403, (await site.TryAsync("/migrations/deploy", new { database = site.Database.Name })).Status);
        Assert.Equal(403, (await site.TryAsync("/health/end", new { database = site.Database.Name, process = 1, started = "" })).Status);
        foreach (var sql in new[] { "DELETE FROM item", "SET TRANSACTION READ WRITE; DELETE FROM item", "COMMIT; DELETE FROM item", "COPY item TO PROGRAM 'true'", "SELECT setval(pg_get_serial_sequence('item', 'id'), 3); TRUNCATE item", "WITH gone AS (DELETE FROM item RETURNING *) SELECT * FROM gone", "DO $$ BEGIN DELETE FROM item; END $$" })
        {
            Assert.InRange((await site.TryAsync("/query", new { sql })).Status, 400, 422);
        }

        Assert.InRange((await site.TryAsync("/explain", new { sql = "DELETE FROM item", analyzes = true })).Status, 400, 422);
        Assert.Equal("1", await site.TextAsync("SELECT count(*) FROM item"));
    }

    [Fact]
    public async Task The_console_writes_for_who_types_the_databases_name()
    {
        await using var site = await StudioSite.StartAsync(Schema);
        foreach (var typed in new[] { null, "", "postgres", site.Database.Name.ToUpperInvariant() })
        {
            Assert.Equal(400, (await site.TryAsync("/query", new { sql = "DELETE FROM item", writes = true, database = typed })).Status);
        }

        Assert.Equal("1", await site.TextAsync("SELECT count(*) FROM item"));
        await site.PostAsync("/query", new { sql = "DELETE FROM item", writes = true, database = site.Database.Name });
        Assert.Equal("0", await site.TextAsync("SELECT count(*) FROM item"));
    }

    private static StringContent Json(string text) => new(text, new MediaTypeHeaderValue("application/json"));

    private static void Origin(HttpRequestMessage request, string? origin)
    {
        request.Headers.Remove("Origin");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }
    }

    private static void Key(HttpRequestMessage request, string? key)
    {
        request.Headers.Remove("X-Sluice-Studio");
        if (key is not null)
        {
            request.Headers.Add("X-Sluice-Studio", key);
        }
    }

    private static async Task<int> StatusAsync(StudioSite site, HttpMethod method, string path, Action<HttpRequestMessage> change)
    {
        // The site's client has an origin and the key by itself; here each request says what it brings.
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Add("Origin", site.Address);
        Key(request, site.Key);
        change(request);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
