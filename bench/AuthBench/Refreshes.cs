namespace Sluice.Bench.Auth;

/// <summary>The next token for the last one.</summary>
internal static class Refreshes
{
    public static async Task WriteAsync(Field field, int rounds, TimeSpan time, TextWriter to)
    {
        await field.StartAsync("identity");
        await IdentityBaseline.SignInAsync(field["identity"].Address, Path.Combine(field.Folder, "identity"));
        await OneAsync("sluice");
        await Load.WarmAsync(field["identity"], "refresh.lua", Field.Clients, Field.Clients, TimeSpan.FromSeconds(3), ("TOKENS", Path.Combine(field.Folder, "identity")), ("ROUTE", "/refresh"));
        List<Load> ours = [], theirs = [];
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(await OneAsync("sluice"));
            theirs.Add(await OneAsync("identity"));
        }

        var ratio = Report.Median(ours.Zip(theirs, (x, y) => x.PerSecond / y.PerSecond));
        await to.WriteLineAsync(Report.Text($"### Refresh\n\n{Field.Clients} clients that each go on with what they were given; fsync on. MapIdentityApi neither rotates nor writes.\n"));
        await to.WriteLineAsync("| | refreshes/s | CPU, µs | of PostgreSQL, µs | p99, ms |\n|---|--:|--:|--:|--:|");
        foreach (var (title, loads) in new[] { ("**Sluice.Auth**: rotation, durable, one round trip", ours), ("MapIdentityApi on EF Core", theirs) })
        {
            await to.WriteLineAsync(Report.Text($"| {title} | {Report.Median(loads.Select(l => l.PerSecond)):0} | {Report.Median(loads.Select(l => l.Processor)):0} | {Report.Median(loads.Select(l => l.Database)):0} | {Report.Median(loads.Select(l => l.P99.TotalMilliseconds)):0.0} |"));
        }

        await to.WriteLineAsync();
        await Report.Verdict(to, "× MapIdentityApi's refreshes/s", ratio, 2, atLeast: true);
        await to.WriteLineAsync();

        // Every run begins with the tokens of its file: ours are used up then, and who holds them would be a thief.
        async Task<Load> OneAsync(string design)
        {
            if (design == "sluice")
            {
                await Clients.SignInAsync(field["sluice"].Address, Path.Combine(field.Folder, "refresh"));
            }

            return await Load.RunAsync(
                field, field[design], "refresh.lua", Field.Clients, Field.Clients, time,
                ("TOKENS", Path.Combine(field.Folder, design == "sluice" ? "refresh" : "identity")), ("ROUTE", design == "sluice" ? "/auth/v1/token/refresh" : "/refresh"));
        }
    }
}
