using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;

namespace Sluice.Bench.Auth;

/// <summary>What a sign-in costs beside its hash, and what others feel of many.</summary>
internal static class Logins
{
    private const int Paced = 200;
    private const double LongestWait = 20;
    private const int WarmSignIns = 200;

    public static async Task WriteAsync(Field field, int rounds, TimeSpan time, TextWriter to)
    {
        var server = field["sluice"];
        using var client = new HttpClient { BaseAddress = server.Address };
        var (access, _) = await Clients.SignInAsync(client, 0);
        await Load.SettleAsync(server, async () =>
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, WarmSignIns), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => await Clients.SignInAsync(client, i));
            await LoginAsync(1);
            await Clients.PacedAsync(server.Address, access, Paced, TimeSpan.FromSeconds(1));
        });

        List<double> hashes = [], logins = [], own = [];
        List<List<double>> quiet = [], beside = [];
        var rate = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            hashes.Add(Hash());
            var (hashing, all) = (server.Hashing, server.Processor);
            logins.Add((await LoginAsync(1)).Processor);
            own.Add((server.Processor - all) / (server.Hashing - hashing));
            quiet.Add(await Clients.PacedAsync(server.Address, access, Paced, time));
            var many = LoginAsync(16);
            beside.Add(await Clients.PacedAsync(server.Address, access, Paced, time - TimeSpan.FromMilliseconds(500)));
            rate = (await many).PerSecond;
        }

        var (hash, login) = (Report.Median(hashes), Report.Median(logins));
        await to.WriteLineAsync(Report.Text($"### Sign-in\n\nArgon2id 19 MiB, 2 passes. One after the other: {login / 1000:0.00} ms of CPU a sign-in, {hash / 1000:0.00} ms its hash alone.\n"));
        await Report.Verdict(to, "× the CPU of the hash alone, over and over in another process", Report.Median(logins.Zip(hashes, (l, h) => l / h)), 1.10, atLeast: false);
        await Report.Verdict(to, "× the CPU of its own hash, on the thread that computes it", Report.Median(own), 1.10, atLeast: false);
        await to.WriteLineAsync(Report.Text($"\n`GET /work` {Paced} times a second, timed from when each was due, while 16 clients do nothing but sign in ({rate:0} sign-ins/s), medians of {rounds} rounds:\n"));
        await to.WriteLineAsync("| | median, ms | p99, ms | longest, ms |\n|---|--:|--:|--:|");
        foreach (var (title, runs) in new[] { ("nobody signs in", quiet), ("the gate is full", beside) })
        {
            await to.WriteLineAsync(Report.Text($"| {title} | {At(runs, 0.5):0.00} | {At(runs, 0.99):0.00} | {runs.Max(r => r[^1]):0.0} |"));
        }

        await to.WriteLineAsync();
        await Report.Verdict(to, "ms p99 beside a full gate", At(beside, 0.99), LongestWait, atLeast: false);
        await to.WriteLineAsync();

        Task<Load> LoginAsync(int connections) => Load.RunAsync(field, server, "login.lua", connections, 1, time, ("PASSWORD", Field.Password));
        static double At(List<List<double>> runs, double share) => Report.Median(runs.Select(r => Clients.At(r, share)));
    }

    // Microseconds of CPU.
    private static double Hash()
    {
        const int Times = 40;
        var options = new PasswordOptions();
        var stored = PasswordHash.Make(Field.Password, options);
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Times; i++)
        {
            PasswordHash.Verify(Field.Password, stored, options);
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Times;
    }
}
