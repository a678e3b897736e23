using Npgsql;

namespace Sluice.Postgres.Journal;

/// <summary>The schema `sluice`: what each run did, statement by statement. Rows are added and never changed.</summary>
internal static class JournalSchema
{
    public const string Name = "sluice";

    /// <summary>Held for a moment by whoever makes something in the schema: runs behind a pooler and past it have no other lock in common then.</summary>
    public const string Making = "SELECT pg_catalog.pg_advisory_xact_lock(72707369, 2)";

    // No foreign key and one index: the rows are written inside the transactions of migrations.
    private const string Definition = """
        CREATE SCHEMA IF NOT EXISTS sluice;
        COMMENT ON SCHEMA sluice IS 'The journal of migration runs, written by the tool of this name';
        CREATE TABLE IF NOT EXISTS sluice.runs (
            id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            correlation_id text NOT NULL,
            command        text NOT NULL,
            tool_version   text NOT NULL,
            host           text NOT NULL,
            actor          text NOT NULL,
            started        timestamptz NOT NULL,
            finished       timestamptz,
            outcome        text,
            backup         text,
            previous_hash  text NOT NULL,
            start_hash     text NOT NULL,
            finish_hash    text
        );
        CREATE TABLE IF NOT EXISTS sluice.statements (
            id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            run         bigint NOT NULL,
            history     text NOT NULL,
            attempt     text NOT NULL,
            migration   text NOT NULL,
            ordinal     integer NOT NULL,
            total       integer NOT NULL,
            hash        text NOT NULL,
            outcome     text NOT NULL,
            duration_ms bigint,
            note        text,
            written     timestamptz NOT NULL,
            chain       text NOT NULL
        );
        COMMENT ON COLUMN sluice.statements.duration_ms IS 'From the end of the last statement that has one: those between were sent together';
        CREATE OR REPLACE FUNCTION sluice.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            -- A run's end is written once, and nothing else with it.
            IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'runs' THEN
                IF OLD.finish_hash IS NULL AND to_jsonb(OLD) - ARRAY['finished', 'outcome', 'finish_hash'] = to_jsonb(NEW) - ARRAY['finished', 'outcome', 'finish_hash'] THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'sluice.% is a journal: rows are added, never changed', TG_TABLE_NAME;
        END $$;
        CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON sluice.runs
            FOR EACH ROW EXECUTE FUNCTION sluice.refuse_change();
        CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON sluice.statements
            FOR EACH ROW EXECUTE FUNCTION sluice.refuse_change();
        CREATE OR REPLACE TRIGGER append_only_whole BEFORE TRUNCATE ON sluice.runs
            FOR EACH STATEMENT EXECUTE FUNCTION sluice.refuse_change();
        CREATE OR REPLACE TRIGGER append_only_whole BEFORE TRUNCATE ON sluice.statements
            FOR EACH STATEMENT EXECUTE FUNCTION sluice.refuse_change();
        """;

    /// <summary>Whether the journal's tables are there, for this user to read.</summary>
    /// <returns>Null: not there. False: there, and not for this user.</returns>
    public static Task<bool?> IsReadableAsync(NpgsqlConnection connection, CancellationToken cancellation) => IsReadableAsync(connection, ["runs", "statements"], cancellation);

    /// <summary>The same of other tables of its schema, of all of them.</summary>
    public static async Task<bool?> IsReadableAsync(NpgsqlConnection connection, string[] tables, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.bool_and(pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'sluice' AND c.relname = ANY ($1)
            HAVING pg_catalog.count(*) = pg_catalog.cardinality($1)
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter { Value = tables } },
        };
        return await command.ExecuteScalarAsync(cancellation) as bool?;
    }

    /// <summary>Whether the journal's tables are there.</summary>
    public static async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await StateAsync(connection, cancellation) is not null;

    /// <summary>Whether they are there for this user to read and to write.</summary>
    public static async Task<bool> IsOpenAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await StateAsync(connection, cancellation) is true;

    /// <summary>How many of its four guards against change are there and switched on.</summary>
    public static async Task<long> GuardsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT count(*) FROM pg_catalog.pg_trigger t
            JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'sluice' AND c.relname IN ('runs', 'statements') AND t.tgname IN ('append_only', 'append_only_whole') AND t.tgenabled IN ('O', 'A')
            """,
            connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Makes it where it is missing.</summary>
    /// <returns>Null, or why there can be none.</returns>
    public static async Task<string?> EnsureAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        switch (await StateAsync(connection, cancellation))
        {
            case true:
                return null;
            case false:
                return $"the user may not write to schema {Name}, which another one made";
        }

        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            // Not every run holds the migration lock.
            await using (var turn = new NpgsqlCommand(Making, connection, transaction))
            {
                await turn.ExecuteNonQueryAsync(cancellation);
            }

            if (await StateAsync(connection, cancellation) is true)
            {
                return null;
            }

            await using (var create = new NpgsqlCommand(Compatible(connection), connection, transaction))
            {
                await create.ExecuteNonQueryAsync(cancellation);
            }

            await transaction.CommitAsync(cancellation);
            return null;
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return $"the user may not create schema {Name} ({refused.MessageText})";
        }
    }

    // CREATE OR REPLACE TRIGGER came with 14; what is created here was not there before.
    private static string Compatible(NpgsqlConnection connection) => connection.PostgreSqlVersion.Major >= 14
        ? Definition
        : Definition.Replace("CREATE OR REPLACE TRIGGER", "CREATE TRIGGER", StringComparison.Ordinal);

    // Null: missing. False: there, and not for this user.
    private static async Task<bool?> StateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.bool_and(pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
                   AND pg_catalog.has_table_privilege(c.oid, 'INSERT'))
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'sluice' AND c.relname IN ('runs', 'statements')
            HAVING pg_catalog.count(*) = 2
            """,
            connection);
        return await command.ExecuteScalarAsync(cancellation) as bool?;
    }
}
