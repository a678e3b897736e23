using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Studio.Health;

/// <param name="Started">With the process's number it is this session and no later one of the same number.</param>
/// <param name="BlockedBy">Whom it waits for; 0 for a prepared transaction.</param>
internal sealed record DatabaseSession(
    int Process, string Started, string? User, string? Application, string? Client, string? State, string? Waits, double? TransactionSeconds, double? StatementSeconds, string Query, ImmutableArray<int> BlockedBy);

/// <summary>The sessions of this database: who does what, and who waits for whom.</summary>
internal static class Sessions
{
    public static async Task<ImmutableArray<DatabaseSession>> ReadAsync(NpgsqlConnection connection, DatabaseAddress address, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT a.pid, a.backend_start::text, a.usename::text, a.application_name, host(a.client_addr), a.state,
                   CASE WHEN a.wait_event_type NOT IN ('Client', 'Activity') THEN a.wait_event_type || ': ' || a.wait_event END,
                   extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
                   CASE WHEN a.state = 'active' THEN extract(epoch FROM clock_timestamp() - a.query_start)::float8 END,
                   left(coalesce(a.query, ''), 500), pg_catalog.pg_blocking_pids(a.pid)
            FROM pg_catalog.pg_stat_activity a
            WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type IN ('client backend', 'parallel worker', 'autovacuum worker')
            ORDER BY a.xact_start NULLS LAST, a.pid LIMIT 500
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sessions = ImmutableArray.CreateBuilder<DatabaseSession>();
        while (await reader.ReadAsync(cancellation))
        {
            sessions.Add(new DatabaseSession(
                reader.GetInt32(0), reader.IsDBNull(1) ? "" : reader.GetString(1), Text(2), Text(3), Text(4), Text(5), Text(6), Number(7), Number(8),
                Redaction.Clean(reader.GetString(9), address), [.. reader.GetFieldValue<int[]>(10).Distinct()]));
        }

        return sessions.ToImmutable();

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        double? Number(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
    }

    /// <summary>Ends it, and with it its transaction.</summary>
    /// <returns>False where it is over already.</returns>
    public static async Task<bool> EndAsync(NpgsqlConnection connection, int process, string started, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
            WHERE a.pid = $1 AND a.backend_start::text = $2 AND a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = process });
        command.Parameters.Add(new NpgsqlParameter { Value = started });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
