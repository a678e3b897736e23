using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventPlatform.Walk;

internal sealed class Unexpected(string message) : Exception(message);

/// <summary>A server of the platform, as a process of its own.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private const string Password = "a quiet evening at home";

    // A machine may be busy with something else; what never comes is told all the same.
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process process;

    private Platform(Process process, Uri address) => (this.process, Http) = (process, new HttpClient { BaseAddress = address, Timeout = Patience });

    public HttpClient Http { get; }

    public int ProcessId => process.Id;

    public static Task<Platform> StartAsync(string program) => StartAsync(program, null);

    /// <param name="hear">Given each line of the server's log.</param>
    public static async Task<Platform> StartAsync(string program, Action<string>? hear, params (string Name, string Value)[] settings)
    {
        // Not of those that the system gives to whoever connects, lest somebody has it by the time that the server begins.
        int port;
        do
        {
            port = RandomNumberGenerator.GetInt32(20_000, 32_000);
        }
        while (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port));

        var start = new ProcessStartInfo("dotnet") { ArgumentList = { program, "--urls", $"http://127.0.0.1:{port}" }, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        // Longer than any request takes, on whatever machine.
        start.Environment["SluiceAuth__Idempotency__Lease"] = "00:10:00";
        // A crowd comes from one address here.
        start.Environment["SluiceAuth__RateLimits__RegistrationsPerClient__Requests"] = "1000";
        start.Environment["SluiceAuth__RateLimits__RegistrationsPerClient__Per"] = "00:10:00";
        start.Environment["SluiceAuth__RateLimits__SignInsPerClient__Requests"] = "1000";
        start.Environment["SluiceAuth__RateLimits__SignInsPerClient__Per"] = "00:01:00";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var platform = new Platform(Process.Start(start)!, new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}"));
        platform.process.OutputDataReceived += (_, said) => hear?.Invoke(said.Data ?? "");
        platform.process.BeginOutputReadLine();
        var errors = platform.process.StandardError.ReadToEndAsync();
        for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(50))
        {
            try
            {
                using var ready = await platform.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (ready.IsSuccessStatusCode)
                {
                    return platform;
                }
            }
            catch (HttpRequestException) when (!platform.process.HasExited && DateTime.UtcNow < until)
            {
                // It is starting.
                continue;
            }
            catch (HttpRequestException)
            {
                throw new Unexpected($"the server does not start: {(platform.process.HasExited ? await errors : "no answer")}");
            }
        }
    }

    /// <summary>As the power would go.</summary>
    public void Kill() => process.Kill();

    public async Task<Person> RegisterAsync(string name)
    {
        var address = $"{name}-{Guid.NewGuid():n}@example.com";
        var answer = await new Person(name, "", "").SendAsync(this, HttpMethod.Post, "/auth/v1/register", new { email = address, password = Password, displayName = name });
        answer.Is(201, $"{name} registers");
        return new Person(name, (string)answer.Json!["user"]!["id"]!, (string)answer.Json["accessToken"]!) { Address = address };
    }

    public async Task<Person> SignInAsync(Person who)
    {
        var answer = await who.SendAsync(this, HttpMethod.Post, "/auth/v1/login", new { identifier = who.Address, password = Password });
        answer.Is(200, $"{who.Name} signs in");
        return who with { Token = (string)answer.Json!["accessToken"]! };
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        process.Dispose();
        Http.Dispose();
    }
}

internal sealed record Answer(int Status, JsonNode? Json, string Text)
{
    public Answer Is(int status, string what)
    {
        if (Status != status)
        {
            throw new Unexpected($"{what}: {Status}, not {status}: {Text}");
        }

        return this;
    }

    public string Id => (string)Json!["id"]!;
}

/// <summary>Who signs in, and what is done in that name.</summary>
internal sealed record Person(string Name, string Id, string Token)
{
    public string Address { get; init; } = "";

    public static Person Nobody { get; } = new("nobody", "", "");

    public Task<Answer> GetAsync(Platform at, string path) => SendAsync(at, HttpMethod.Get, "/api/v1" + path);

    public Task<Answer> PostAsync(Platform at, string path, object? body = null, string? key = null) => SendAsync(at, HttpMethod.Post, "/api/v1" + path, body ?? new { }, key);

    public Task<Answer> PatchAsync(Platform at, string path, object body) => SendAsync(at, HttpMethod.Patch, "/api/v1" + path, body);

    public Task<Answer> DeleteAsync(Platform at, string path) => SendAsync(at, HttpMethod.Delete, "/api/v1" + path);

    public async Task<Answer> SendAsync(Platform at, HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (Token.Length > 0)
        {
            request.Headers.Authorization = new("Bearer", Token);
        }

        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
            request.Headers.Add("Idempotency-Key", $"\"{key ?? Guid.NewGuid().ToString()}\"");
        }

        using var response = await at.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text.Length > 0 && response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" ? JsonNode.Parse(text) : null, text);
    }
}
