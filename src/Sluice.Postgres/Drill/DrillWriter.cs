using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Drill;

/// <summary>A client that writes all the time, a row a transaction, and remembers what the server said was committed.</summary>
internal sealed class DrillWriter : IAsyncDisposable
{
    public const string Table = "sluice_drill_writes";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stop = new();
    private readonly List<(long Id, DateTimeOffset At)> committed = [];
    private readonly Task writing;
    private DatabaseAddress address;

    private DrillWriter(DatabaseAddress address, TimeProvider clock)
    {
        (this.address, this.clock) = (address, clock);
        writing = WriteAsync();
    }

    public static async Task<DrillWriter> StartAsync(DatabaseAddress address, TimeProvider clock, CancellationToken cancellation)
    {
        await DrillStage.ExecuteAsync(address, $"CREATE TABLE {Table} (id bigint PRIMARY KEY)", cancellation);
        return new DrillWriter(address, clock);
    }

    public int Count
    {
        get
        {
            lock (committed)
            {
                return committed.Count;
            }
        }
    }

    public IReadOnlyList<(long Id, DateTimeOffset At)> Committed
    {
        get
        {
            lock (committed)
            {
                return [.. committed];
            }
        }
    }

    /// <summary>Where it goes on once it is sent away from where it is.</summary>
    public void GoOnAt(DatabaseAddress other) => Volatile.Write(ref address, other);

    /// <summary>Waits until so many more rows were committed.</summary>
    public async Task MoreAsync(int rows, CancellationToken cancellation)
    {
        for (var wanted = Count + rows; Count < wanted; await Task.Delay(Pause, cancellation))
        {
            if (writing.IsCompleted)
            {
                await writing;
            }
        }
    }

    /// <summary>How many rows that were committed by then a server has not, and since when.</summary>
    public async Task<(int Rows, DateTimeOffset? Since)> MissingAsync(DatabaseAddress server, DateTimeOffset by, CancellationToken cancellation)
    {
        // Before it looks: what is committed meanwhile is not missing.
        var known = Committed;
        await using var connection = await ServerConnection.OpenAsync(server, cancellation);
        await using var command = new NpgsqlCommand($"SELECT id FROM {Table}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var there = new HashSet<long>();
        while (await reader.ReadAsync(cancellation))
        {
            there.Add(reader.GetInt64(0));
        }

        var missing = known.Where(c => c.At < by && !there.Contains(c.Id)).ToList();
        return (missing.Count, missing.Count == 0 ? null : missing.Min(m => m.At));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task WriteAsync()
    {
        for (var id = 1L; !stop.IsCancellationRequested;)
        {
            try
            {
                await using var connection = await ServerConnection.OpenAsync(Volatile.Read(ref address), stop.Token);
                await using (var session = new NpgsqlCommand("SET synchronous_commit = on", connection))
                {
                    await session.ExecuteNonQueryAsync(stop.Token);
                }

                for (; !stop.IsCancellationRequested; id++)
                {
                    await using var insert = new NpgsqlCommand($"INSERT INTO {Table} VALUES ($1) ON CONFLICT DO NOTHING", connection);
                    insert.Parameters.Add(new NpgsqlParameter { Value = id });
                    await insert.ExecuteNonQueryAsync(stop.Token);
                    lock (committed)
                    {
                        committed.Add((id, clock.GetUtcNow()));
                    }

                    await Task.Delay(Pause, stop.Token);
                }
            }
            catch (Exception gone) when (gone is NpgsqlException or ProblemException)
            {
                // What a client does whose server is gone: it tries again, there or elsewhere, with the row that nobody answered for.
                await Task.Delay(Pause, stop.Token);
            }
        }
    }
}
