using System.Diagnostics;
using System.Globalization;

namespace Sluice.Bench.Auth;

/// <summary>Ten minutes of everything, and what the process holds meanwhile.</summary>
internal static class Soak
{
    // MiB: an entry of the table with its key, the table half full.
    private const double RevocationSize = 120.0 / (1 << 20);

    public static async Task RunAsync(Field field, TimeSpan time, TextWriter to)
    {
        var server = field["sluice"];
        using var client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(1) };
        // What is remembered of verified tokens has a bound: it is reached before the first look.
        await Load.RunAsync(field, server, "get.lua", 8, 1, TimeSpan.FromSeconds(10), ("TOKENS", Path.Combine(field.Folder, "many")));
        using var stop = new CancellationTokenSource(time);
        var busy = Task.WhenAll(RequestsAsync(), SessionsAsync(0), SessionsAsync(1));
        List<(TimeSpan At, double Heap, double Resident, double Revoked)> held = [];
        var began = Stopwatch.GetTimestamp();
        for (var tenth = 1; tenth <= 10; tenth++)
        {
            // The last while everything is still going on.
            var at = tenth < 10 ? time * tenth / 10 : time * 0.98;
            await Task.Delay(TimeSpan.FromTicks(Math.Max(0, (at - Stopwatch.GetElapsedTime(began)).Ticks)));
            var memory = (await client.GetStringAsync("/memory")).Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToList();
            held.Add((at, memory[0] / (1 << 20), memory[1] / (1 << 20), memory[2]));
        }

        var sessions = await busy;
        await to.WriteLineAsync(Report.Text($"### Memory\n\n{time.TotalMinutes:0.#} minutes of authenticated requests without a pause, sign-ins, refreshes and sign-outs ({sessions.Sum()} sessions begun and ended); heap after a full collection. It begins with as many verified tokens remembered as there is room for.\n"));
        await to.WriteLineAsync("| after | heap, MiB | resident, MiB | revocations that it remembers |\n|---|--:|--:|--:|");
        foreach (var (at, heap, resident, revoked) in held)
        {
            await to.WriteLineAsync(Report.Text($"| {at.TotalMinutes:0.0} min | {heap:0.0} | {resident:0} | {revoked:0} |"));
        }

        await to.WriteLineAsync();
        await Report.Verdict(to, "× the resident memory of a fifth of the time at its end", held[^1].Resident / held[1].Resident, 1.10, atLeast: false);
        // Each sign-out is remembered until the tokens of its session have expired, which is later than the end of this.
        await Report.Verdict(to, "× the heap of a fifth of the time at its end, but for what it must remember of sessions that ended", (held[^1].Heap - ((held[^1].Revoked - held[1].Revoked) * RevocationSize)) / held[1].Heap, 1.10, atLeast: false);

        async Task<int> RequestsAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                await Load.RunAsync(field, server, "get.lua", 8, 1, TimeSpan.FromSeconds(5), ("TOKENS", Path.Combine(field.Folder, "access")));
            }

            return 0;
        }

        // The accounts of the tokens that are used meanwhile lose none of their sessions: each ends only its own.
        async Task<int> SessionsAsync(int first)
        {
            var done = 0;
            for (; !stop.IsCancellationRequested; done++)
            {
                var (access, refresh) = await Clients.SignInAsync(client, (first + (done * 2)) % 1000);
                for (var i = 0; i < 3; i++)
                {
                    using var work = await Clients.SendAsync(client, HttpMethod.Get, "/work", access);
                    work.EnsureSuccessStatusCode();
                    (access, refresh) = await Clients.RefreshAsync(client, refresh);
                }

                using var ended = await Clients.SendAsync(client, HttpMethod.Post, "/auth/v1/logout", access);
                ended.EnsureSuccessStatusCode();
            }

            return done;
        }
    }
}
