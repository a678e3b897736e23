using System.Collections.Immutable;
using Npgsql;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Measuring;

/// <summary>
/// Sees the locks of a statement that leaves none behind, since it commits by itself. Each table has two gates, sessions
/// that hold a lock on it: the statement waits before a gate, is looked at there, and only then is the gate opened. So no
/// lock is missed that others would notice, however short.
/// </summary>
internal sealed class LoneWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    // A gate is a session of the server's.
    private const int MostTables = 8;

    private readonly NpgsqlConnection watcher;
    private readonly Dictionary<int, NpgsqlConnection> gates;
    private readonly HashSet<(uint Id, LockLevel Level)> seen = [];

    private LoneWatch(NpgsqlConnection watcher, Dictionary<int, NpgsqlConnection> gates)
    {
        this.watcher = watcher;
        this.gates = gates;
    }

    /// <param name="tables">Those that the statement may lock.</param>
    public static async Task<LoneWatch> OpenAsync(RunSettings settings, DatabaseAddress address, IEnumerable<uint> tables, CancellationToken cancellation)
    {
        var watch = new LoneWatch(await RunSession.ConnectAsync(settings, address, cancellation), []);
        try
        {
            foreach (var table in tables.Take(MostTables))
            {
                // The first stops whatever alters the table or builds on it, the second what nobody may read beside.
                foreach (var mode in (string[])["SHARE UPDATE EXCLUSIVE", "ACCESS SHARE"])
                {
                    var gate = await RunSession.ConnectAsync(settings, address, cancellation);
                    watch.gates.Add(gate.ProcessID, gate);
                    await using var name = new NpgsqlCommand("SELECT $1::oid::regclass::text", gate) { Parameters = { new NpgsqlParameter { Value = table, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid } } };
                    var spelled = (string)(await name.ExecuteScalarAsync(cancellation))!;
                    await using var hold = new NpgsqlBatch(gate) { BatchCommands = { new("BEGIN"), new($"LOCK TABLE ONLY {spelled} IN {mode} MODE") } };
                    await hold.ExecuteNonQueryAsync(cancellation);
                }
            }

            return watch;
        }
        catch
        {
            await watch.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the session locked while the statement ran.</summary>
    public async Task<ImmutableArray<(uint Id, LockLevel Level)>> WatchAsync(Task statement, int session, CancellationToken cancellation)
    {
        while (!statement.IsCompleted)
        {
            await using var look = new NpgsqlBatch(watcher)
            {
                BatchCommands =
                {
                    new(Relations.LocksQuery) { Parameters = { new NpgsqlParameter { Value = session } } },
                    new("SELECT pg_catalog.pg_blocking_pids($1)") { Parameters = { new NpgsqlParameter { Value = session } } },
                },
            };
            int[] blocking;
            await using (var reader = await look.ExecuteReaderAsync(cancellation))
            {
                seen.UnionWith(await Relations.ReadLocksAsync(reader, cancellation));
                await reader.NextResultAsync(cancellation);
                await reader.ReadAsync(cancellation);
                blocking = reader.GetFieldValue<int[]>(0);
            }

            foreach (var gate in blocking.Where(gates.ContainsKey).ToList())
            {
                await gates[gate].DisposeAsync();
                gates.Remove(gate);
            }

            await Task.WhenAny(statement, Task.Delay(Pause, cancellation));
        }

        await statement;
        return [.. seen];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gate in gates.Values)
        {
            await gate.DisposeAsync();
        }

        await watcher.DisposeAsync();
    }
}
