using Npgsql;

namespace Sluice.Bench.Auth;

/// <summary>The next token for the last one.</summary>
internal static class Refreshes
{
    private const string Written = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8";

    public static async Task WriteAsync(Field field, int rounds, TimeSpan time, TextWriter to)
    {
        await field.StartAsync("identity");
        await IdentityBaseline.SignInAsync(field["identity"].Address, Path.Combine(field.Folder, "identity"));
        await to.WriteLineAsync("### Refresh\n\nClients that each go on with what they were given; fsync on. MapIdentityApi looks the user up in the same PostgreSQL, and neither rotates nor writes. Commits that come together share one fsync: the more clients, the less of it each pays.\n");
        await to.WriteLineAsync("| clients | | refreshes/s | CPU, µs | of PostgreSQL, µs | WAL, bytes | p99, ms |\n|--:|---|--:|--:|--:|--:|--:|");
        var ratios = new List<(int Clients, double Ratio)>();
        foreach (var design in new[] { "sluice", "identity" })
        {
            await Load.SettleAsync(field[design], () => OneAsync(design, 64));
        }

        foreach (var clients in new[] { 16, 64, Field.Clients })
        {
            await OneAsync("sluice", clients);
            await OneAsync("identity", clients);
            // As autovacuum does within a minute: a plan made for an empty table reads all of a full one.
            await AskAsync(field, "ANALYZE");
            List<(Load Load, double Wal)> ours = [], theirs = [];
            for (var round = 0; round < rounds; round++)
            {
                ours.Add(await OneAsync("sluice", clients));
                theirs.Add(await OneAsync("identity", clients));
            }

            ratios.Add((clients, Report.Median(ours.Zip(theirs, (x, y) => x.Load.PerSecond / y.Load.PerSecond))));
            foreach (var (title, loads) in new[] { ("**Sluice.Auth**: rotation, durable, one round trip", ours), ("MapIdentityApi on EF Core", theirs) })
            {
                await to.WriteLineAsync(Report.Text($"| {clients} | {title} | {Of(loads, l => l.PerSecond):0} | {Of(loads, l => l.Processor):0} | {Of(loads, l => l.Database):0} | {Report.Median(loads.Select(l => l.Wal)):0} | {Of(loads, l => l.P99.TotalMilliseconds):0.0} |"));
            }
        }

        await to.WriteLineAsync();
        foreach (var (clients, ratio) in ratios)
        {
            await Report.Verdict(to, Report.Text($"× MapIdentityApi's refreshes/s, {clients} clients each"), ratio, 2, atLeast: true);
        }

        await to.WriteLineAsync();

        static double Of(List<(Load Load, double Wal)> loads, Func<Load, double> what) => Report.Median(loads.Select(l => what(l.Load)));

        // Every run begins with the tokens of its file: ours are used up then, and who holds them would be a thief.
        async Task<(Load Load, double Wal)> OneAsync(string design, int clients)
        {
            if (design == "sluice")
            {
                await Clients.SignInAsync(field["sluice"].Address, Path.Combine(field.Folder, "refresh"), clients);
            }

            var before = await AskAsync(field, Written);
            var load = await Load.RunAsync(
                field, field[design], "refresh.lua", clients, clients, time,
                ("TOKENS", Path.Combine(field.Folder, design == "sluice" ? "refresh" : "identity")), ("ROUTE", design == "sluice" ? "/auth/v1/token/refresh" : "/refresh"));
            return (load, (await AskAsync(field, Written) - before) / (load.PerSecond * time.TotalSeconds));
        }
    }

    private static async Task<double> AskAsync(Field field, string sql)
    {
        await using var connection = new NpgsqlConnection(Designs.Pool(field.Database, multiplexed: false).ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is double number ? number : 0;
    }
}
