using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Online;

/// <summary>`sluice.online` and `sluice.online_steps`: what is under way and how far it is, written in the transactions that bring it there.</summary>
internal static class OnlineTable
{
    private const string Definition = """
        CREATE TABLE sluice.online (
            id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            migration      text NOT NULL,
            checksum       text NOT NULL,
            base_schema    text NOT NULL,
            version_schema text NOT NULL,
            state          text NOT NULL,
            position       integer NOT NULL DEFAULT 0,
            options        text[] NOT NULL,
            correlation_id text NOT NULL,
            started        timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
            written        timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
            finished       timestamptz
        );
        CREATE UNIQUE INDEX online_one ON sluice.online ((true)) WHERE state NOT IN ('done', 'rolled back');
        COMMENT ON TABLE sluice.online IS 'Migrations that are carried out online: the position is committed with the step that leads to it';
        CREATE TABLE sluice.online_steps (
            change     bigint NOT NULL,
            back       boolean NOT NULL,
            ordinal    integer NOT NULL,
            state      text NOT NULL,
            kind       text NOT NULL,
            title      text NOT NULL,
            tables     text[] NOT NULL,
            statements text[] NOT NULL,
            undoes     integer[] NOT NULL,
            PRIMARY KEY (change, back, ordinal)
        );
        """;

    private const string Columns = "o.id, o.migration, o.checksum, o.base_schema, o.version_schema, o.state, o.position, o.options, o.started, o.written, o.finished";

    public static async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'sluice' AND c.relname = 'online')", connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>Makes the tables where they are missing; whoever runs a change online holds the lock of migrations.</summary>
    public static async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await ExistsAsync(connection, cancellation))
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        foreach (var sql in new[] { JournalSchema.Making, "CREATE SCHEMA IF NOT EXISTS sluice", Definition })
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>All of them, the newest first, with their steps.</summary>
    public static async Task<ImmutableArray<OnlineRow>> ReadAllAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (!await ExistsAsync(connection, cancellation))
        {
            return [];
        }

        var rows = ImmutableArray.CreateBuilder<OnlineRow>();
        await using (var command = new NpgsqlCommand($"SELECT {Columns} FROM sluice.online o ORDER BY o.id DESC", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add(new OnlineRow(
                    reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetInt32(6),
                    [.. reader.GetFieldValue<string[]>(7)], [], reader.GetDateTime(8), reader.GetDateTime(9), reader.IsDBNull(10) ? null : reader.GetDateTime(10)));
            }
        }

        for (var i = 0; i < rows.Count; i++)
        {
            rows[i] = rows[i] with { Steps = await StepsAsync(connection, rows[i].Id, back: false, cancellation) };
        }

        return rows.ToImmutable();
    }

    /// <summary>The one under way; null when there is none.</summary>
    public static async Task<OnlineRow?> OpenAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        (await ReadAllAsync(connection, cancellation)).FirstOrDefault(r => r.IsOpen);

    public static async Task<ImmutableArray<OnlineStep>> StepsAsync(NpgsqlConnection connection, long change, bool back, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT state, kind, title, tables, statements, undoes FROM sluice.online_steps WHERE change = $1 AND back = $2 ORDER BY ordinal", connection)
        {
            Parameters = { new NpgsqlParameter { Value = change }, new NpgsqlParameter { Value = back } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var steps = ImmutableArray.CreateBuilder<OnlineStep>();
        while (await reader.ReadAsync(cancellation))
        {
            steps.Add(new OnlineStep(
                reader.GetString(0), Enum.Parse<OnlineStepKind>(reader.GetString(1)), reader.GetString(2), [.. reader.GetFieldValue<string[]>(3)], [.. reader.GetFieldValue<string[]>(4)])
            {
                Undoes = [.. reader.GetFieldValue<int[]>(5)],
            });
        }

        return steps.ToImmutable();
    }

    /// <summary>Remembers what is to be done, all of it, before any of it is.</summary>
    public static async Task BeginAsync(
        NpgsqlConnection connection, MigrationFile migration, VersionPlan plan, IReadOnlyList<string> options, ImmutableArray<OnlineStep> steps, ImmutableArray<OnlineStep> back, string correlationId, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = new NpgsqlCommand(
            "INSERT INTO sluice.online (migration, checksum, base_schema, version_schema, state, options, correlation_id) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id", connection, transaction);
        foreach (var value in new object[] { migration.Name, migration.Checksum, plan.Base, plan.Schema, OnlineState.Expand, options.ToArray(), correlationId })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        var id = (long)(await command.ExecuteScalarAsync(cancellation))!;
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (isBack, ordinal, step) in steps.Select((s, i) => (false, i, s)).Concat(back.Select((s, i) => (true, i, s))))
        {
            var insert = new NpgsqlBatchCommand("INSERT INTO sluice.online_steps VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
            foreach (var value in new object[] { id, isBack, ordinal, step.State, step.Kind.ToString(), step.Title, step.Tables.ToArray(), step.Statements.ToArray(), step.Undoes.ToArray() })
            {
                insert.Parameters.Add(value is string[] ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
            }

            batch.BatchCommands.Add(insert);
        }

        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>In the transaction of a step: fails where somebody else has moved the position.</summary>
    public static NpgsqlBatchCommand Advance(OnlineRow row, string state) => new(
        "UPDATE sluice.online SET position = position + 1, state = $3, written = pg_catalog.clock_timestamp() WHERE id = $1 AND position = $2 AND state NOT IN ('done', 'rolled back')")
    {
        Parameters = { new NpgsqlParameter { Value = row.Id }, new NpgsqlParameter { Value = row.Position }, new NpgsqlParameter { Value = state } },
    };

    public static NpgsqlBatchCommand Enter(OnlineRow row, string state) => new(
        "UPDATE sluice.online SET state = $2, written = pg_catalog.clock_timestamp(), finished = CASE WHEN $2 IN ('done', 'rolled back') THEN pg_catalog.clock_timestamp() END WHERE id = $1")
    {
        Parameters = { new NpgsqlParameter { Value = row.Id }, new NpgsqlParameter { Value = state } },
    };
}
