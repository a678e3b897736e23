using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Maintaining;

/// <summary>Held by the session of the books while a maintenance is at work: two machines that a schedule starts at once do it once.</summary>
internal static class MaintenanceLock
{
    /// <summary>Another one is at work.</summary>
    public const string Held = "SL5703";

    // Beside the lock of those who run scripts.
    private const string Key = "72707369, 3";

    /// <exception cref="ProblemException">SL5703: another one is at work; SL5704: a pooler is between, where no session keeps a lock or a setting.</exception>
    public static async Task TakeAsync(NpgsqlConnection connection, DatabaseAddress address, CancellationToken cancellation)
    {
        await using var own = new NpgsqlCommand("SELECT pg_catalog.pg_backend_pid() = $1", connection) { Parameters = { new NpgsqlParameter { Value = connection.ProcessID } } };
        if (address.IsPooled || await own.ExecuteScalarAsync(cancellation) is not true)
        {
            throw new ProblemException(new Problem("SL5704", $"The server at `{address.Server}` is reached through a pooler, where a session keeps no lock and leaves its settings to others. Nothing was changed.")
            {
                Remedies = ["Connect to the server itself, past the pooler: --url, or `directUrl` in the schema."],
            });
        }

        await using var take = new NpgsqlCommand($"SELECT pg_catalog.pg_try_advisory_lock({Key})", connection);
        if (await take.ExecuteScalarAsync(cancellation) is true)
        {
            if (connection.PostgreSqlVersion.Major >= 14)
            {
                // It says nothing while a large table is vacuumed.
                await using var stay = new NpgsqlCommand("SET idle_session_timeout = 0", connection);
                await stay.ExecuteNonQueryAsync(cancellation);
            }

            return;
        }

        await using var holder = new NpgsqlCommand(
            """
            SELECT a.pid, coalesce(a.application_name, ''), extract(epoch FROM pg_catalog.now() - a.backend_start)::bigint
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 72707369::oid AND l.objid = 3::oid AND l.objsubid = 2
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
            """,
            connection);
        await using var reader = await holder.ExecuteReaderAsync(cancellation);
        var who = await reader.ReadAsync(cancellation)
            ? string.Create(CultureInfo.InvariantCulture, $"process {reader.GetInt32(0)} ({reader.GetString(1)}), for {reader.GetInt64(2)} s")
            : "one that has just ended";
        throw new ProblemException(new Problem(Held, $"Another maintenance is at work on this database: {who}."));
    }
}
