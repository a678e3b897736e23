using System.Globalization;

namespace Sluice.Bench.Auth;

/// <summary>Every measurement in turn, as the section of bench/RESULTS.md.</summary>
internal static class Report
{
    private const int Connections = 32;

    /// <param name="part">One of them alone, for who works on it; or `all`.</param>
    public static async Task WriteAsync(Field field, string part, int rounds, int seconds, TextWriter to)
    {
        var (time, isAll) = (TimeSpan.FromSeconds(seconds), part == "all");
        if (isAll || part == "requests")
        {
            var withoutSessions = await RequestsAsync(field, rounds, time, to);
            await Micro.WriteAsync(field, withoutSessions, to);
        }

        if (isAll || part == "refresh")
        {
            await Refreshes.WriteAsync(field, rounds, time, to);
        }

        if (isAll || part == "sign-in")
        {
            await Logins.WriteAsync(field, rounds, time, to);
        }

        if (isAll)
        {
            await Revocations.WriteAsync(field, to);
        }
    }

    /// <returns>How much of the time of a whole request the design before spends that ours does not.</returns>
    private static async Task<double> RequestsAsync(Field field, int rounds, TimeSpan time, TextWriter to)
    {
        var designs = Designs.ForRequests.Where(d => !d.Name.EndsWith("redis", StringComparison.Ordinal) || field.HasRedis).ToList();
        foreach (var (name, _) in designs.Where(d => d.Name is not ("sluice" or Designs.Bare)))
        {
            await field.StartAsync(name);
        }

        foreach (var (name, _) in designs)
        {
            await Load.SettleAsync(Of(name), () => Load.WarmAsync(Of(name), "get.lua", Connections, 1, TimeSpan.FromSeconds(3), Tokens(name)));
        }

        var loads = designs.ToDictionary(d => d.Name, _ => new List<Load>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, _) in designs)
            {
                loads[name].Add(await Load.RunAsync(field, Of(name), "get.lua", Connections, 1, time, Tokens(name)));
            }
        }

        await to.WriteLineAsync(Text($"### A request that must know who asks\n\n`GET /work` over {Connections} connections, 1,000 tokens of 680 bytes in turn in the `Authorization` header, a denylist of 10,000; medians of {rounds} rounds of {time.TotalSeconds:0} s in which all took turns, ratios of the same round.\n"));
        await to.WriteLineAsync("| who asks is found out by | requests/s | of none | ours is × | CPU a request, µs | over none, µs | of PostgreSQL, µs | p99, ms |\n|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (name, title) in designs)
        {
            var own = loads[name];
            await to.WriteLineAsync(Text($"| {title} | {Median(own.Select(l => l.PerSecond)):0} | {Ratio(name, "open"):0.00} | {Ratio("sluice", name):0.00} | {Median(own.Select(l => l.Processor)):0.0} | {Over(name):0.0} | {Median(own.Select(l => l.Database)):0.0} | {Median(own.Select(l => l.P99.TotalMilliseconds)):0.0} |"));
        }

        await to.WriteLineAsync();
        await Verdict(to, "of the requests/s without authentication", Ratio("sluice", "open"), 0.90, atLeast: true);
        await Verdict(to, "µs of CPU more than without authentication", Over("sluice"), 2, atLeast: false);
        if (field.HasRedis)
        {
            await Verdict(to, "× JwtBearer and a denylist in Redis", Ratio("sluice", "jwt-redis"), 1.5, atLeast: true);
            await Verdict(to, $"× our own verification and a denylist in Redis, of which no authentication at all is {Text($"{Ratio("open", "redis"):0.00}")} ×", Ratio("sluice", "redis"), 1.5, atLeast: true);
        }
        else
        {
            await to.WriteLineAsync("- Redis was not to be had: not compared.");
        }

        await Verdict(to, "× JwtBearer and a denylist in PostgreSQL", Ratio("sluice", "jwt-postgres"), 4, atLeast: true);
        await Verdict(to, $"× our own verification and a denylist in PostgreSQL, of which no authentication at all is {Text($"{Ratio("open", "postgres"):0.00}")} ×", Ratio("sluice", "postgres"), 4, atLeast: true);
        await Verdict(to, "× the design before", Ratio("sluice", "before"), 3, atLeast: true);
        await Verdict(to, "× the design before, multiplexed", Ratio("sluice", "before-tuned"), 3, atLeast: true);
        await to.WriteLineAsync();
        return 1 - (1 / Ratio("sluice", "before"));

        double Ratio(string a, string b) => Median(loads[a].Zip(loads[b], (x, y) => x.PerSecond / y.PerSecond));
        double Over(string name) => Median(loads[name].Zip(loads["open"], (x, y) => x.Processor - y.Processor));
        Server Of(string name) => field[name == Designs.Bare ? "open" : name];
        (string, string) Tokens(string name) => ("TOKENS", name == Designs.Bare ? "" : Path.Combine(field.Folder, name.StartsWith("before", StringComparison.Ordinal) ? "before" : "access"));
    }

    public static async Task Verdict(TextWriter to, string what, double found, double bar, bool atLeast) =>
        await to.WriteLineAsync(Text($"- {(atLeast ? found >= bar : found <= bar) switch { true => "met", false => "**not met**" }}: {found:0.00#} {what} (aim: {(atLeast ? "at least" : "at most")} {bar:0.##})"));

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
