using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>Who else is at work in the database, and how far our own statement is.</summary>
internal static class ActivityQueries
{
    private const int LongestQuery = 120;

    private const string Columns = """
        coalesce(a.pid, 0), coalesce(a.application_name, ''), coalesce(a.usename::text, ''), coalesce(a.state, ''),
        extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::bigint, coalesce(a.query, ''), coalesce(a.backend_type, ''),
        EXISTS (SELECT FROM pg_catalog.pg_locks m WHERE m.pid = a.pid AND m.locktype = 'advisory' AND m.granted AND m.classid = 0::oid
                AND m.objid = 72707369::oid AND m.objsubid = 1 AND m.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
        """;

    /// <summary>Whom the given session waits for, the oldest transaction first; one of them may be prepared, and belong to no session.</summary>
    private const string Blockers = $"""
        SELECT {Columns}
        FROM (SELECT DISTINCT pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS p (pid)) AS b
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
        ORDER BY a.xact_start NULLS LAST
        """;

    /// <summary>Sessions that wait, inside the server, for the lock of migrations.</summary>
    private const string LockWaiters = $"""
        SELECT {Columns}
        FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND NOT l.granted AND l.classid = 0::oid AND l.objid = 72707369::oid AND l.objsubid = 1
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        LIMIT 1
        """;

    /// <summary>Blockers, lock waiters and progress of a session, in one round trip.</summary>
    public static async Task<Activity> LookAsync(NpgsqlConnection connection, int process, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in new[] { Blockers, LockWaiters, Progress(connection.PostgreSqlVersion.Major) })
        {
            var command = new NpgsqlBatchCommand(sql);
            if (sql.Contains("$1", StringComparison.Ordinal))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = process });
            }

            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var blockers = await SessionsAsync(reader, cancellation);
        await reader.NextResultAsync(cancellation);
        var waiters = await SessionsAsync(reader, cancellation);
        await reader.NextResultAsync(cancellation);
        var progress = await reader.ReadAsync(cancellation)
            ? new RunEvent.StatementProgress(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3))
            : null;
        return new Activity(blockers, waiters is [var first, ..] ? first : null, progress);
    }

    /// <summary>A session that waits, inside the server, for the lock of migrations.</summary>
    public static async Task<OtherSession?> LockWaiterAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(LockWaiters, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await SessionsAsync(reader, cancellation) is [var first, ..] ? first : null;
    }

    /// <summary>The process that works for a run behind a pooler, which alone knows: by the name its transactions carry, or by the statement.</summary>
    public static async Task<int?> WorkerAsync(NpgsqlConnection connection, string? application, string? statement, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pid FROM pg_catalog.pg_stat_activity
            WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND state <> 'idle'
              AND (application_name = $1 AND xact_start IS NOT NULL OR state = 'active' AND pg_catalog.left(query, 200) = pg_catalog.left($2, 200))
            ORDER BY xact_start LIMIT 1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)application ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)statement ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return await command.ExecuteScalarAsync(cancellation) as int?;
    }

    /// <summary>Cancels what a session does; false when it may not.</summary>
    public static async Task<bool> CancelAsync(NpgsqlConnection connection, int process, CancellationToken cancellation)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_catalog.pg_cancel_backend($1)", connection);
            command.Parameters.Add(new NpgsqlParameter { Value = process });
            return await command.ExecuteScalarAsync(cancellation) is true;
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    /// <summary>Cancels or ends a session if it still stands in the way of the given one, so that nobody is hit who has moved on.</summary>
    /// <returns>Null when it was done or was no longer needed, else why the server refused.</returns>
    public static async Task<string?> EndBlockerAsync(NpgsqlConnection connection, int blocker, int blocked, OnBlock how, CancellationToken cancellation)
    {
        var function = how is OnBlock.Terminate ? "pg_terminate_backend" : "pg_cancel_backend";
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_catalog.{function}($1) WHERE $1 = ANY (pg_catalog.pg_blocking_pids($2))", connection);
            command.Parameters.Add(new NpgsqlParameter { Value = blocker });
            command.Parameters.Add(new NpgsqlParameter { Value = blocked });
            await command.ExecuteNonQueryAsync(cancellation);
            return null;
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return $"the server refuses it ({refused.MessageText}); GRANT pg_signal_backend TO the user of the run, or connect as a superuser";
        }
    }

    // Each view counts in its own unit; where the total is not known yet, it is 0.
    private static string Progress(int server)
    {
        List<string> views =
        [
            "SELECT pid, 'index', phase, CASE WHEN tuples_total > 0 THEN tuples_done WHEN lockers_total > 0 THEN lockers_done ELSE blocks_done END, CASE WHEN tuples_total > 0 THEN tuples_total WHEN lockers_total > 0 THEN lockers_total ELSE blocks_total END FROM pg_catalog.pg_stat_progress_create_index",
            "SELECT pid, 'vacuum', phase, heap_blks_scanned, heap_blks_total FROM pg_catalog.pg_stat_progress_vacuum",
            "SELECT pid, pg_catalog.lower(command), phase, heap_blks_scanned, heap_blks_total FROM pg_catalog.pg_stat_progress_cluster",
        ];
        if (server >= 13)
        {
            views.Add("SELECT pid, 'analyze', phase, sample_blks_scanned, sample_blks_total FROM pg_catalog.pg_stat_progress_analyze");
        }

        if (server >= 14)
        {
            views.Add("SELECT pid, 'copy', pg_catalog.lower(command) || ', ' || tuples_processed::text || ' rows', bytes_processed, bytes_total FROM pg_catalog.pg_stat_progress_copy");
        }

        return $"SELECT p.work, p.phase, p.done, p.total FROM ({string.Join(" UNION ALL ", views)}) AS p (pid, work, phase, done, total) WHERE p.pid = $1 LIMIT 1";
    }

    private static async Task<ImmutableArray<OtherSession>> SessionsAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var sessions = ImmutableArray.CreateBuilder<OtherSession>();
        while (await reader.ReadAsync(cancellation))
        {
            var (process, application, state) = (reader.GetInt32(0), reader.GetString(1), reader.GetString(3));
            var age = reader.IsDBNull(4) ? (TimeSpan?)null : TimeSpan.FromSeconds(reader.GetInt64(4));
            var query = Redaction.Clean(reader.GetString(5).ReplaceLineEndings(" "));
            var shown = query.Length <= LongestQuery ? query : query[..LongestQuery] + " …";
            var text = process == 0
                ? "a prepared transaction (SELECT gid, prepared FROM pg_prepared_xacts)"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"pid {process} ({(application.Length == 0 ? "no application name" : application)}, user {reader.GetString(2)}, {state}), open for {age?.TotalSeconds ?? 0:0} s, query: {shown}");
            sessions.Add(new OtherSession(process, text, $"{process} {query}", application, reader.GetString(6), state.StartsWith("idle", StringComparison.Ordinal), age, reader.GetBoolean(7)));
        }

        return sessions.ToImmutable();
    }
}

/// <param name="Progress">Null where the server keeps no account of such a statement.</param>
internal sealed record Activity(ImmutableArray<OtherSession> Blockers, OtherSession? LockWaiter, RunEvent.StatementProgress? Progress);

/// <param name="Process">0 for a prepared transaction.</param>
/// <param name="Key">The same as long as it does the same.</param>
/// <param name="Kind">`client backend`, `walsender`, `autovacuum worker` …; empty where this user may not see it.</param>
/// <param name="Age">Of its transaction; null where it has none, or this user may not see it.</param>
internal sealed record OtherSession(int Process, string Text, string Key, string Application, string Kind, bool IsIdle, TimeSpan? Age, bool HoldsMigrationLock);
