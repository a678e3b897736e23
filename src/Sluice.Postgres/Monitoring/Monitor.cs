using System.Collections.Immutable;
using System.Data;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Monitoring;

/// <summary>`monitor`: how large, how busy, how clean. Looks, in one round trip, and changes nothing.</summary>
public static class Monitor
{
    private const int FirstWithMaintain = 17;

    /// <exception cref="ProblemException">The server cannot be reached, or did not answer in time.</exception>
    public static Task<Figures> ReadAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await ReadAsync(connection, cancellation);
        });

    internal static async Task<Figures> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var query in FigureQueries.All(connection.PostgreSqlVersion.Major >= FirstWithMaintain))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
        }

        await using var reader = await batch.ExecuteReaderAsync(CommandBehavior.Default, cancellation);
        await reader.ReadAsync(cancellation);
        var server = (
            Name: reader.GetString(0), Bytes: reader.GetInt64(1), Connections: reader.GetInt64(2), Most: reader.GetInt32(3), Hit: reader.GetInt64(4), Read: reader.GetInt64(5), Since: Time(reader, 6));
        var transactions = await NextAsync(r => (Text: Redaction.Clean(r.GetString(0).ReplaceLineEndings(" ")), Age: TimeSpan.FromSeconds(Math.Max(0, r.GetDouble(1)))));
        var tables = await NextAsync(r => new TableFigures(
            r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7), Time(r, 8), Time(r, 9), r.GetBoolean(10)));
        var indexes = await NextAsync(r => new IndexFigures(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetBoolean(4)));
        var expiring = await NextAsync(r => new ExpiringTable(r.GetString(0), r.GetBoolean(1), r.GetInt64(2), Number(r, 3), r.GetInt64(2) - Number(r, 3), Number(r, 4)));
        var attempts = (await NextAsync(r => (Failed: Number(r, 0), Locked: Number(r, 1))))[0];
        return new Figures(
            server.Name, server.Bytes, server.Connections, server.Most, server.Hit, server.Read, server.Since,
            [.. transactions.Select(t => t.Text)], transactions.Length == 0 ? TimeSpan.Zero : transactions[0].Age,
            tables, indexes, new AuthFigures(expiring, attempts.Failed, attempts.Locked));

        async Task<ImmutableArray<T>> NextAsync<T>(Func<NpgsqlDataReader, T> row)
        {
            await reader.NextResultAsync(cancellation);
            var rows = ImmutableArray.CreateBuilder<T>();
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add(row(reader));
            }

            return rows.ToImmutable();
        }
    }

    private static long? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
