using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Monitoring;

public static partial class FigureBook
{
    // What an application's pool holds where nobody says more (DB_POOL_MAX).
    private static readonly int UsualPool = Connecting.PoolSize.Default.Maximum;

    private static Figure[] Operation =>
    [
        new("pool", "sluice_pool_busy_ratio", Unit.Percent, "Busy connections of the fullest pool: an application's from one machine.", Pool)
        {
            Label = "pools", IsJudged = true, Limit = new(80, 95), Advice = "Its next request waits for a connection: look for slow statements and long transactions, or raise the pool.",
        },
        new("migration", "sluice_migration_longest_seconds", Unit.Seconds, "Longest of the last ten migrations of a day, the one at work among them.", Migration)
        {
            Label = "migrations", IsJudged = true, Limit = new(300, 900), Advice = "See which statement takes its time: sluice status, or the journal in schema sluice. sluice migrate online keeps nobody waiting.",
        },
        new("migrationFailures", "sluice_migration_failed_ratio", Unit.Percent, "Runs of migrations that failed, of those of the last thirty days.", MigrationFailures)
        {
            Label = "failed migrations", IsJudged = true, Advice = "See why: sluice doctor, and the logs beside the migrations.",
        },
        new("migrationRuns", "sluice_migration_runs", Unit.Count, "Runs of migrations of the last thirty days, by the journal.", f => f.Migrations.Runs is { } runs ? [new Sample(runs)] : []),
        new("backupFailures", "sluice_backup_failures_in_a_row", Unit.Count, "Backups that failed since the last that was proved.", BackupFailures)
        {
            Label = "backups", IsJudged = true, Limit = new(0, 1), Advice = "Run it by hand and see what it says: sluice backup",
        },
        new("backupAge", "sluice_backup_age_seconds", Unit.Hours, "Age of the last backup that was proved.", BackupAge)
        {
            Label = "last backup", IsJudged = true, Limit = new(24, 48), Advice = "sluice backup, by a schedule",
            // Where another tool backs up, there never was a record of ours. One that failed is a record, and so is one of a database that another has taken the place of since.
            Missing = new(
                "SluiceBackupMissing",
                $"sluice_backup_failures_in_a_row or {PrometheusText.Up} == 1 and on (database) max_over_time(sluice_backup_age_seconds[30d])",
                "Sluice has backed this database up, or tried to, and its journal knows of no backup that was proved.",
                "See why the last ones failed, or whether the database is still the one that was backed up, then: sluice backup"),
        },
        new("backupSize", "sluice_backup_bytes", Unit.Bytes, "Size of the last backup.", f => f.Backups?.Bytes is { } bytes ? [new Sample(bytes)] : []),
    ];

    private static IEnumerable<Sample> Pool(Figures figures)
    {
        var fullest = figures.Pools.MaxBy(Share);
        return fullest is null
            ? [new Sample(0, "none is open")]
            : [new Sample(Share(fullest), Text($"the fullest has {fullest.Busy} of {Math.Max(fullest.Held, UsualPool)} busy: {fullest.Application} from {fullest.Client}"))];
    }

    private static double Share(PoolFigures pool) => 100.0 * pool.Busy / Math.Max(pool.Held, UsualPool);

    private static IEnumerable<Sample> Migration(Figures figures) => figures.Migrations is { LongestSeconds: { } seconds, Longest: { } name }
        ? [new Sample(seconds, $"the longest took {Ages.Show(TimeSpan.FromSeconds(seconds))}: {name}")]
        : [Late(figures, "_prisma_migrations", "schema_migrations") ?? new Sample(0, "none in a day")];

    // What was not waited for is not the same as what is not there.
    private static Sample? Late(Figures figures, params string[] kinds) =>
        Uncounted(figures with { Auth = figures.Auth with { Uncounted = [.. figures.Auth.Uncounted.Where(u => u.IsLate)] } }, kinds).Select(u => u.Sample).FirstOrDefault();

    private static IEnumerable<Sample> MigrationFailures(Figures figures) => figures.Migrations switch
    {
        { Runs: { } runs and > 0, FailedRuns: { } failed } => [new Sample(100.0 * failed / runs, Text($"{failed} of {runs} runs in thirty days"))],
        { Runs: 0 } => [new Sample(0, "no run in thirty days")],
        _ => [Late(figures, "runs") ?? Unknown("there is no journal here for this user")],
    };

    private static IEnumerable<Sample> BackupFailures(Figures figures) => figures.Backups is { } backups
        ? [new Sample(backups.FailedInARow, backups.FailedInARow == 0 ? "none failed since the last" : Text($"{backups.FailedInARow} failed in a row"))]
        : [Late(figures, "runs") ?? Unknown("the journal has none")];

    private static IEnumerable<Sample> BackupAge(Figures figures) => figures.Backups switch
    {
        null => [],
        { Newest: { } newest } backups => [new Sample((figures.At - newest).TotalHours, $"{Ages.Show(figures.At - newest)} old{(backups.Bytes is { } bytes ? $", {Ages.Bytes(bytes)}" : "")}")],
        _ => [Unknown("none was ever proved")],
    };
}
