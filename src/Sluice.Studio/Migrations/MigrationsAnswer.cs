using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Migrations;

/// <param name="State">`applied`, `failed`, `rolled back`; then what is amiss with its file: `edited`, `missing`.</param>
/// <param name="Who">Actor and host, where the journal knows; else the role that the history names.</param>
internal sealed record AppliedMigration(string Name, string Checksum, ImmutableArray<string> State, DateTimeOffset Started, DateTimeOffset? Finished, double? TookMs, string? Who, string? Logs);

internal sealed record JournalledRun(long Id, string Command, string Who, DateTimeOffset Started, DateTimeOffset? Finished, string? Outcome, string? Backup, int Statements, string? Last);

/// <param name="Problem">Why it is refused; null for one whose manifest says that it was restored and compared.</param>
internal sealed record KnownBackup(string Archive, DateTimeOffset? TakenAt, long Bytes, long? ProofMs, string? SchemaVersion, bool IsWhole, int Tables, string? Problem);

/// <summary>The folder, the history, the journal and the backups side by side.</summary>
internal sealed record MigrationsAnswer(
    string Layout, ImmutableArray<AppliedMigration> Applied, ImmutableArray<string> Pending, ImmutableArray<string> OutOfOrder, ImmutableArray<string> HalfDone, bool Unmanaged, bool UpToDate,
    ImmutableArray<JournalledRun> Runs, ImmutableArray<KnownBackup> Backups)
{
    private const int MostRuns = 30;

    public static async Task<MigrationsAnswer> ReadAsync(StudioDatabase database, RunSettings settings, string backups, CancellationToken cancellation)
    {
        var report = await Status.ReadAsync(settings, cancellation: cancellation);
        var (who, runs) = await database.ReadAsync(TimeSpan.FromSeconds(10), async connection => (await WhoAsync(connection, cancellation), await RunsAsync(connection, cancellation)), cancellation);
        var history = report.History;
        return new MigrationsAnswer(
            report.Layout is MigrationLayout.Versioned ? "versioned" : "folder",
            [.. history.Rows.OrderByDescending(r => r.StartedAt).Select(r => new AppliedMigration(
                r.MigrationName, r.Checksum,
                [.. StateOf(r, history)],
                r.StartedAt, r.FinishedAt, r.Took?.TotalMilliseconds, who.GetValueOrDefault(r.MigrationName) ?? r.AppliedBy, r.Logs is null ? null : Postgres.Connecting.Redaction.Clean(r.Logs, settings.Address)))],
            history.Pending, history.OutOfOrder, [.. report.HalfDone.Select(h => h.Migration)], report.Unmanaged, report.UpToDate, runs, await BackupsAsync(backups, settings.Address.Database, cancellation));
    }

    private static IEnumerable<string> StateOf(HistoryRow row, HistoryState history)
    {
        yield return row.IsApplied ? "applied" : row.IsFailed ? "failed" : "rolled back";
        if (row.IsApplied && history.Edited.Contains(row.MigrationName))
        {
            yield return "edited";
        }

        if (row.IsApplied && history.Missing.Contains(row.MigrationName))
        {
            yield return "missing";
        }
    }

    /// <summary>The last runs, the newest first; none where there is no journal, or not for this user.</summary>
    public static async Task<ImmutableArray<JournalledRun>> RunsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (!await HasJournalAsync(connection, cancellation))
        {
            return [];
        }

        await using var command = new NpgsqlCommand(
            $"""
            SELECT r.id, r.command, r.actor || '@' || r.host, r.started, r.finished, r.outcome, r.backup,
                   (SELECT count(*)::int FROM sluice.statements s WHERE s.run = r.id AND s.ordinal > 0),
                   (SELECT CASE WHEN s.ordinal > 0 THEN format('%s: statement %s of %s %s', s.migration, s.ordinal, s.total, s.outcome) ELSE trim(s.migration || ' ' || s.outcome) END
                    FROM sluice.statements s WHERE s.run = r.id ORDER BY s.id DESC LIMIT 1)
            FROM sluice.runs r ORDER BY r.id DESC LIMIT {MostRuns}
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var runs = ImmutableArray.CreateBuilder<JournalledRun>();
        while (await reader.ReadAsync(cancellation))
        {
            runs.Add(new JournalledRun(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), Time(reader, 3)!.Value, Time(reader, 4), Text(reader, 5), Text(reader, 6), reader.GetInt32(7), Text(reader, 8)));
        }

        return runs.ToImmutable();
    }

    private static async Task<Dictionary<string, string>> WhoAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var who = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await HasJournalAsync(connection, cancellation))
        {
            await using var command = new NpgsqlCommand(
                "SELECT DISTINCT ON (s.migration) s.migration, r.actor || '@' || r.host FROM sluice.statements s JOIN sluice.runs r ON r.id = s.run WHERE s.migration <> '' ORDER BY s.migration, s.id DESC", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                who[reader.GetString(0)] = reader.GetString(1);
            }
        }

        return who;
    }

    private static async Task<bool> HasJournalAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT count(*) = 2 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'sluice' AND c.relname IN ('runs', 'statements') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
            """,
            connection);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    // Whatever looks like an archive, with what its manifest says; one without is shown, and why it does not count.
    private static async Task<ImmutableArray<KnownBackup>> BackupsAsync(string folder, string database, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var known = new List<KnownBackup>();
        foreach (var archive in Directory.EnumerateFileSystemEntries(folder, "*.dump"))
        {
            var name = Path.GetFileName(archive);
            try
            {
                var manifest = await BackupManifest.ReadAsync(archive, cancellation);
                if (manifest.Database == database)
                {
                    known.Add(new KnownBackup(name, manifest.TakenAt, manifest.Bytes, manifest.ProofMs, manifest.SchemaVersion, manifest.Whole, manifest.Tables.Length, null));
                }
            }
            catch (Postgres.Connecting.ProblemException refused)
            {
                known.Add(new KnownBackup(name, null, File.Exists(archive) ? new FileInfo(archive).Length : 0, null, null, false, 0, refused.Problem.Message));
            }
        }

        return [.. known.OrderByDescending(b => b.TakenAt)];
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
