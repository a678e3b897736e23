using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Verifying;

/// <summary>The evidence for the data-loss checks: exact counts, one scan a table, all in one round trip.</summary>
internal static class RowCounts
{
    /// <returns><see cref="DataCounts.Unknown"/> where the user may not see every row; then every check counts as failed.</returns>
    public static async Task<DataCounts> ReadAsync(NpgsqlConnection connection, ImmutableArray<DataLossCheck> checks, CancellationToken cancellation)
    {
        var tables = Tables(checks);
        if (tables.Count == 0)
        {
            return DataCounts.Unknown;
        }

        try
        {
            return await CountAsync(connection, tables, cancellation);
        }
        catch (PostgresException hidden) when (hidden.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return DataCounts.Unknown;
        }
    }

    private static async Task<DataCounts> CountAsync(
        NpgsqlConnection connection,
        List<(ObjectName Table, List<string> Columns)> tables,
        CancellationToken cancellation)
    {
        var rows = new Dictionary<ObjectName, long>();
        var values = new Dictionary<(ObjectName Table, string Column), long>();
        await using var batch = new NpgsqlBatch(connection);

        // A policy would hide rows from the count, and so let them be lost unasked: better no count than a wrong one.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET row_security = off"));
        foreach (var (table, columns) in tables)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CountOf(table, columns)));
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        foreach (var (table, columns) in tables)
        {
            await reader.ReadAsync(cancellation);
            rows[table] = reader.GetInt64(0);
            for (var i = 0; i < columns.Count; i++)
            {
                values[(table, columns[i])] = reader.GetInt64(i + 1);
            }

            await reader.NextResultAsync(cancellation);
        }

        return new DataCounts(rows, values);
    }

    private static List<(ObjectName Table, List<string> Columns)> Tables(ImmutableArray<DataLossCheck> checks) =>
        [.. checks
            .Where(c => c.Table is not null && (c.NeedsRowCount || c.NeedsValueCount))
            .GroupBy(c => c.Table!.Value)
            .Select(g => (g.Key, g.Where(c => c.NeedsValueCount).Select(c => c.Column).OfType<string>().Distinct(StringComparer.Ordinal).ToList()))];

    private static string CountOf(ObjectName table, List<string> columns)
    {
        var counts = string.Concat(columns.Select(c => $", count({ServerConnection.Quote(c)})"));
        return $"SELECT count(*){counts} FROM {ServerConnection.Quote(table.Schema)}.{ServerConnection.Quote(table.Name)}";
    }
}
