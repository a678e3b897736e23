using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>Who else is at work in the database, in words.</summary>
internal static class ActivityQueries
{
    private const int LongestQuery = 120;

    private const string Columns = """
        a.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''), coalesce(a.state, ''),
        coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start), 0)::bigint, coalesce(a.query, '')
        """;

    /// <summary>The session that the given one waits for; null when it does not wait.</summary>
    public static Task<OtherSession?> BlockerAsync(NpgsqlConnection connection, int process, CancellationToken cancellation) => FirstAsync(
        connection,
        $"""
        SELECT {Columns}
        FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids({Number(process)})) b (pid)
        JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
        ORDER BY a.xact_start LIMIT 1
        """,
        cancellation);

    /// <summary>A session that waits, inside the server, for the lock of migrations.</summary>
    public static Task<OtherSession?> LockWaiterAsync(NpgsqlConnection connection, CancellationToken cancellation) => FirstAsync(
        connection,
        $"""
        SELECT {Columns}
        FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND NOT l.granted AND l.classid = 0 AND l.objid = {Number(AdvisoryLock.Key)} AND l.objsubid = 1
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        LIMIT 1
        """,
        cancellation);

    /// <summary>Cancels what a session does; false when it may not.</summary>
    public static async Task<bool> CancelAsync(NpgsqlConnection connection, int process, CancellationToken cancellation)
    {
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_catalog.pg_cancel_backend({Number(process)})", connection);
            return await command.ExecuteScalarAsync(cancellation) is true;
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    public static async Task<RunEvent.StatementProgress?> BuildProgressAsync(NpgsqlConnection connection, int process, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT phase, CASE WHEN tuples_total > 0 THEN 100 * tuples_done / tuples_total WHEN blocks_total > 0 THEN 100 * blocks_done / blocks_total ELSE 0 END
            FROM pg_catalog.pg_stat_progress_create_index WHERE pid = {Number(process)}
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new RunEvent.StatementProgress(reader.GetString(0), (int)Math.Clamp(reader.GetInt64(1), 0, 100)) : null;
    }

    private static async Task<OtherSession?> FirstAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            return null;
        }

        var application = reader.GetString(1);
        var query = Redaction.Clean(reader.GetString(5).ReplaceLineEndings(" "));
        var shown = query.Length <= LongestQuery ? query : query[..LongestQuery] + " …";
        return new OtherSession(
            reader.GetInt32(0),
            string.Create(
                CultureInfo.InvariantCulture,
                $"pid {reader.GetInt32(0)} ({(application.Length == 0 ? "no application name" : application)}, user {reader.GetString(2)}, {reader.GetString(3)}), open for {reader.GetInt64(4)} s, query: {shown}"),
            $"{reader.GetInt32(0)} {query}");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Key">The same as long as it does the same.</param>
internal sealed record OtherSession(int Process, string Text, string Key);
