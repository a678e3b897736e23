using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Preflight;

/// <param name="IsExact">Else the server's estimate.</param>
public sealed record RowCount(long Rows, bool IsExact)
{
    public override string ToString() => (IsExact ? "" : "about ") + Rows.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The rows of tables: counted in the smaller ones, estimated by the server in those beyond.</summary>
internal static class TableRowCounts
{
    // Counting reads the tables, the smallest first; after this many bytes the server's estimate has to do.
    private const long Counted = 256L << 20;

    public static async Task<ImmutableSortedDictionary<string, RowCount>> ReadAsync(
        NpgsqlConnection connection,
        Func<ObjectName, bool> wanted,
        CancellationToken cancellation)
    {
        var counts = ImmutableSortedDictionary.CreateBuilder<string, RowCount>(StringComparer.Ordinal);
        var exact = new List<ObjectName>();
        var room = Counted;
        await using (var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text, pg_catalog.pg_relation_size(c.oid), greatest(c.reltuples, 0)::bigint
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname::text !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sluice')
              AND c.relname NOT IN ('_prisma_migrations', 'schema_migrations')
              AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
            ORDER BY 3
            """,
            connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var name = new ObjectName(reader.GetString(0), reader.GetString(1));
                if (!wanted(name))
                {
                    continue;
                }

                room -= reader.GetInt64(2);
                if (room >= 0)
                {
                    exact.Add(name);
                }
                else
                {
                    counts[$"{name.Schema}.{name.Name}"] = new RowCount(reader.GetInt64(3), false);
                }
            }
        }

        await CountAsync(connection, exact, counts, cancellation);
        return counts.ToImmutable();
    }

    private static async Task CountAsync(
        NpgsqlConnection connection,
        List<ObjectName> tables,
        ImmutableSortedDictionary<string, RowCount>.Builder counts,
        CancellationToken cancellation)
    {
        if (tables.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var name in tables)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT count(*) FROM ONLY {ServerConnection.Quote(name.Schema)}.{ServerConnection.Quote(name.Name)}"));
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        foreach (var name in tables)
        {
            await reader.ReadAsync(cancellation);
            counts[$"{name.Schema}.{name.Name}"] = new RowCount(reader.GetInt64(0), true);
            await reader.NextResultAsync(cancellation);
        }
    }
}
