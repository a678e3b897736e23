using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Studio;
using Sluice.Text;

namespace Sluice.Browser.Tests.Studio;

/// <summary>Studio on a database of its own, and somebody who came in by its link.</summary>
public sealed class StudioSite : IAsyncDisposable
{
    private readonly TestDatabase? database;
    private readonly StudioServer server;

    private StudioSite(TestDatabase? database, StudioServer server, int port)
    {
        (this.database, this.server) = (database, server);
        Address = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://localhost:{port}");
        Http = new HttpClient { BaseAddress = new Uri(Address) };
        Http.DefaultRequestHeaders.Add("Origin", Address);
    }

    public TestDatabase Database => database!;

    public string Address { get; }

    public Uri Link => server.Link;

    public HttpClient Http { get; }

    /// <summary>What the page keeps and sends; null before somebody came in.</summary>
    public string? Key
    {
        get;
        private set
        {
            field = value;
            Http.DefaultRequestHeaders.Remove("X-Sluice-Studio");
            Http.DefaultRequestHeaders.Add("X-Sluice-Studio", value);
        }
    }

    /// <summary>As the page does it with the link that it was opened by.</summary>
    public static async Task<HttpResponseMessage> EnterAsync(HttpClient client, Uri link)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(link, "/api/enter")) { Content = new StringContent(link.Query["?token=".Length..]) };
        request.Headers.Add("X-Sluice-Studio", "enter");
        request.Headers.Add("Origin", link.GetLeftPart(UriPartial.Authority));
        return await client.SendAsync(request);
    }

    public async Task EnterAsync()
    {
        using var answer = await EnterAsync(new HttpClient(), Link);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Key = await answer.Content.ReadAsStringAsync();
    }

    public static async Task<StudioSite> StartAsync(string sql, bool readOnly = false, string? migrations = null, bool enter = true)
    {
        var database = await TestDatabase.CreateAsync(sql);
        return await StartAsync(database, readOnly, migrations, enter);
    }

    /// <param name="schema">The file; null for a project that has none.</param>
    /// <param name="toolUrl">What the project names, where that is another database by now.</param>
    public static Task<StudioSite> StartAsync(TestDatabase database, bool readOnly = false, string? migrations = null, bool enter = true, string? schema = null, string? toolUrl = null) =>
        StartAsync(database, database.Url, readOnly, migrations, enter, schema, toolUrl);

    /// <summary>On a database that stays.</summary>
    public static Task<StudioSite> StartOnAsync(string url, string migrations, bool enter = false) => StartAsync(null, url, true, migrations, enter, null);

    private static async Task<StudioSite> StartAsync(TestDatabase? database, string url, bool readOnly, string? migrations, bool enter, string? schema, string? toolUrl = null)
    {
        var port = FreePort();
        var folder = migrations ?? Path.Combine(Path.GetTempPath(), "no-migrations-here");
        var server = await StudioServer.StartAsync(new StudioSettings
        {
            Run = new RunSettings { Address = DatabaseAddress.Parse(url), MigrationsPath = folder },
            Schema = schema is null ? null : () => [new SourceText(Path.GetFileName(schema), File.ReadAllText(schema))],
            Port = port,
            IsReadOnly = readOnly,
            BackupFolder = Path.Combine(Path.GetDirectoryName(folder)!, "backups"),
            Tool = new ToolProgram([Path.Combine(Repository.Root, "sluice"), "--url", toolUrl ?? url, "--migrations", folder, .. schema is null ? (string[])[] : ["--schema", schema]], Path.GetDirectoryName(folder)!),
        });
        var site = new StudioSite(database, server, port);
        if (enter)
        {
            await site.EnterAsync();
        }

        return site;
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri($"/api{path}", UriKind.Relative));
        return await ReadAsync(answer, $"GET {path}");
    }

    public async Task<JsonNode> PostAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync(new Uri($"/api{path}", UriKind.Relative), body);
        return await ReadAsync(answer, $"POST {path}");
    }

    /// <summary>What is refused, and with which status.</summary>
    public async Task<(int Status, JsonNode Body)> TryAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync(new Uri($"/api{path}", UriKind.Relative), body);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    public async Task<string> TextAsync(string sql) => (await Database.QueryAsync(sql))?.ToString() ?? "NULL";

    /// <summary>The client goes on as whoever opened the link in the browser.</summary>
    public async Task EnterAsAsync(IPage page)
    {
        Assert.Empty(await page.Context.CookiesAsync());
        await page.WaitForFunctionAsync("() => localStorage.getItem('sluice-studio-key')");
        Key = await page.EvaluateAsync<string>("() => localStorage.getItem('sluice-studio-key')");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await server.DisposeAsync();
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer, string what)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{what}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
