using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sluice.Bench.Auth;

/// <summary>What the load generator cannot do.</summary>
internal static class Clients
{
    /// <summary>Signs so many accounts in and keeps their refresh tokens in a file.</summary>
    public static async Task SignInAsync(Uri server, string file, int accounts)
    {
        using var client = new HttpClient { BaseAddress = server };
        var tokens = new List<string>();
        for (var i = 0; i < accounts; i++)
        {
            tokens.Add((await SignInAsync(client, i)).Refresh);
        }

        await File.WriteAllLinesAsync(file, tokens);
    }

    public static async Task<(string Access, string Refresh)> SignInAsync(HttpClient client, int account)
    {
        using var response = await client.PostAsJsonAsync("/auth/v1/login", new { identifier = $"user{account}@example.com", password = Field.Password });
        return await TokensAsync(response);
    }

    public static async Task<(string Access, string Refresh)> RefreshAsync(HttpClient client, string refreshToken)
    {
        using var response = await client.PostAsJsonAsync("/auth/v1/token/refresh", new { refreshToken });
        return await TokensAsync(response);
    }

    private static async Task<(string Access, string Refresh)> TokensAsync(HttpResponseMessage response)
    {
        using var json = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return (json.RootElement.GetProperty("accessToken").GetString()!, json.RootElement.GetProperty("refreshToken").GetString()!);
    }

    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string access)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        return await client.SendAsync(request);
    }

    /// <summary>Requests that are due at fixed moments, timed from when each was due: one that is held up makes those after it late, too.</summary>
    /// <returns>Milliseconds, sorted.</returns>
    public static async Task<List<double>> PacedAsync(Uri server, string access, int perSecond, TimeSpan time)
    {
        using var client = new HttpClient { BaseAddress = server };
        var began = Stopwatch.GetTimestamp();
        var all = new List<Task<double>>();
        for (var i = 0; i < perSecond * time.TotalSeconds; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            if (due - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } early)
            {
                await Task.Delay(early);
            }

            // What the timer is late by is this program's own.
            due = TimeSpan.FromTicks(Math.Max(due.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            all.Add(OneAsync(due));
        }

        return [.. (await Task.WhenAll(all)).Order()];

        async Task<double> OneAsync(TimeSpan due)
        {
            using var response = await SendAsync(client, HttpMethod.Get, "/work", access);
            response.EnsureSuccessStatusCode();
            return (Stopwatch.GetElapsedTime(began) - due).TotalMilliseconds;
        }
    }

    public static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}
