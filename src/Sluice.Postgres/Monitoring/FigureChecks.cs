using System.Globalization;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Monitoring;

/// <summary>The figures against the thresholds.</summary>
public static class FigureChecks
{
    // A small table is dead to a half after a few updates, and a new server has everything to read for the first time.
    private const long FewRows = 10_000;
    private const long FewBlocks = 100_000;
    private const double Megabyte = 1 << 20;

    public static CheckReport Of(Figures figures, Thresholds thresholds) => new(
    [
        new Check("database", $"{figures.Database}, {Ages.Bytes(figures.Bytes)}", "", Verdict.Ok),
        Connections(figures, thresholds),
        Transactions(figures, thresholds),
        Cache(figures, thresholds),
        DeadRows(figures, thresholds),
        UnusedIndexes(figures, thresholds),
        .. Auth(figures.Auth, thresholds),
    ]);

    private static Check Connections(Figures figures, Thresholds thresholds)
    {
        var share = 100.0 * figures.Connections / Math.Max(1, figures.MostConnections);
        return thresholds.Judge(
            "connections", "connections", Text($"{figures.Connections} of {figures.MostConnections} ({share:0} %)"), share,
            "See who has them (SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2), and bound the pools of the applications.");
    }

    private static Check Transactions(Figures figures, Thresholds thresholds) => thresholds.Judge(
        "longTransaction", "long transactions", figures.LongTransactions.IsEmpty ? "none is open" : $"the oldest is {Ages.Show(figures.LongestTransaction)} old", figures.LongestTransaction.TotalSeconds,
        figures.LongTransactions.IsEmpty ? "" : $"Dead rows stay until it ends: {figures.LongTransactions[0]}");

    private static Check Cache(Figures figures, Thresholds thresholds)
    {
        var hit = 100 * figures.CacheHit ?? 100;
        var isJudged = figures.BlocksRead >= FewBlocks;
        return thresholds.Judge(
            "cacheMisses", "cache", Text($"{hit:0.#} % of blocks came from shared_buffers"), isJudged ? 100 - hit : 0,
            "More of what is read is outside the server's memory than is usual: raise shared_buffers, or look for scans of whole tables below.");
    }

    private static Check DeadRows(Figures figures, Thresholds thresholds)
    {
        var worst = figures.Tables.Where(t => t.Rows + t.DeadRows >= FewRows).MaxBy(t => t.DeadShare);
        return thresholds.Judge(
            "deadRows", "dead rows", worst is null ? "no table is large enough to tell" : Text($"at most {100 * worst.DeadShare:0.#} %, in {worst.Name}"), 100 * (worst?.DeadShare ?? 0), "sluice maintain");
    }

    private static Check UnusedIndexes(Figures figures, Thresholds thresholds)
    {
        var unused = figures.Indexes.Where(i => i.IsUnused).ToList();
        var bytes = unused.Sum(i => i.Bytes);
        return thresholds.Judge(
            "unusedIndexes", "unused indexes",
            unused.Count == 0 ? "none" : Text($"{unused.Count} never read since {Since(figures)}, {Ages.Bytes(bytes)}"), bytes / Megabyte,
            "Ask the replicas too, whose reads do not count here, and wait for the end of the month's reports; then drop them in the schema.");
    }

    private static IEnumerable<Check> Auth(AuthFigures auth, Thresholds thresholds)
    {
        foreach (var table in auth.Tables)
        {
            var name = $"{(table.IsSessions ? "sessions" : "denylist")} {table.Name}";
            yield return thresholds.Judge(
                table.IsSessions ? "sessions" : "expired", name, Held(table),
                table.IsSessions ? table.Active ?? table.Total : table.Expired ?? 0,
                table.IsSessions ? "As many as there are people? Then raise the threshold: monitor.thresholds.sessions in sluice.json." : "The clean-up does not run.");
            if (table is { IsSessions: true, Expired: { } expired })
            {
                yield return thresholds.Judge("expired", $"expired {table.Name}", Text($"{expired:#,0}"), expired, "The clean-up does not run.");
            }
        }

        if (auth.FailedLogins is { } failed)
        {
            yield return thresholds.Judge("failedLogins", "failed logins", Text($"{failed:#,0} in the last hour"), failed, "Somebody guesses: see from where, in the audit log.");
        }

        if (auth.LockedOut is { } locked)
        {
            yield return thresholds.Judge("lockedOut", "locked out", Text($"{locked:#,0} now"), locked, "Somebody guesses: see whom, in the table of attempts.");
        }
    }

    private static string Held(ExpiringTable table) => table switch
    {
        { Active: null } => Text($"about {table.Total:#,0}"),
        { Recent: { } recent } => Text($"{table.Active:#,0} active of {table.Total:#,0}, {recent:#,0} used in the last seven days"),
        _ => Text($"{table.Active:#,0} active of {table.Total:#,0}"),
    };

    /// <summary>Since when the server counts.</summary>
    public static string Since(Figures figures) => figures.StatisticsSince is { } since ? Text($"{since.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "the database began";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
