using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff.Renames;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Sql;

namespace Sluice.Postgres.Verifying;

/// <summary>The evidence for the data-loss checks: exact counts, one scan a table, all in one round trip.</summary>
internal static class RowCounts
{
    /// <returns><see cref="DataCounts.Unknown"/> where the rows could not be looked at, all of them; then every check counts as failed.</returns>
    /// <param name="names">What the rows are still found under, where the checks speak of things by their new names.</param>
    public static async Task<DataCounts> ReadAsync(NpgsqlConnection connection, ImmutableArray<DataLossCheck> checks, NamesBefore names, CancellationToken cancellation)
    {
        var tables = Tables(checks, names);
        if (tables.IsEmpty)
        {
            return DataCounts.Unknown;
        }

        try
        {
            return await CountAsync(connection, tables, cancellation);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege
            // A value that the cast itself will stumble over, such as a date that no timestamp can hold.
            || refused.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            return DataCounts.Unknown;
        }
    }

    private static async Task<DataCounts> CountAsync(NpgsqlConnection connection, ImmutableArray<Evidence> tables, CancellationToken cancellation)
    {
        var rows = new Dictionary<ObjectName, long>();
        var values = new Dictionary<(ObjectName Table, string Column), long>();
        var changed = new Dictionary<(ObjectName Table, string Column), long>();
        await using var batch = new NpgsqlBatch(connection);

        // A policy would hide rows from the count, and so let them be lost unasked: better no count than a wrong one.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET row_security = off"));
        foreach (var table in tables)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(table.Query));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("RESET row_security"));

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        foreach (var (table, columns, casts, _) in tables)
        {
            await reader.ReadAsync(cancellation);
            rows[table] = reader.GetInt64(0);
            foreach (var (i, column) in columns.Index())
            {
                values[(table, column)] = reader.GetInt64(i + 1);
            }

            foreach (var (i, cast) in casts.Index())
            {
                changed[(table, cast.Name)] = reader.GetInt64(columns.Length + i + 1);
            }

            await reader.NextResultAsync(cancellation);
        }

        return new DataCounts(rows, values) { Changed = changed };
    }

    private static ImmutableArray<Evidence> Tables(ImmutableArray<DataLossCheck> checks, NamesBefore names) =>
        [.. checks
            .Where(c => c.Table is not null && (c.NeedsRowCount || c.NeedsValueCount || c is DataLossCheck.NarrowingCast))
            .GroupBy(c => c.Table!.Value)
            .Select(g => new Evidence(
                g.Key,
                [.. g.Where(c => c.NeedsValueCount).Select(c => c.Column).OfType<string>().Distinct(StringComparer.Ordinal)],
                [.. g.OfType<DataLossCheck.NarrowingCast>()],
                names))];

    /// <summary>What one scan of a table has to count: its rows, the values of columns, the rows that casts change.</summary>
    private sealed record Evidence(ObjectName Table, ImmutableArray<string> Columns, ImmutableArray<DataLossCheck.NarrowingCast> Casts, NamesBefore Names)
    {
        public string Query
        {
            get
            {
                var counts = Columns.Select(c => $"count({ServerConnection.Quote(Names.Column(Table, c))})")
                    .Concat(Casts.Select(c => $"count(*) FILTER (WHERE {NarrowingProbe.Condition(c with { Name = Names.Column(Table, c.Name) })})"))
                    .Prepend("count(*)");
                var table = Names.Table(Table);
                return $"SELECT {string.Join(", ", counts)} FROM {ServerConnection.Quote(table.Schema)}.{ServerConnection.Quote(table.Name)}";
            }
        }
    }
}
