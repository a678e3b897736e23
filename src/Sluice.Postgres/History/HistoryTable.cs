using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.History;

/// <summary>
/// `_prisma_migrations`, shared with Prisma: the same columns, the same protocol. Every statement names the table with its
/// schema, because a migration may change the search path.
/// </summary>
internal sealed class HistoryTable(string schema) : IHistory
{
    public const string Name = "_prisma_migrations";

    private const string SinceBegin = "(pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp())";

    private readonly string table = $"{ServerConnection.Quote(schema)}.{Name}";

    /// <summary>Every row in the order of their start; null when there is no such table.</summary>
    public async Task<ImmutableArray<HistoryRow>?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        try
        {
            await using var command = new NpgsqlCommand(
                $"""
                SELECT id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count
                FROM {table} ORDER BY started_at, migration_name
                """,
                connection);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = ImmutableArray.CreateBuilder<HistoryRow>();
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add(Row(reader));
            }

            return rows.ToImmutable();
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return null;
        }
    }

    public async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // To the letter, so that a dump of the database does not tell who made it.
        await using var command = new NpgsqlCommand(
            $"""
            CREATE TABLE {table} (
                id                      VARCHAR(36) PRIMARY KEY NOT NULL,
                checksum                VARCHAR(64) NOT NULL,
                finished_at             TIMESTAMPTZ,
                migration_name          VARCHAR(255) NOT NULL,
                logs                    TEXT,
                rolled_back_at          TIMESTAMPTZ,
                started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
                applied_steps_count     INTEGER NOT NULL DEFAULT 0
            )
            """,
            connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public string Table => $"{schema}.{Name}";

    public string Opposite => UndoneHistory.TableOf(this);

    public IEnumerable<NpgsqlBatchCommand> Begin(HistoryEntry entry) =>
    [
        Command(
            $"INSERT INTO {table} (id, checksum, started_at, migration_name) VALUES ($1, $2, $3, $4)",
            entry.Id,
            entry.Migration.Checksum,
            entry.Started.UtcDateTime,
            entry.Migration.Name),
    ];

    public IEnumerable<NpgsqlBatchCommand> Finish(HistoryEntry entry, DateTimeOffset begun) =>
    [
        entry.Begun
            ? Command(
                $"UPDATE {table} SET applied_steps_count = applied_steps_count + 1, finished_at = $2 + {SinceBegin}, logs = NULL, checksum = $3 WHERE id::text = $1",
                entry.Id,
                begun.UtcDateTime,
                entry.Migration.Checksum)
            : Command(
                $"INSERT INTO {table} (id, checksum, started_at, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, $4, $5 + {SinceBegin}, 1)",
                entry.Id,
                entry.Migration.Checksum,
                entry.Started.UtcDateTime,
                entry.Migration.Name,
                begun.UtcDateTime),
    ];

    public IEnumerable<NpgsqlBatchCommand> Fail(HistoryEntry entry, string logs) =>
    [
        entry.Begun
            ? Command($"UPDATE {table} SET logs = $2 WHERE id::text = $1", entry.Id, logs)
            : Command(
                $"INSERT INTO {table} (id, checksum, started_at, migration_name, logs) VALUES ($1, $2, $3, $4, $5)",
                entry.Id,
                entry.Migration.Checksum,
                entry.Started.UtcDateTime,
                entry.Migration.Name,
                logs),
    ];

    public IEnumerable<NpgsqlBatchCommand> Withdraw(HistoryEntry entry, DateTimeOffset now) =>
        [Command($"UPDATE {table} SET rolled_back_at = $2 WHERE id::text = $1", entry.Id, now.UtcDateTime)];

    public async Task<bool> IsFinishedAsync(NpgsqlConnection connection, HistoryEntry entry, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT finished_at IS NOT NULL FROM {table} WHERE id::text = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = entry.Id });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    // Prisma's own word for it: such a migration is pending again.
    public IEnumerable<NpgsqlBatchCommand> Undo(MigrationFile migration, DateTimeOffset now) =>
    [
        Command(
            $"UPDATE {table} SET rolled_back_at = $2 WHERE migration_name::text = $1 AND finished_at IS NOT NULL AND rolled_back_at IS NULL",
            migration.Name,
            now.UtcDateTime),
    ];

    // Prisma's own word for a row that no longer counts; deleted, nothing would tell what was run here.
    public IEnumerable<NpgsqlBatchCommand> Supersede(MigrationFile squash, ImmutableArray<string> replaced, DateTimeOffset now) =>
    [
        Command(
            $"UPDATE {table} SET rolled_back_at = $2, logs = $3 WHERE migration_name::text = ANY ($1) AND rolled_back_at IS NULL",
            replaced.ToArray(),
            now.UtcDateTime,
            $"Not undone: `{squash.Name}` stands for it now (sluice migrate squash)."),
        InsertApplied(squash, now.UtcDateTime),
    ];

    public Problem Failure(MigrationFile migration, bool journalled) => new(
        "P3018",
        $"A migration failed to apply. New migrations cannot be applied before the error is recovered from.\n\nMigration name: {migration.Name}")
    {
        Remedies = journalled
            ? [$"Correct {migration.Path} and run this command again: it goes on where it stopped."]
            :
            [
                $"Correct {migration.Path}, then: sluice migrate resolve --rolled-back {ShellWord.Quote(migration.Name)} && sluice migrate deploy",
                $"Or complete its changes by hand in the database, then: sluice migrate resolve --applied {ShellWord.Quote(migration.Name)}",
            ],
    };

    public Task RollBackAsync(NpgsqlConnection connection, string id, TimeProvider clock, CancellationToken cancellation) =>
        RunAsync(connection, $"UPDATE {table} SET rolled_back_at = $2 WHERE id::text = $1", cancellation, id, Now(clock));

    /// <summary>A row that says a migration is applied although this tool did not run it.</summary>
    public Task InsertAppliedAsync(NpgsqlConnection connection, MigrationFile migration, TimeProvider clock, CancellationToken cancellation) =>
        SendAsync(connection, InsertApplied(migration, Now(clock)), cancellation);

    private NpgsqlBatchCommand InsertApplied(MigrationFile migration, DateTime now) => Command(
        $"INSERT INTO {table} (id, checksum, logs, started_at, finished_at, migration_name) VALUES ($1, $2, '', $3, $3, $4)",
        Guid.NewGuid().ToString("D"),
        migration.Checksum,
        now,
        migration.Name);

    /// <summary>Tables in the schemas other than the history itself and what belongs to extensions.</summary>
    public static async Task<ImmutableArray<string>> OtherTablesAsync(
        NpgsqlConnection connection,
        ImmutableArray<string> schemas,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT c.relname::text
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('{Name}', '{VersionTable.Name}')
              AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY c.relname
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = schemas.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = ImmutableArray.CreateBuilder<string>();
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names.ToImmutable();
    }

    private static HistoryRow Row(NpgsqlDataReader reader)
    {
        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column), TimeSpan.Zero);

        return new HistoryRow(
            reader.GetString(0),
            reader.GetString(1),
            Time(2),
            reader.GetString(3),
            reader.IsDBNull(4) ? null : reader.GetString(4),
            Time(5),
            Time(6)!.Value,
            reader.GetInt32(7));
    }

    private static DateTime Now(TimeProvider clock) => clock.GetUtcNow().UtcDateTime;

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static async Task SendAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellation);
    }
}
