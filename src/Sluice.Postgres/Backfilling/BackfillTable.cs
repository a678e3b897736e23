using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Text;

namespace Sluice.Postgres.Backfilling;

/// <summary>`sluice.backfills`: how far each one is, written in the transactions that bring it there.</summary>
internal static class BackfillTable
{
    private const int LockSpace = 72707370;

    // Room on the page: a row is written once a batch, and stays where it is as long as no index has to know.
    private const string Definition = """
        CREATE TABLE sluice.backfills (
            id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name           text NOT NULL,
            hash           text NOT NULL,
            table_name     text NOT NULL,
            set_text       text NOT NULL,
            where_text     text,
            state          text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'cancelled')),
            pass           integer NOT NULL DEFAULT 1,
            position       text[],
            last           text[],
            passed         bigint NOT NULL DEFAULT 0,
            found          bigint NOT NULL DEFAULT 0,
            changed        bigint NOT NULL DEFAULT 0,
            settles        boolean NOT NULL DEFAULT true,
            estimate       bigint NOT NULL,
            correlation_id text NOT NULL,
            started        timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
            written        timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
            finished       timestamptz
        ) WITH (fillfactor = 20);
        CREATE UNIQUE INDEX backfills_name ON sluice.backfills (name) WHERE state <> 'cancelled';
        COMMENT ON TABLE sluice.backfills IS 'How far each backfill is: its position is committed with the rows that it has passed';
        """;

    private static readonly string Columns = $"""
        id, name, hash, table_name, set_text, where_text, state, pass, position, last, passed, found, changed, settles, estimate, started, written, finished,
        (SELECT l.pid FROM pg_catalog.pg_locks l
         WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {LockSpace}::oid AND l.objid::bigint = b.id AND l.objsubid = 2
           AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) LIMIT 1)
        """;

    public static async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'sluice' AND c.relname = 'backfills')",
            connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>Makes the table where it is missing. Others may do so at the same moment.</summary>
    /// <exception cref="ProblemException">SL5086: the user may not.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, DatabaseAddress address, CancellationToken cancellation)
    {
        if (await ExistsAsync(connection, cancellation))
        {
            return;
        }

        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await ExecuteAsync(JournalSchema.Making);
            if (!await ExistsAsync(connection, cancellation))
            {
                await using var schema = new NpgsqlCommand("SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'sluice')", connection, transaction);
                await ExecuteAsync((await schema.ExecuteScalarAsync(cancellation) is true ? "CREATE SCHEMA sluice;\n" : "") + Definition);
            }

            await transaction.CommitAsync(cancellation);

            async Task ExecuteAsync(string sql)
            {
                await using var command = new NpgsqlCommand(sql, connection, transaction);
                await command.ExecuteNonQueryAsync(cancellation);
            }
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new ProblemException(
                new Problem("SL5086", $"How far a backfill is stands in `sluice.backfills`, and the user may not make that table: {refused.MessageText}")
                {
                    Remedies = [$"Let the user make it: GRANT CREATE ON DATABASE {ServerConnection.Quote(address.Database)} TO <user>;", "Or run the first backfill as one who may, and grant: GRANT SELECT, INSERT, UPDATE ON sluice.backfills TO <user>;"],
                },
                refused);
        }
    }

    /// <summary>All of them, the newest first; those that were cancelled too.</summary>
    public static async Task<ImmutableArray<BackfillRow>> ReadAllAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM sluice.backfills b ORDER BY id DESC", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = ImmutableArray.CreateBuilder<BackfillRow>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(Row(reader));
        }

        return rows.ToImmutable();
    }

    /// <summary>Those that are not over, whether somebody is at them or not; null where this user may not see.</summary>
    public static async Task<ImmutableArray<BackfillRow>?> ReadUnfinishedAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await JournalSchema.IsReadableAsync(connection, ["backfills"], cancellation) switch
        {
            null => ImmutableArray<BackfillRow>.Empty,
            false => null,
            true => [.. (await ReadAllAsync(connection, cancellation)).Where(b => b.State == BackfillRow.Running)],
        };

    /// <summary>The row of that id.</summary>
    public static async Task<BackfillRow> ReadAsync(NpgsqlConnection connection, long id, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM sluice.backfills b WHERE id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return Row(reader);
    }

    /// <summary>The one of that name that was not cancelled; where there is none, it begins.</summary>
    public static async Task<BackfillRow> BeginAsync(NpgsqlConnection connection, BackfillDefinition definition, BackfillRequest request, string correlationId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH begun AS (
                INSERT INTO sluice.backfills (name, hash, table_name, set_text, where_text, estimate, correlation_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (name) WHERE state <> 'cancelled' DO NOTHING RETURNING id)
            SELECT id FROM begun UNION ALL SELECT id FROM sluice.backfills WHERE name = $1 AND state <> 'cancelled' LIMIT 1
            """,
            connection);
        foreach (var value in new object?[] { definition.Name, definition.Hash, request.Table, request.Set.Trim(), request.Where?.Trim(), definition.Target.Estimate, correlationId })
        {
            command.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
        }

        // One that others began at the same moment is in nobody's way, and to be seen only by the next statement.
        long? id;
        while ((id = await command.ExecuteScalarAsync(cancellation) as long?) is null)
        {
        }

        return await ReadAsync(connection, id.Value, cancellation);
    }

    /// <summary>Takes the place of the only one who works at it, for as long as the session lives. A pooler's session is no one's: there the position alone decides.</summary>
    public static async Task<bool> TryTakeAsync(NpgsqlConnection connection, long id, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT CASE WHEN pg_catalog.pg_backend_pid() = $2 THEN pg_catalog.pg_try_advisory_lock({LockSpace}, $1::int) ELSE true END", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        command.Parameters.Add(new NpgsqlParameter { Value = connection.ProcessID });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>Ends it for good; whoever works at it finds out with the next batch.</summary>
    /// <returns>Its id; null when none of that name is under way.</returns>
    public static async Task<long?> CancelAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "UPDATE sluice.backfills SET state = 'cancelled', finished = pg_catalog.clock_timestamp() WHERE name = $1 AND state = 'running' RETURNING id", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return await command.ExecuteScalarAsync(cancellation) as long?;
    }

    /// <summary>In the transaction of a batch: it counts only if the position is where this run believed it to be. The path is the user's there, and of texts the server compares two by an operator of its own.</summary>
    public static NpgsqlBatchCommand Advance(BackfillRow row, string[] to, long passed, long changed, bool settles)
    {
        var command = new NpgsqlBatchCommand(
            """
            UPDATE sluice.backfills
            SET position = $4, passed = passed + $5, found = found + $6, changed = changed + $6, settles = settles AND $7, written = pg_catalog.clock_timestamp()
            WHERE id = $1 AND pass = $2 AND position::text IS NOT DISTINCT FROM $3::text[]::text AND state = 'running'
            """);
        Bind(command.Parameters, row, Array(row.Position?.Items.ToArray()), Array(to));
        command.Parameters.Add(new NpgsqlParameter { Value = passed });
        command.Parameters.Add(new NpgsqlParameter { Value = changed });
        command.Parameters.Add(new NpgsqlParameter { Value = settles });
        return command;
    }

    /// <summary>Says where this pass ends.</summary>
    public static Task<bool> EndPassAtAsync(NpgsqlConnection connection, BackfillRow row, string[] last, CancellationToken cancellation) => WriteAsync(
        connection, "UPDATE sluice.backfills SET last = $3 WHERE id = $1 AND pass = $2 AND last::text IS NOT DISTINCT FROM $4::text[]::text AND state = 'running'", row, cancellation, Array(last), Array(row.Last?.Items.ToArray()));

    public static Task<bool> NextPassAsync(NpgsqlConnection connection, BackfillRow row, CancellationToken cancellation) => WriteAsync(
        connection,
        """
        UPDATE sluice.backfills SET pass = pass + 1, position = NULL, last = NULL, passed = 0, found = 0, estimate = $3, written = pg_catalog.clock_timestamp()
        WHERE id = $1 AND pass = $2 AND state = 'running'
        """,
        row,
        cancellation,
        new NpgsqlParameter { Value = row.Passed });

    /// <summary>Waits for this server's disk at least, whatever is usual there: nobody is told of an end that a crash would take back.</summary>
    public static async Task<bool> FinishAsync(NpgsqlConnection connection, BackfillRow row, CancellationToken cancellation)
    {
        var finish = new NpgsqlBatchCommand(
            "UPDATE sluice.backfills SET state = 'done', written = pg_catalog.clock_timestamp(), finished = pg_catalog.clock_timestamp() WHERE id = $1 AND pass = $2 AND state = 'running'");
        Bind(finish.Parameters, row);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(Durable), finish } };
        await batch.ExecuteNonQueryAsync(cancellation);
        return finish.RecordsAffected == 1;
    }

    private const string Durable = """
        SELECT pg_catalog.set_config('synchronous_commit', 'local', true) WHERE pg_catalog.current_setting('synchronous_commit') = 'off'
        """;

    private static async Task<bool> WriteAsync(NpgsqlConnection connection, string sql, BackfillRow row, CancellationToken cancellation, params NpgsqlParameter[] more)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        Bind(command.Parameters, row, more);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private static void Bind(NpgsqlParameterCollection parameters, BackfillRow row, params NpgsqlParameter[] more)
    {
        parameters.Add(new NpgsqlParameter { Value = row.Id });
        parameters.Add(new NpgsqlParameter { Value = row.Pass });
        parameters.AddRange(more);
    }

    private static NpgsqlParameter Array(string[]? texts) => new() { Value = (object?)texts ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static BackfillRow Row(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetString(4),
        reader.IsDBNull(5) ? null : reader.GetString(5),
        reader.GetString(6),
        reader.GetInt32(7),
        Texts(reader, 8),
        Texts(reader, 9),
        reader.GetInt64(10),
        reader.GetInt64(11),
        reader.GetInt64(12),
        reader.GetBoolean(13),
        reader.GetInt64(14),
        reader.GetDateTime(15),
        reader.GetDateTime(16),
        reader.IsDBNull(17) ? null : reader.GetDateTime(17),
        reader.IsDBNull(18) ? null : reader.GetInt32(18));

    private static EquatableArray<string>? Texts(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : [.. reader.GetFieldValue<string[]>(column)];
}
