using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backfilling;

/// <summary>What a backfill does to the rest of the server, looked at between batches: how far replicas are behind, how fast WAL grows.</summary>
internal sealed class Pressure(NpgsqlConnection connection, BackfillRequest request, IProgress<RunEvent>? progress)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    // What others write counts too, and they do not stop because we wait.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(10);

    private long looked;
    private long wal = -1;
    private long told;

    // A replica that has stopped replaying tells no time: what could be written in the time it may be behind is the measure then.
    private long Allowed => request.MaxWal == 0 ? long.MaxValue : (long)(request.MaxWal * request.MaxLag.TotalSeconds);

    /// <summary>Waits as long as the server has too much to do on account of this.</summary>
    public async Task HoldBackAsync(CancellationToken cancellation)
    {
        if (request.Pause > TimeSpan.Zero)
        {
            await Task.Delay(request.Pause, cancellation);
        }

        if (wal >= 0 && Stopwatch.GetElapsedTime(looked) < Every)
        {
            return;
        }

        (var now, var lag) = await LookAsync(cancellation);
        if (wal >= 0 && request.MaxWal > 0 && TimeSpan.FromSeconds((double)(now - wal) / request.MaxWal) - Stopwatch.GetElapsedTime(looked) is var due && due > TimeSpan.Zero)
        {
            Tell(string.Create(CultureInfo.InvariantCulture, $"the server writes more than {request.MaxWal >> 20} MB of WAL a second (--max-wal)"));
            await Task.Delay(due < Longest ? due : Longest, cancellation);
            (now, lag) = await LookAsync(cancellation);
        }

        wal = now;
        for (; lag.Time > request.MaxLag || lag.Bytes > Allowed; (wal, lag) = await LookAsync(cancellation))
        {
            Tell(string.Create(CultureInfo.InvariantCulture, $"a replica is {lag.Time.TotalSeconds:0.#} s and {lag.Bytes >> 20} MB behind (at most {request.MaxLag.TotalSeconds:0.#} s: --max-lag)"));
            await Task.Delay(Every, cancellation);
        }

        looked = Stopwatch.GetTimestamp();
    }

    private async Task<(long Wal, (TimeSpan Time, long Bytes) Lag)> LookAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::bigint,
                   coalesce(extract(epoch FROM pg_catalog.max(replay_lag)), 0)::float8,
                   coalesce(pg_catalog.max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn)), 0)::bigint
            FROM pg_catalog.pg_stat_replication WHERE state IN ('streaming', 'catchup')
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), (TimeSpan.FromSeconds(reader.GetDouble(1)), reader.GetInt64(2)));
    }

    private void Tell(string reason)
    {
        if (told == 0 || Stopwatch.GetElapsedTime(told) >= Telling)
        {
            told = Stopwatch.GetTimestamp();
            progress?.Report(new RunEvent.BackfillHeldBack(reason));
        }
    }
}
