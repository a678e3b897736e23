using System.Globalization;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>WAL archiving, synchronous replication, checksums, wraparound, extensions, statistics.</summary>
internal static class ServerChecks
{
    private const double Million = 1e6;

    public static IEnumerable<Check> Of(ServerHealth health, HealthLimits limits) =>
    [
        Archiving(health),
        Synchronous(health),
        Checksums(health),
        Wraparound(health, limits.Wraparound),
        Extensions(health),
        Statistics(health, limits),
    ];

    private static Check Archiving(ServerHealth health)
    {
        var archiver = health.Archiver;
        return health["archive_mode"] switch
        {
            "off" when health.Replicas.Receivers > 0 => new Check("wal archiving", "pg_receivewal is connected", "none failed", Verdict.Ok),

            // Snapshots of disks and a managed server's own means are not to be seen from here.
            "off" => new Check("wal archiving", "archive_mode is off, and nobody receives WAL", "none failed", Verdict.Unknown)
            {
                Advice = "What is written after a backup is lost with the server, unless its disks are saved in another way: archive WAL.",
            },
            _ when health["archive_command"].Length == 0 && health["archive_library"].Length == 0 => new Check("wal archiving", "archive_mode is on, with no archive_command", "none failed", Verdict.Critical)
            {
                Advice = "WAL is kept until the disk is full: ALTER SYSTEM SET archive_command = '…'; SELECT pg_reload_conf();",
            },
            _ when archiver.FailedAgo is { } failed && (archiver.ArchivedAgo is not { } last || failed <= last) => new Check(
                "wal archiving",
                string.Create(CultureInfo.InvariantCulture, $"fails at {archiver.LastFailed}, {archiver.Failed} times, last {Ages.Show(failed)} ago; archived until then: {archiver.Archived}"),
                "none failed",
                Verdict.Critical)
            {
                Advice = "WAL is kept until the disk is full, and a restore ends where archiving did: the server's log has what archive_command said.",
            },
            _ => new Check(
                "wal archiving",
                archiver.ArchivedAgo is { } ago ? string.Create(CultureInfo.InvariantCulture, $"{archiver.Archived} archived, the last {Ages.Show(ago)} ago") : "on, nothing archived yet",
                "none failed",
                Verdict.Ok),
        };
    }

    private static Check Synchronous(ServerHealth health) => (health["synchronous_standby_names"], health.Replicas.Synchronous) switch
    {
        _ when health.Facts.Server.InRecovery => new Check("synchronous replication", "not asked for by a standby", "", Verdict.Ok),
        ("", _) => new Check("synchronous replication", "not asked for", "", Verdict.Ok),
        (var names, 0) when health.Replicas.Hidden > 0 => new Check(
            "synchronous replication", string.Create(CultureInfo.InvariantCulture, $"asked of {names}; {health.Replicas.Hidden} standbys are hidden from this user"), "one connected", Verdict.Unknown)
        {
            Advice = "GRANT pg_read_all_stats TO <user>;",
        },
        (var names, 0) => new Check("synchronous replication", $"asked of {names}, and no such standby is connected", "one connected", Verdict.Critical)
        {
            Advice = "Every commit waits for it: bring it back, or ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf();",
        },
        (_, var count) => new Check("synchronous replication", string.Create(CultureInfo.InvariantCulture, $"{count} connected"), "one connected", Verdict.Ok),
    };

    private static Check Checksums(ServerHealth health)
    {
        if (!health.ChecksumFailures.IsEmpty)
        {
            string[] failures = [.. health.ChecksumFailures.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Database}: {f.Failures}, last {Ages.Show(f.Last)} ago"))];
            return new Check("checksums", PreflightRun.List(failures, failures.Length), "no failure", Verdict.Critical)
            {
                Evidence = [.. failures],
                Advice = "Pages on the disk are not what was written. Take no new backup over a good one; look at the disk, find the tables with amcheck, restore.",
            };
        }

        return health["data_checksums"] == "on"
            ? new Check("checksums", "on, none failed", "no failure", Verdict.Ok)
            : new Check("checksums", "off: a disk that alters pages goes unnoticed", "on", Verdict.Warning) { Advice = "With the server stopped: pg_checksums --enable -D …" };
    }

    private static Check Wraparound(ServerHealth health, (long Warning, long Critical) limits)
    {
        var (database, transactions, multixacts) = health.Ages[0];
        var age = Math.Max(transactions, multixacts);
        var verdict = age >= limits.Critical ? Verdict.Critical : age >= limits.Warning ? Verdict.Warning : Verdict.Ok;
        return new Check(
            "wraparound",
            string.Create(CultureInfo.InvariantCulture, $"the oldest row is {(age < Million ? "less than a" : (age / Million).ToString("#,0.#", CultureInfo.InvariantCulture))} million transactions old, in {database}"),
            string.Create(CultureInfo.InvariantCulture, $"{limits.Warning / Million:#,0.#} / {limits.Critical / Million:#,0.#} million"),
            verdict)
        {
            Evidence = verdict is Verdict.Ok ? [] : [.. health.OldestTables.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Table}: {t.Age / Million:#,0.#} million"))],
            Advice = verdict is Verdict.Ok ? null : "At 2,147 million the server takes no more writes. What keeps autovacuum from it (old transactions, prepared ones, slots) stands above; then VACUUM (FREEZE) the tables named here.",
        };
    }

    private static Check Extensions(ServerHealth health)
    {
        string[] behind = [.. health.Extensions.Where(e => e.Available != e.Installed).Select(e => $"{e.Name} {e.Installed}, {(e.Available is { } there ? $"available {there}" : "and its files are gone from the server")}")];
        return behind.Length == 0
            ? new Check("extensions", string.Create(CultureInfo.InvariantCulture, $"{health.Extensions.Length} as the server has them"), "as available", Verdict.Ok)
            : new Check("extensions", PreflightRun.List(behind, behind.Length), "as available", Verdict.Warning)
            {
                Evidence = [.. behind],
                Advice = health.Extensions.FirstOrDefault(e => e.Available is not null && e.Available != e.Installed) is { Name: { } name }
                    ? $"ALTER EXTENSION {ServerConnection.Quote(name)} UPDATE; read its notes first. All of them: sluice doctor --fix --extensions"
                    : "Install its package on the server, or drop it.",
            };
    }

    private static Check Statistics(ServerHealth health, HealthLimits limits)
    {
        string[] without = [.. health.Unanalyzed.Where(t => t.Rows >= limits.Unanalyzed).Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Table} ({t.Rows:#,0} rows)"))];
        var threshold = string.Create(CultureInfo.InvariantCulture, $"from {limits.Unanalyzed:#,0} rows on");
        return without.Length == 0
            ? new Check("statistics", "every larger table has them", threshold, Verdict.Ok)
            : new Check("statistics", "none of " + PreflightRun.List(without, without.Length), threshold, Verdict.Warning)
            {
                Evidence = [.. without],
                Advice = "Queries are planned blindly: sluice doctor --fix, or ANALYZE;",
            };
    }
}
