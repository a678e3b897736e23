using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>Prisma's advisory lock, held by a session until it ends, so that neither tool runs beside the other.</summary>
internal static class AdvisoryLock
{
    public const long Key = 72707369;

    // Ours alone, in the two-number form, which is another space: held by the session that scripts run in.
    private const string Work = "72707369, 1";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Polls instead of waiting in the server: a waiting statement holds a snapshot, and CREATE INDEX CONCURRENTLY waits for snapshots.</summary>
    /// <returns>False when the connection ends in a pooler, whose session may be another one with every transaction: no lock can be kept there.</returns>
    /// <exception cref="ProblemException">P1002: still held after the time-out, with the holder's name.</exception>
    public static async Task<bool> TakeAsync(NpgsqlConnection connection, RunSettings settings, CancellationToken cancellation)
    {
        if (settings.LockDisabled)
        {
            return true;
        }

        if (settings.Address.IsPooled || !await StayAsync(connection, cancellation))
        {
            return false;
        }

        var started = Stopwatch.GetTimestamp();
        var told = false;
        for (var pause = TimeSpan.FromMilliseconds(10); !await TryAsync(connection, cancellation); pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            // A session that has just ended gives its lock back a moment later; that is not worth a word.
            if (!told && pause >= LongestPause)
            {
                settings.Progress?.Report(new RunEvent.WaitingForLock(await HolderAsync(connection, Key >> 32, Key & 0xFFFFFFFF, 1, cancellation)));
                told = true;
            }

            if (Stopwatch.GetElapsedTime(started) >= settings.LockTimeout)
            {
                throw new ProblemException(await HeldAsync(connection, settings, cancellation));
            }

            await Task.Delay(pause, cancellation);
        }

        return true;
    }

    /// <summary>A command that fails, in whatever session, once the lock is no longer held by the one that took it.</summary>
    public static async Task<string?> FenceAsync(NpgsqlConnection connection, RunSettings settings, CancellationToken cancellation)
    {
        if (settings.LockDisabled)
        {
            return null;
        }

        // Asked of the server: a pooler between us tells a number of its own.
        await using var command = new NpgsqlCommand("SELECT pg_catalog.pg_backend_pid()", connection);
        var holder = await command.ExecuteScalarAsync(cancellation);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT 1 / pg_catalog.count(*) AS the_lock_is_held FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND pid = {holder} AND classid = {Key >> 32}::oid AND objid = {Key & 0xFFFFFFFF}::oid AND objsubid = 1");
    }

    /// <summary>Marks the session in which scripts run: while it lives, what a killed run had sent may still be going on.</summary>
    public static async Task MarkWorkAsync(NpgsqlConnection scripts, RunSettings settings, CancellationToken cancellation)
    {
        if (!settings.LockDisabled)
        {
            await using var mark = new NpgsqlCommand($"SELECT pg_catalog.pg_try_advisory_lock({Work})", scripts);
            await mark.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>The holder of the lock may have been killed and its statements not: waits until the server has noticed.</summary>
    /// <exception cref="ProblemException">P1002: they go on after the time-out.</exception>
    public static async Task AwaitWorkAsync(NpgsqlConnection connection, RunSettings settings, CancellationToken cancellation)
    {
        if (settings.LockDisabled)
        {
            return;
        }

        var started = Stopwatch.GetTimestamp();
        var told = false;
        bool isOver, hasLeases;
        while (((isOver, hasLeases) = await IsWorkOverAsync(connection, cancellation)) is (false, _))
        {
            if (!told && Stopwatch.GetElapsedTime(started) > LongestPause)
            {
                settings.Progress?.Report(new RunEvent.WaitingForLock("a run that is gone and whose statement is still at work in the server; " + await HolderAsync(connection, 72707369, 1, 2, cancellation)));
                told = true;
            }

            if (Stopwatch.GetElapsedTime(started) >= settings.LockTimeout)
            {
                throw new ProblemException(new Problem(
                    "P1002",
                    $"The database server at `{settings.Address.Server}` still works for a migration run that is gone.\nAt work: {await HolderAsync(connection, 72707369, 1, 2, cancellation)}")
                {
                    Remedies = ["Wait until it has ended, then run this command again.", "Or end it: SELECT pg_terminate_backend(<pid>);"],
                });
            }

            await Task.Delay(LongestPause, cancellation);
        }

        if (hasLeases)
        {
            await Lease.AwaitOthersAsync(connection, settings, cancellation);
        }
    }

    // Whether some run has ever come through a pooler is asked with it, to save the round trip.
    private static async Task<(bool IsOver, bool HasLeases)> IsWorkOverAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT CASE WHEN pg_catalog.pg_try_advisory_lock({Work}) THEN pg_catalog.pg_advisory_unlock({Work}) ELSE false END,
                   {LeaseTable.IsThere}
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }

    // The session does nothing while a long migration runs; the server must not take it for forgotten. And a pooler gives its
    // clients keys of its own making, so that a session with another process than the one we were told is not ours to keep.
    private static async Task<bool> StayAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        string[] commands = connection.PostgreSqlVersion.Major >= 14
            ?
            [
                "SELECT pg_catalog.pg_backend_pid() = $1",
                "SELECT pg_catalog.set_config('idle_session_timeout', '0', false) WHERE pg_catalog.pg_backend_pid() = $1",

                // When its client is killed within a statement of the books, the lock must not outlive it.
                ScriptSession.EndWithClient + " AND pg_catalog.pg_backend_pid() = $1",
            ]
            : ["SELECT pg_catalog.pg_backend_pid() = $1"];
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(command) { Parameters = { new NpgsqlParameter { Value = connection.ProcessID } } });
        }

        return await batch.ExecuteScalarAsync(cancellation) is true;
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
            $"The database server at `{settings.Address.Server}` was reached but another migration run holds its lock (waited {seconds} s for advisory lock {Key}).\nHeld by {await HolderAsync(connection, Key >> 32, Key & 0xFFFFFFFF, 1, cancellation)}")
        {
            Remedies =
            [
                "Wait until that run has ended, then run this command again.",
                "If it is a run that nobody waits for any more, end its session: SELECT pg_terminate_backend(<pid>);",
            ],
        };
    }

    /// <summary>Process, application, age and statement of the session that holds the lock.</summary>
    private static async Task<string> HolderAsync(NpgsqlConnection connection, long high, long low, int form, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT a.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''), coalesce(a.state, ''),
                   extract(epoch FROM pg_catalog.now() - a.backend_start)::bigint, coalesce(a.query, '')
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {high}::oid AND l.objid = {low}::oid AND l.objsubid = {form}
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
