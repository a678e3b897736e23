using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Monitoring;

/// <summary>Every figure, in the order in which they are shown.</summary>
public static partial class FigureBook
{
    // A small table is dead to a half after a few updates, and a new server has everything to read for the first time.
    private const long FewRows = 10_000;
    private const long FewBlocks = 100_000;
    private const double Megabyte = 1 << 20;

    private static readonly Figure[] Server =
    [
        new("size", "sluice_database_bytes", Unit.Bytes, "Size of the database.", f => [new Sample(f.Bytes, $"{f.Database}, {Ages.Bytes(f.Bytes)}")]) { Label = "database" },
        new("growth", "sluice_database_growth_bytes_per_day", Unit.MegabytesADay, "How much larger the database is than a day ago, by the reading nearest to that.", Growth)
        {
            Label = "growth", IsJudged = true, Advice = "See which table grows, below, and how long the disk lasts.",
        },
        new("connections", "sluice_connections_used_ratio", Unit.Percent, "Connections taken, of those that the nearest limit allows: the server's, the database's or this user's.", Connections)
        {
            Label = "connections", IsJudged = true, Limit = new(80, 95),
            Advice = "See who has them (SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2), and bound the pools of the applications.",
        },
        new("connectionCount", "sluice_connections", Unit.Count, "Connections that the nearest limit counts.", f => [new Sample(f.Connections)]),
        new("connectionLimit", "sluice_connections_max", Unit.Count, "Connections that the nearest limit allows.", f => [new Sample(f.MostConnections)]),
        new("longTransaction", "sluice_longest_transaction_seconds", Unit.Seconds, "Age of the oldest open transaction.", LongTransaction)
        {
            Label = "long transactions", IsJudged = true, Limit = new(60, 600), Advice = "Dead rows stay until it ends: commit, or end its session.",
        },
        new("lockWait", "sluice_longest_lock_wait_seconds", Unit.Seconds, "How long somebody has been waiting for a lock.", LockWait)
        {
            Label = "lock waits", IsJudged = true, Limit = new(10, 60), Advice = "See who holds it: sluice doctor",
        },
        new("lockWaits", "sluice_lock_waits", Unit.Count, "Sessions that wait for a lock.", f => [new Sample(f.LockWaits)]),
        new("deadlocks", "sluice_deadlocks_total", Unit.Count, "Deadlocks since the statistics were reset.", f => [new Sample(f.Deadlocks)]) { IsCounter = true },
        new("cacheMisses", "sluice_cache_miss_ratio", Unit.Percent, "Blocks that were not in shared_buffers, of those read; from 100,000 on.", Cache)
        {
            Label = "cache", IsJudged = true, Limit = new(10, 50),
            // Since the statistics were reset is long ago: of a quarter of an hour, where about as many were read as count above.
            Query = "(rate(sluice_blocks_read_total[15m]) / (rate(sluice_blocks_read_total[15m]) + rate(sluice_blocks_hit_total[15m])) and rate(sluice_blocks_read_total[15m]) > 100)",
            Advice = "More of what is read is outside the server's memory than is usual: raise shared_buffers, or look for scans of whole tables below.",
        },
        new("blocksRead", "sluice_blocks_read_total", Unit.Count, "Blocks that were not in shared_buffers.", f => [new Sample(f.BlocksRead)]) { IsCounter = true },
        new("blocksHit", "sluice_blocks_hit_total", Unit.Count, "Blocks that were in shared_buffers.", f => [new Sample(f.BlocksHit)]) { IsCounter = true },
        new("deadRows", "sluice_dead_rows_ratio", Unit.Percent, "Dead rows of the worst table, from 10,000 rows on.", DeadRows)
        {
            Label = "dead rows", IsJudged = true, Limit = new(20, 50), Advice = "sluice maintain",
        },
        new("unusedIndexes", "sluice_unused_index_bytes", Unit.Megabytes, "What indexes hold that were never read and keep no key.", UnusedIndexes)
        {
            Label = "unused indexes", IsJudged = true, Limit = new(1024, 10_240),
            Advice = "Ask the replicas too, whose reads do not count here, and wait for the end of the month's reports; then drop them in the schema.",
        },
        new("slowStatement", "sluice_slowest_statement_mean_seconds", Unit.Seconds, "Mean time of the slowest statement, by pg_stat_statements.", SlowStatement)
        {
            Label = "slow statements", IsJudged = true, Advice = "See its plan: EXPLAIN (ANALYZE, BUFFERS)",
        },
    ];

    public static ImmutableArray<Figure> All { get; } = [.. Server, .. Operation, .. Accounts, .. Objects];

    /// <summary>Since when the server counts.</summary>
    public static string Since(Figures figures) => figures.StatisticsSince is { } since ? Text($"{since.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "the database began";

    private static IEnumerable<Sample> Growth(Figures figures) => figures.Growth is { } growth
        ? [new Sample(growth / Megabyte, $"{(growth < 0 ? "-" : "")}{Ages.Bytes((long)Math.Abs(growth))} a day")]
        : [Unknown("no reading from an hour ago or before is kept")];

    private static IEnumerable<Sample> Connections(Figures figures)
    {
        var share = 100.0 * figures.Connections / Math.Max(1, figures.MostConnections);
        return [new Sample(share, Text($"{figures.Connections} of {figures.MostConnections} ({share:0} %)"))];
    }

    private static IEnumerable<Sample> LongTransaction(Figures figures) => figures.LongTransactions.IsEmpty
        ? [new Sample(0, "none is open")]
        : [new Sample(figures.LongestTransaction.TotalSeconds, $"the oldest is {Ages.Show(figures.LongestTransaction)} old") { Detail = figures.LongTransactions[0] }];

    private static IEnumerable<Sample> LockWait(Figures figures) =>
        [new Sample(figures.LongestLockWait.TotalSeconds, figures.LockWaits == 0 ? "none" : Text($"{figures.LockWaits}, the longest for {Ages.Show(figures.LongestLockWait)}"))];

    private static IEnumerable<Sample> Cache(Figures figures)
    {
        var hit = 100 * figures.CacheHit ?? 100;
        return [new Sample(figures.BlocksRead >= FewBlocks ? 100 - hit : null, Text($"{hit:0.#} % of blocks came from shared_buffers"))];
    }

    private static IEnumerable<Sample> DeadRows(Figures figures)
    {
        var worst = figures.Tables.Where(t => t.Rows + t.DeadRows >= FewRows).MaxBy(t => t.DeadShare);
        return [new Sample(100 * worst?.DeadShare, worst is null ? "no table is large enough to tell" : Text($"at most {100 * worst.DeadShare:0.#} %, in {worst.Name}"))];
    }

    private static IEnumerable<Sample> UnusedIndexes(Figures figures)
    {
        var unused = figures.Indexes.Where(i => i.IsUnused).ToList();
        var bytes = unused.Sum(i => i.Bytes);
        return [new Sample(bytes / Megabyte, unused.Count == 0 ? "none" : Text($"{unused.Count} never read since {Since(figures)}, {Ages.Bytes(bytes)}"))];
    }

    private static IEnumerable<Sample> SlowStatement(Figures figures) => figures.Statements switch
    {
        null => [Late(figures, "pg_stat_statements") ?? Unknown("pg_stat_statements is not here for this user")],
        [] => [new Sample(0, "none")],
        [var worst, ..] => [new Sample(worst.MeanSeconds, Text($"the slowest takes {worst.MeanSeconds:0.###} s, over {worst.Calls:#,0} calls")) { Detail = worst.Text }],
    };

    private static Sample Unknown(string why) => new(null, $"unknown: {why}") { IsUnknown = true };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
