using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace EventPlatform.Browser.Tests;

/// <summary>The event platform as a process.</summary>
public sealed class Server : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder log = new();

    private Server(Process process, int port)
    {
        (this.process, Port) = (process, port);
        Http = new HttpClient { BaseAddress = new Uri(Address), Timeout = Wait.Patience };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string Address => $"http://localhost:{Port.ToString(CultureInfo.InvariantCulture)}";

    public HttpClient Http { get; }

    public static async Task<Server> StartAsync(string databaseUrl, int? port = null)
    {
        // What was free a moment ago may be somebody's by now.
        for (var attempt = 1; ; attempt++)
        {
            var server = Start(databaseUrl, port ?? FreePort());
            await Wait.UntilAsync(async () => server.process.HasExited || await server.IsReadyAsync(), () => $"the server does not start: {server.Log()}");
            if (!server.process.HasExited)
            {
                return server;
            }

            await server.process.WaitForExitAsync();
            Assert.True(attempt < 5 && server.Log().Contains("address already in use", StringComparison.OrdinalIgnoreCase), $"the server ended: {server.Log()}");
            await server.DisposeAsync();
        }
    }

    private static Server Start(string databaseUrl, int at)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "event-platform.dll"), "--urls", $"http://localhost:{at.ToString(CultureInfo.InvariantCulture)}" },
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DATABASE_URL"] = databaseUrl;
        start.Environment["AUTH_SECRET"] = Convert.ToBase64String(new byte[32]);
        start.Environment["AUTH_MIGRATE"] = "true";
        // All of them are one platform.
        start.Environment["PUBLIC_URL"] = "http://localhost:5000";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        // As little work as the options allow: hashes are looked at elsewhere.
        start.Environment["SluiceAuth__Passwords__Argon2MemoryKiB"] = "7168";
        start.Environment["SluiceAuth__Passwords__Argon2Iterations"] = "1";
        // A crowd comes from one address here.
        start.Environment["SluiceAuth__RateLimits__RegistrationsPerClient__Requests"] = "1000";
        start.Environment["SluiceAuth__RateLimits__RegistrationsPerClient__Per"] = "00:10:00";
        start.Environment["SluiceAuth__RateLimits__SignInsPerClient__Requests"] = "1000";
        start.Environment["SluiceAuth__RateLimits__SignInsPerClient__Per"] = "00:01:00";
        return new Server(Process.Start(start)!, at);
    }

    public async Task<Person> RegisterAsync(string name)
    {
        var person = new Person(this, $"{name.ToLowerInvariant()}-{Guid.NewGuid():n}@example.com", "");
        var session = await person.SendAsync(HttpMethod.Post, "/auth/v1/register", new { email = person.Address, password = Person.Password, displayName = name });
        return person with { Token = (string)session["accessToken"]! };
    }

    /// <summary>As the power would go.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
        Http.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var ready = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return ready.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // it is starting
        }
    }

    private void Keep(string? line)
    {
        lock (log)
        {
            log.AppendLine(line);
        }
    }

    private string Log()
    {
        lock (log)
        {
            return log.ToString();
        }
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}

/// <summary>Who has an account, and does over HTTP what a test does not do in the browser.</summary>
public sealed record Person(Server At, string Address, string Token)
{
    public const string Password = "a quiet evening at home";

    /// <summary>A public room with one prize, open.</summary>
    public async Task<(string Room, string Prize)> OpenRoomAsync(string title, int quantity = 1)
    {
        var room = (string)(await PostAsync("/rooms", new { appId = "lucky-draw", title, isPublic = true }))["id"]!;
        var prize = (string)(await PostAsync($"/rooms/{room}/prizes", new { name = "Bicycle", description = "Blue, with a bell", quantity }))["id"]!;
        await PostAsync($"/rooms/{room}/publish", new { });
        return (room, prize);
    }

    public Task<JsonNode> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, $"/api/v1{path}", body);

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", $"\"{Guid.NewGuid()}\"");
        if (Token.Length > 0)
        {
            request.Headers.Authorization = new("Bearer", Token);
        }

        using var response = await At.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text.Length > 0 ? text : "{}")!;
    }
}
