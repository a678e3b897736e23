using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;
using Sluice.Text;

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

    public static Problem Failed(ImmutableArray<HistoryRow> failed, MigrationFolder folder) => new(
        "P3009",
        "Failed migrations were found in the target database, so no new migration is applied.\n"
        + string.Join('\n', failed.Select(r => Describe(r) + AllOrNothing(r, folder))))
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

    public static Problem Locked(MigrationFile migration, FailedStatement statement, string blocker, bool nothingStayed) => new(
        "SL5030",
        $"Migration `{migration.Name}` could not get a lock{(nothingStayed ? ", and nothing was changed" : "")}. {blocker}")
    {
        Statement = statement,
        Remedies =
        [
            "Run this command again when that session has ended; it goes on where it stopped.",
            "Or give it more time: --lock-budget 10m",
            "Or end what blocks: SELECT pg_terminate_backend(<pid>); or let the run do it: --on-block terminate --block-after 30s",
        ],
    };

    public static Problem NeedsSession(string where, string why) => new(
        "SL5035",
        $"In {where} the script leaves its transaction, and behind a pooler nothing can be set for a statement alone: {why}. Nothing of it was sent.")
    {
        Remedies =
        [
            "Connect to the server itself for migrations, past the pooler: --url, or `directUrl` in the schema.",
            "Or write the schema before the names in the statement and leave the settings out, and connect with that schema as the first of the user's search_path.",
        ],
    };

    public static Problem DonePartEdited(MigrationFile migration, ImmutableArray<SqlStatement> statements, int index, int done, bool undoing) => new(
        "SL5031",
        string.Create(CultureInfo.InvariantCulture, $"Migration `{migration.Name}` was interrupted after {Counted(done)}, and in the file statement {index + 1} is another one now.")
        + (index < statements.Length ? $"\n{migration.Path}:{new SourceText("", migration.Script).Position(statements[index].Span.Start).Line}" : $"\n{migration.Path} has {Counted(statements.Length)} left."))
    {
        Remedies =
        [
            "Bring the part that was done back as it was (from version control); the rest may be corrected. Then run this command again.",
            .. ByHand(migration.Name, undoing),
        ],
    };

    public static Problem Undecided(HistoryEntry entry, string where, bool undoing) => new(
        "SL5032",
        $"Migration `{entry.Migration.Name}` was interrupted in {where}, which commits by itself, so whether it was done cannot be found out.\n{entry.Migration.Path}")
    {
        Remedies = ByHand(entry.Migration.Name, undoing),
    };

    public static Problem HalfDone(HalfDone half) => new(
        "SL5036",
        string.Create(
            CultureInfo.InvariantCulture,
            $"Migration `{half.Migration}` is partly {(half.Undoing ? "undone" : "applied")}: an earlier run was stopped after {half.Done} of its {Counted(half.Total)}. Before that is finished, nothing is {(half.Undoing ? "applied" : "undone")}."))
    {
        Remedies =
        [
            half.Undoing ? $"Go on undoing it: sluice down {ShellWord.Quote(half.Migration)}" : "Go on applying it: sluice up",
            .. ByHand(half.Migration, half.Undoing),
        ],
    };

    private static ImmutableArray<string> ByHand(string migration, bool undoing) =>
    [
        $"If you {(undoing ? "brought back by hand what it had undone" : "completed it by hand")}: sluice migrate resolve --applied {ShellWord.Quote(migration)}",
        $"If you {(undoing ? "undid the rest of it by hand" : "undid what it had done")}: sluice migrate resolve --rolled-back {ShellWord.Quote(migration)}",
    ];

    /// <summary>What is stored in the `logs` of the row, and what Prisma's users know from it.</summary>
    /// <summary>Why a statement failed, in a line that a journal keeps.</summary>
    public static string Reason(FailedStatement failed)
    {
        const int Widest = 300;
        var line = $"{failed.Error.SqlState} {failed.Error.Message.Split('\n')[0]}".Trim();
        return line.Length <= Widest ? line : string.Concat(line.AsSpan(0, Widest), " …");
    }

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
        "SL5022",
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
        && Segmentation.Of(file.Script).IsOneTransaction
            ? "\nIts script is one transaction: either all of it is in the database or nothing."
            : "";

    private static string Counted(int statements) => statements == 1 ? "1 statement" : statements.ToString(CultureInfo.InvariantCulture) + " statements";

    private static string Some(ImmutableArray<string> names) =>
        string.Join(", ", names.Take(5)) + (names.Length > 5 ? ", …" : "");
}
