using System.Diagnostics;
using System.Net;

namespace Sluice.Bench.Auth;

/// <summary>How long another node goes on accepting a token after the sign-out was answered.</summary>
internal static class Revocations
{
    private const int Times = 200;

    public static async Task WriteAsync(Field field, TextWriter to)
    {
        await using var other = await field.StartNodeAsync();
        using var here = new HttpClient { BaseAddress = field["sluice"].Address };
        using var there = new HttpClient { BaseAddress = other.Address };
        var waits = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            var (access, _) = await Clients.SignInAsync(here, i);
            await ExpectAsync(there, access, HttpStatusCode.OK);
            using (var ended = await Clients.SendAsync(here, HttpMethod.Post, "/auth/v1/logout", access))
            {
                ended.EnsureSuccessStatusCode();
            }

            var committed = Stopwatch.GetTimestamp();
            while (await StatusAsync(there, access) is HttpStatusCode.OK)
            {
            }

            waits.Add(Stopwatch.GetElapsedTime(committed).TotalMilliseconds);
        }

        waits.Sort();
        await to.WriteLineAsync(Report.Text($"### Revocation\n\nFrom the answer to a sign-out on one node to the first refusal on another, which is asked without a pause, {Times} times: median {Clients.At(waits, 0.5):0.0} ms, longest {waits[^1]:0.0} ms.\n"));
        await Report.Verdict(to, "ms p99", Clients.At(waits, 0.99), 50, atLeast: false);
        await to.WriteLineAsync();
    }

    private static async Task ExpectAsync(HttpClient client, string access, HttpStatusCode expected)
    {
        if (await StatusAsync(client, access) is var status && status != expected)
        {
            throw new InvalidOperationException($"expected {expected}, got {status}");
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string access)
    {
        using var response = await Clients.SendAsync(client, HttpMethod.Get, "/work", access);
        return response.StatusCode;
    }
}
