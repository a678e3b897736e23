using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>What the history can refuse, with the commands that get out of it.</summary>
internal static class HistoryProblems
{
    public static Problem NotEmpty(ImmutableArray<string> tables, MigrationFolder folder) => new(
        "P3005",
        string.Create(CultureInfo.InvariantCulture, $"The database schema is not empty, and it has no migration history: it holds {tables.Length} table{(tables.Length == 1 ? "" : "s")} ({Some(tables)})."))
    {
        Remedies =
        [
            "If the tables are those that the first migrations make, mark these as applied (a baseline):",
            .. folder.Names.Take(3).Select(n => $"    sluice migrate resolve --applied {ShellWord.Quote(n)}"),
            .. folder.Layout is MigrationLayout.Versioned
                ? ["If they belong to something else, give this history a schema of its own: add ?schema=NAME to the address."]
                : new[] { "If there is no migration yet, make one of what is there: sluice db pull, then sluice migrate diff --from-empty --to-schema schema.prisma --script" },
        ],
    };

    public static Problem Failed(ImmutableArray<HistoryRow> failed, MigrationFolder folder, bool stillRunning) => new(
        "P3009",
        "Failed migrations were found in the target database, so no new migration is applied.\n"
        + string.Join('\n', failed.Select(r => Describe(r) + AllOrNothing(r, folder)))
        + (stillRunning ? "\nA session of this tool is at work in this database now; it may be that run, not yet ended." : ""))
    {
        Remedies =
        [
            .. failed.Take(3).SelectMany(r => new[]
            {
                $"If nothing of it stayed, or you undid it: sluice migrate resolve --rolled-back {ShellWord.Quote(r.MigrationName)}",
                $"If you completed it by hand: sluice migrate resolve --applied {ShellWord.Quote(r.MigrationName)}",
            }),
            "Then run: sluice migrate deploy",
        ],
    };

    /// <summary>What is stored in the `logs` of the row, and what Prisma's users know from it.</summary>
    public static string Logs(MigrationFile migration, FailedStatement failed)
    {
        var error = failed.Error;
        string?[] lines =
        [
            "A migration failed to apply. New migrations cannot be applied before the error is recovered from.",
            "",
            $"Migration name: {migration.Name}",
            "",
            $"Database error code: {error.SqlState}",
            "",
            "Database error:",
            $"{error.Severity}: {error.Message}",
            error.Detail is null ? null : $"DETAIL: {error.Detail}",
            error.Hint is null ? null : $"HINT: {error.Hint}",
            error.Where is null ? null : $"CONTEXT: {error.Where}",
            "",
            string.Create(CultureInfo.InvariantCulture, $"Statement {failed.Ordinal} of {failed.Total}, line {failed.Line}:"),
            failed.Excerpt,
            "",
            failed.State,
        ];
        return string.Join('\n', lines.Where(l => l is not null));
    }

    /// <summary>A versioned file under another version would be run a second time.</summary>
    public static Problem Renamed(ImmutableArray<RenamedMigration> renamed, MigrationFolder folder) => new(
        "SL5012",
        "Migrations were renamed after they were applied; under their new names they would be run a second time, so nothing is applied.\n"
        + string.Join('\n', renamed.Select(r => $"  {r.From} is now {r.To}")))
    {
        Remedies =
        [
            .. renamed.Take(5).Select(r => $"Give it its old name back: mv {Path.Combine(folder.Path, r.To)}.up.sql {Path.Combine(folder.Path, r.From)}.up.sql"),
            "Or, if it is to be run again on purpose, change its text: a comment is enough.",
        ],
    };

    private static string Describe(HistoryRow row)
    {
        var started = row.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        var logs = row.Logs?.Trim() ?? "";
        return logs.Length == 0
            ? $"The `{row.MigrationName}` migration started at {started} never finished: its run was killed, or lost its connection."
            : $"The `{row.MigrationName}` migration started at {started} failed with the following logs:\n{logs}";
    }

    // Known only from the very script that was run; logs say it already.
    private static string AllOrNothing(HistoryRow row, MigrationFolder folder) =>
        string.IsNullOrEmpty(row.Logs)
        && folder.Migrations.FirstOrDefault(m => m.Name == row.MigrationName) is { } file
        && Checksums.Matches(file.Bytes.AsSpan(), row.Checksum)
        && ScriptPlan.Of(file.Script).IsOneTransaction
            ? "\nIts script is one transaction: either all of it is in the database or nothing."
            : "";

    private static string Some(ImmutableArray<string> names) =>
        string.Join(", ", names.Take(5)) + (names.Length > 5 ? ", …" : "");
}
