using System.Collections.Immutable;
using System.Data;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Monitoring;

/// <summary>`monitor`: how large, how busy, how clean. Looks, in one round trip, and changes nothing.</summary>
public static class Monitor
{
    /// <exception cref="ProblemException">The server cannot be reached, or did not answer in time.</exception>
    public static Task<Figures> ReadAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await ReadAsync(connection, cancellation);
        });

    internal static async Task<Figures> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var batch = Batch(connection, FigureQueries.All(connection.PostgreSqlVersion.Major));
        await using var reader = await batch.ExecuteReaderAsync(CommandBehavior.Default, cancellation);
        await reader.ReadAsync(cancellation);
        var server = (
            Name: reader.GetString(0), Bytes: reader.GetInt64(1), Connections: reader.GetInt64(2), Most: reader.GetInt32(3), Hit: reader.GetInt64(4), Read: reader.GetInt64(5), Since: Time(reader, 6),
            Deadlocks: reader.GetInt64(7), At: reader.GetFieldValue<DateTimeOffset>(8));
        var transactions = await NextAsync(r => (Text: Redaction.Statement(r.GetString(0), 160), Age: TimeSpan.FromSeconds(Math.Max(0, r.GetDouble(1)))));
        var pools = await NextAsync(r => new PoolFigures(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3)));
        var waits = (await NextAsync(r => (Count: r.GetInt64(0), Longest: TimeSpan.FromSeconds(Math.Max(0, r.GetDouble(1))))))[0];
        var tables = await NextAsync(Table);
        var indexes = await NextAsync(r => new IndexFigures(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetBoolean(4)));
        var expiring = await NextAsync(r => new ExpiringTable(r.GetString(0), r.GetBoolean(1), r.GetInt64(2), Number(r, 3), Number(r, 4), Number(r, 5), Number(r, 6), r.GetInt64(7)));
        var attempts = (await NextAsync(r => (Failed: Number(r, 0), Locked: Number(r, 1))))[0];
        var events = await NextAsync(r => new EventFigures(Redaction.Clean(r.GetString(0)), r.GetInt64(1)));
        var uncounted = await NextAsync(r => new UncountedTable(r.GetString(0), r.GetString(1)) { IsLate = r.GetBoolean(2) });
        var operation = (await NextAsync(r => (
            Migrations: new MigrationFigures(r.IsDBNull(0) ? null : r.GetDouble(0), r.IsDBNull(1) ? null : r.GetString(1), Number(r, 2), Number(r, 3)),
            Backups: Number(r, 4) is not { } failed || (failed == 0 && r.IsDBNull(5)) ? null : new BackupFigures(failed, Time(r, 5), Number(r, 6)))))[0];
        // One row says whether there is such a thing, also where it has nothing to tell.
        var statements = await NextAsync(r => (IsThere: !r.IsDBNull(0) && r.GetBoolean(0), Statement: r.IsDBNull(1) ? null : new StatementFigures(
            r.GetString(1), Redaction.Statement(r.GetString(2), 80), r.GetInt64(3), r.GetDouble(4))));
        return new Figures(
            server.Name, server.Bytes, server.Connections, server.Most, server.Hit, server.Read, server.Since,
            [.. transactions.Select(t => t.Text)], transactions.Length == 0 ? TimeSpan.Zero : transactions[0].Age,
            tables, indexes, new AuthFigures(expiring, attempts.Failed, attempts.Locked) { Events = events, Uncounted = uncounted })
        {
            At = server.At,
            Deadlocks = server.Deadlocks,
            Pools = pools,
            LockWaits = waits.Count,
            LongestLockWait = waits.Longest,
            Statements = statements[0].IsThere ? [.. statements.Select(s => s.Statement).OfType<StatementFigures>()] : null,
            Migrations = operation.Migrations,
            Backups = operation.Backups,
        };

        Task<ImmutableArray<T>> NextAsync<T>(Func<NpgsqlDataReader, T> row) => reader.NextRowsAsync(row, cancellation);
    }

    /// <summary>The tables, and nothing that has to be counted.</summary>
    internal static async Task<ImmutableArray<TableFigures>> ReadTablesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var batch = Batch(connection, FigureQueries.TablesAlone(connection.PostgreSqlVersion.Major));
        await using var reader = await batch.ExecuteReaderAsync(CommandBehavior.Default, cancellation);
        var tables = ImmutableArray.CreateBuilder<TableFigures>();
        while (await reader.ReadAsync(cancellation))
        {
            tables.Add(Table(reader));
        }

        return tables.ToImmutable();
    }

    private static NpgsqlBatch Batch(NpgsqlConnection connection, IEnumerable<string> queries)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var query in queries)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
        }

        return batch;
    }

    private static TableFigures Table(NpgsqlDataReader r) => new(
        r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7), Time(r, 8), Time(r, 9), r.GetBoolean(10));

    private static long? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
