using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;

namespace Sluice.Postgres.Running;

/// <summary>`sluice.leases`: one row for the database, because the journal is one for the database. Times are the server's.</summary>
internal static class LeaseTable
{
    /// <summary>SQLSTATE of a transaction that was refused because its lease is lost.</summary>
    public const string Lost = "SL001";

    // Not to_regclass: it answers from the session's cache, which does not hear of others' tables within a transaction.
    public const string IsThere =
        "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'sluice' AND c.relname = 'leases')";

    private const string Definition = """
        CREATE TABLE sluice.leases (
            name           text PRIMARY KEY,
            holder         text NOT NULL,
            correlation_id text NOT NULL,
            token          bigint NOT NULL,
            taken_at       timestamptz NOT NULL,
            expires_at     timestamptz NOT NULL
        );
        COMMENT ON TABLE sluice.leases IS 'The lock of migration runs behind a pooler, where no session is theirs alone';
        INSERT INTO sluice.leases VALUES ('migrations', '', '', 0, '-infinity', '-infinity');
        CREATE FUNCTION sluice.require_lease(held bigint) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        DECLARE
            now_held sluice.leases;
        BEGIN
            -- Whoever would take the lease over waits until this transaction has ended; the heartbeat does not.
            PERFORM FROM sluice.leases WHERE name = 'migrations' AND token = held AND expires_at > clock_timestamp() FOR KEY SHARE;
            IF NOT FOUND THEN
                SELECT * INTO now_held FROM sluice.leases WHERE name = 'migrations';
                RAISE EXCEPTION USING ERRCODE = 'SL001', MESSAGE = CASE WHEN now_held.token = held
                    THEN format('the lease ran out at %s', now_held.expires_at)
                    ELSE format('the lease was taken over at %s by %s', now_held.taken_at, now_held.holder) END;
            END IF;
        END $$;
        """;

    /// <summary>Makes the table where it is missing. Others may do so at the same moment.</summary>
    /// <exception cref="ProblemException">SL5034: the user may not.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, DatabaseAddress address, CancellationToken cancellation)
    {
        if (await ExistsAsync(connection, cancellation))
        {
            return;
        }

        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using (var alone = new NpgsqlCommand(JournalSchema.Making, connection, transaction))
            {
                await alone.ExecuteNonQueryAsync(cancellation);
            }

            if (!await ExistsAsync(connection, cancellation))
            {
                await using var schema = new NpgsqlCommand("SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'sluice')", connection, transaction);
                var create = await schema.ExecuteScalarAsync(cancellation) is true ? "CREATE SCHEMA sluice;\n" : "";
                await using var table = new NpgsqlCommand(create + Definition, connection, transaction);
                await table.ExecuteNonQueryAsync(cancellation);
            }

            await transaction.CommitAsync(cancellation);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new ProblemException(
                new Problem("SL5034", $"The server at `{address.Server}` is reached through a pooler, where runs keep each other away by a lease, and the user may not make its table `sluice.leases`: {refused.MessageText}")
                {
                    Remedies =
                    [
                        "Connect to the server itself for migrations, past the pooler: --url, or `directUrl` in the schema.",
                        $"Or let the user make it: GRANT CREATE ON DATABASE {ServerConnection.Quote(address.Database)} TO <user>;",
                    ],
                },
                refused);
        }
    }

    public static async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {IsThere}", connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>Takes the lease if it is free and no session holds the advisory lock, which runs past the pooler take.</summary>
    /// <returns>The token; null when it is not to be had now.</returns>
    public static async Task<long?> TryTakeAsync(NpgsqlConnection connection, string holder, string correlation, TimeSpan time, CancellationToken cancellation)
    {
        // Locked rows are passed over: a holder at its COMMIT is not waited for in the server, with a snapshot held.
        await using var command = new NpgsqlCommand(
            $"""
            UPDATE sluice.leases l
            SET holder = $1, correlation_id = $2, token = l.token + 1, taken_at = pg_catalog.clock_timestamp(),
                expires_at = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $3)
            FROM (SELECT name FROM sluice.leases WHERE name = 'migrations' AND expires_at <= pg_catalog.clock_timestamp() FOR UPDATE SKIP LOCKED) free
            WHERE l.name = free.name AND pg_catalog.pg_try_advisory_xact_lock({AdvisoryLock.Key})
            RETURNING l.token
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = holder });
        command.Parameters.Add(new NpgsqlParameter { Value = correlation });
        command.Parameters.Add(new NpgsqlParameter { Value = time.TotalSeconds });
        return await command.ExecuteScalarAsync(cancellation) as long?;
    }

    /// <summary>Whether the lease is still held, for that long again from now on.</summary>
    public static async Task<bool> RenewAsync(NpgsqlConnection connection, long token, TimeSpan time, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE sluice.leases SET expires_at = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $2)
            WHERE name = 'migrations' AND token = $1 AND expires_at > pg_catalog.clock_timestamp()
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = token });
        command.Parameters.Add(new NpgsqlParameter { Value = time.TotalSeconds });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>Who holds the lease and how much longer; null when nobody does.</summary>
    public static async Task<(string Text, TimeSpan Left)?> HolderAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.format('%s, run %s, since %s, the lease runs out at %s unless it is renewed', holder, correlation_id,
                       pg_catalog.date_trunc('second', taken_at), pg_catalog.date_trunc('second', expires_at)),
                   extract(epoch FROM expires_at - pg_catalog.clock_timestamp())::float8
            FROM sluice.leases WHERE name = 'migrations' AND expires_at > pg_catalog.clock_timestamp()
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetString(0), TimeSpan.FromSeconds(reader.GetDouble(1))) : null;
    }
}
