using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Verifying;

/// <summary>What a database holds besides its shape: rows, and sequences that were moved. A line each; none for what is empty.</summary>
internal static class Contents
{
    public static async Task<ImmutableArray<string>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var (schema, table) in await PairsAsync(
            connection,
            """
            SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname::text !~ '^pg_' AND n.nspname <> 'information_schema'
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1, 2
            """,
            cancellation))
        {
            await using var count = new NpgsqlCommand($"SELECT count(*) FROM {ServerConnection.Quote(schema)}.{ServerConnection.Quote(table)}", connection);
            if (await count.ExecuteScalarAsync(cancellation) is long rows and > 0)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"table {schema}.{table}: {rows} {(rows == 1 ? "row" : "rows")}"));
            }
        }

        foreach (var (sequence, value) in await PairsAsync(
            connection,
            "SELECT schemaname::text || '.' || sequencename::text, last_value::text FROM pg_catalog.pg_sequences WHERE last_value IS NOT NULL AND schemaname::text !~ '^pg_' ORDER BY 1",
            cancellation))
        {
            lines.Add($"sequence {sequence}: at {value}");
        }

        return lines.ToImmutable();
    }

    private static async Task<List<(string First, string Second)>> PairsAsync(NpgsqlConnection connection, string query, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var pairs = new List<(string, string)>();
        while (await reader.ReadAsync(cancellation))
        {
            pairs.Add((reader.GetString(0), reader.GetString(1)));
        }

        return pairs;
    }
}
