using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Payments.Walk;

internal sealed class Unexpected(string message) : Exception(message);

/// <summary>A server of payments, as a process of its own.</summary>
internal sealed class Service : IAsyncDisposable
{
    public const string Password = "a quiet evening at home";

    // A machine may be busy with something else; what never comes is told all the same.
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process process;
    private readonly HttpClient http;

    private Service(Process process, string address) => (this.process, http) =
        (process, new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(address), Timeout = Patience });

    /// <param name="lease">How long after it was killed its keys are free again; otherwise longer than any request takes, on whatever machine.</param>
    public static async Task<Service> StartAsync(string program, string lease = "00:10:00")
    {
        var address = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";
        var start = new ProcessStartInfo("dotnet") { ArgumentList = { program, "--urls", address }, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
        {
            ("AUTH_MIGRATE", "true"),
            ("Logging__LogLevel__Default", "None"),
            ("SluiceAuth__Idempotency__Lease", lease),
            // Here everybody comes from one address, and says which one is meant.
            ("SluiceAuth__TrustedProxies__0", "127.0.0.1"),
            ("SluiceAuth__RateLimits__SignInsPerName__Requests", "1000"),
            ("SluiceAuth__RateLimits__SignInsPerName__Per", "00:01:00"),
            ("SluiceAuth__Lockout__FailuresPerClient", $"{Guesses.PerClient}"),
            ("SluiceAuth__Lockout__FailuresPerAccount", $"{Guesses.PerAccount}"),
            ("SluiceAuth__Lockout__FirstLock", "00:01:00"),
            ("SluiceAuth__Lockout__LongestLock", "01:00:00"),
        })
        {
            start.Environment[name] = value;
        }

        var service = new Service(Process.Start(start)!, address);
        service.process.BeginOutputReadLine();
        var errors = service.process.StandardError.ReadToEndAsync();
        for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(50))
        {
            try
            {
                using var ready = await service.http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (ready.IsSuccessStatusCode)
                {
                    return service;
                }
            }
            catch (HttpRequestException) when (!service.process.HasExited && DateTime.UtcNow < until)
            {
                // It is starting.
                continue;
            }
            catch (HttpRequestException)
            {
                throw new Unexpected($"the service does not start: {(service.process.HasExited ? await errors : "no answer")}");
            }
        }
    }

    /// <summary>As the power would go.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async Task<Answer> PayAsync(string? token, string? key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/payments") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", $"\"{key}\"");
        }

        return await SendAsync(request);
    }

    public async Task<(string Address, string Token)> RegisterAsync(string name)
    {
        var address = $"{name}-{Guid.NewGuid():n}@example.com";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/register") { Content = JsonContent.Create(new { email = address, password = Password }) };
        return (address, (string)(await SendAsync(request)).Is(201, $"{name} registers").Json!["accessToken"]!);
    }

    /// <param name="from">The address that a proxy would tell of.</param>
    public async Task<Answer> SignInAsync(string address, string password, string from, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/login") { Content = JsonContent.Create(new { identifier = address, password }) };
        request.Headers.Add("X-Forwarded-For", from);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
        http.Dispose();
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json";
        return new Answer((int)response.StatusCode, text.Length > 0 && isJson ? JsonNode.Parse(text) : null, text)
        {
            IsReplayed = response.Headers.TryGetValues("Idempotency-Replayed", out var replayed) && replayed.Single() == "true",
            RetryAfter = response.Headers.RetryAfter?.Delta,
            Cookie = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.First().Split(';')[0] : null,
        };
    }

    // Not of those that the system gives to whoever connects, lest somebody has it by the time that the server begins.
    private static int FreePort()
    {
        int port;
        do
        {
            port = RandomNumberGenerator.GetInt32(20_000, 32_000);
        }
        while (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port));

        return port;
    }
}

internal sealed record Answer(int Status, JsonNode? Json, string Text)
{
    public bool IsReplayed { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public string? Cookie { get; init; }

    public string? Code => (string?)Json?["code"];

    public string Id => (string)Json!["id"]!;

    public Answer Is(int status, string what, string? code = null) =>
        Status == status && (code is null || Code == code) ? this : throw new Unexpected($"{what}: {Status}, not {status} {code}: {Text}");
}
