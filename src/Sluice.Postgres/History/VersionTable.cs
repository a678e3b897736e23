using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.History;

/// <summary>
/// `schema_migrations`, the history of versioned files: a row for each version that is applied, and none for attempts. The
/// row is written and deleted in the transaction of the script itself.
/// </summary>
internal sealed class VersionTable(string schema) : IHistory
{
    public const string Name = "schema_migrations";

    private readonly string table = $"{ServerConnection.Quote(schema)}.{Name}";

    public string Table => $"{schema}.{Name}";

    public string Opposite => UndoneHistory.TableOf(this);

    public async Task<ImmutableArray<HistoryRow>?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        try
        {
            await using var command = new NpgsqlCommand($"SELECT version, filename, checksum, applied_at, execution_time_ms, applied_by FROM {table} ORDER BY applied_at, version", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = ImmutableArray.CreateBuilder<HistoryRow>();
            while (await reader.ReadAsync(cancellation))
            {
                var applied = new DateTimeOffset(reader.GetDateTime(3), TimeSpan.Zero);
                rows.Add(new HistoryRow(reader.GetString(0), reader.GetString(2), applied, NameOf(reader.GetString(1)), null, null, applied, 1)
                {
                    Took = TimeSpan.FromMilliseconds(reader.GetInt64(4)),
                    AppliedBy = reader.GetString(5),
                });
            }

            return rows.ToImmutable();
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return null;
        }
        catch (PostgresException other) when (other.SqlState is PostgresErrorCodes.UndefinedColumn)
        {
            throw new ProblemException(
                new Problem("SL5023", $"The table {Table} was made by another tool: {other.MessageText}.")
                {
                    Remedies =
                    [
                        "Take it over, golang-migrate's or dbmate's: sluice migrate import --from TOOL DIR",
                        $"Rename it, if it is no longer needed: ALTER TABLE {table} RENAME TO schema_migrations_before;",
                        "Or keep this tool's history in a schema of its own: add ?schema=NAME to the address.",
                    ],
                },
                other);
        }
    }

    public async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            CREATE TABLE {table} (
                version            text PRIMARY KEY,
                description        text NOT NULL,
                filename           text NOT NULL,
                checksum           text NOT NULL,
                applied_at         timestamptz NOT NULL DEFAULT now(),
                execution_time_ms  bigint NOT NULL,
                applied_by         text NOT NULL
            )
            """,
            connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Nothing: a version is in the table or it is not.</summary>
    public IEnumerable<NpgsqlBatchCommand> Begin(HistoryEntry entry) => [];

    public IEnumerable<NpgsqlBatchCommand> Finish(HistoryEntry entry, DateTimeOffset begun) =>
        [Insert(entry.Migration, (long)(begun - entry.Started).TotalMilliseconds)];

    public IEnumerable<NpgsqlBatchCommand> Fail(HistoryEntry entry, string logs) => [];

    public IEnumerable<NpgsqlBatchCommand> Withdraw(HistoryEntry entry, DateTimeOffset now) => [];

    public async Task<bool> IsFinishedAsync(NpgsqlConnection connection, HistoryEntry entry, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {table} WHERE version = $1)", connection);
        command.Parameters.Add(Value(VersionedName.VersionOf(entry.Migration.Name)));
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    public IEnumerable<NpgsqlBatchCommand> Undo(MigrationFile migration, DateTimeOffset now) =>
        [Command($"DELETE FROM {table} WHERE version = $1", VersionedName.VersionOf(migration.Name))];

    public IEnumerable<NpgsqlBatchCommand> Supersede(MigrationFile squash, ImmutableArray<string> replaced, DateTimeOffset now) =>
    [
        Command($"DELETE FROM {table} WHERE version = ANY ($1)", (object)replaced.Select(VersionedName.VersionOf).ToArray()),
        Insert(squash, 0),
    ];

    public async Task InsertAppliedAsync(NpgsqlConnection connection, MigrationFile migration, TimeProvider clock, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Insert(migration, 0));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    public Problem Failure(MigrationFile migration, bool journalled) => new("P3018", $"Migration `{migration.Name}` failed to apply; those after it were not begun.")
    {
        Remedies = [$"Correct {migration.Path}, then run: sluice up"],
    };

    private static string NameOf(string file) =>
        file.EndsWith(".up.sql", StringComparison.Ordinal) ? file[..^".up.sql".Length] : file;

    private NpgsqlBatchCommand Insert(MigrationFile migration, long milliseconds) => Command(
        $"""
        INSERT INTO {table} (version, description, filename, checksum, applied_at, execution_time_ms, applied_by)
        VALUES ($1, $2, $3, $4, pg_catalog.clock_timestamp(),
                $5 + (extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp())::numeric * 1000::numeric)::bigint, session_user)
        """,
        VersionedName.VersionOf(migration.Name),
        VersionedName.DescriptionOf(migration.Name),
        Path.GetFileName(migration.Path),
        migration.Checksum,
        milliseconds);

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(values.Select(Value).ToArray());
        return command;
    }

    private static NpgsqlParameter Value(object value) => new() { Value = value };
}
