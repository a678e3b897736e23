using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>Prisma's advisory lock, held by a session until it ends, so that neither tool runs beside the other.</summary>
internal static class AdvisoryLock
{
    private const long Key = 72707369;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Polls instead of waiting in the server: a waiting statement holds a snapshot, and CREATE INDEX CONCURRENTLY waits for snapshots.</summary>
    /// <exception cref="ProblemException">P1002: still held after the time-out, with the holder's name.</exception>
    public static async Task TakeAsync(NpgsqlConnection connection, RunSettings settings, CancellationToken cancellation)
    {
        if (settings.LockDisabled)
        {
            return;
        }

        await StayAsync(connection, cancellation);
        var started = Stopwatch.GetTimestamp();
        var told = false;
        for (var pause = TimeSpan.FromMilliseconds(10); !await TryAsync(connection, cancellation); pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            // A session that has just ended gives its lock back a moment later; that is not worth a word.
            if (!told && pause >= LongestPause)
            {
                settings.Progress?.Report(new RunEvent.WaitingForLock(await HolderAsync(connection, cancellation)));
                told = true;
            }

            if (Stopwatch.GetElapsedTime(started) >= settings.LockTimeout)
            {
                throw new ProblemException(await HeldAsync(connection, settings, cancellation));
            }

            await Task.Delay(pause, cancellation);
        }
    }

    // The session does nothing while a long migration runs; the server must not take it for forgotten.
    private static async Task StayAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (connection.PostgreSqlVersion.Major >= 14)
        {
            await using var command = new NpgsqlCommand("SET idle_session_timeout = 0", connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private static async Task<bool> TryAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_catalog.pg_try_advisory_lock({Key})"), connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task<Problem> HeldAsync(NpgsqlConnection connection, RunSettings settings, CancellationToken cancellation)
    {
        var seconds = settings.LockTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        return new Problem(
            "P1002",
            $"The database server at `{settings.Address.Server}` was reached but another migration run holds its lock (waited {seconds} s for advisory lock {Key}).\nHeld by {await HolderAsync(connection, cancellation)}")
        {
            Remedies =
            [
                "Wait until that run has ended, then run this command again.",
                "If it is a run that nobody waits for any more, end its session: SELECT pg_terminate_backend(<pid>);",
            ],
        };
    }

    /// <summary>Process, application, age and statement of the session that holds the lock.</summary>
    private static async Task<string> HolderAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT a.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''), coalesce(a.state, ''),
                   extract(epoch FROM pg_catalog.now() - a.backend_start)::bigint, coalesce(a.query, '')
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {Key >> 32} AND l.objid = {Key & 0xFFFFFFFF} AND l.objsubid = 1
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
            LIMIT 1
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            return "a session that has just ended.";
        }

        var application = reader.GetString(1);
        var query = Redaction.Clean(reader.GetString(5).ReplaceLineEndings(" "));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"process {reader.GetInt32(0)} ({(application.Length == 0 ? "no application name" : application)}, user {reader.GetString(2)}, connected for {reader.GetInt64(4)} s, {reader.GetString(3)}): {(query.Length <= 120 ? query : query[..120] + " …")}");
    }
}
