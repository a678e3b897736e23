using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backfilling;

/// <summary>A column with its type, as a cast is written.</summary>
internal sealed record TypedColumn(string Name, string Type);

/// <summary>The table whose rows are written, and the key in whose order.</summary>
/// <param name="Estimate">Rows, by the server's account; 0 when it has none.</param>
internal sealed record BackfillTarget(ObjectName Table, bool IsPartitioned, ImmutableArray<TypedColumn> Key, ImmutableArray<TypedColumn> Columns, long Estimate)
{
    /// <summary>With the schema where it is not the connection's.</summary>
    public string Shown(DatabaseAddress address) => Table.Schema == address.Schema ? Table.Name : $"{Table.Schema}.{Table.Name}";

    /// <exception cref="ProblemException">SL5081: there is no such table. SL5082: it has no key.</exception>
    public static async Task<BackfillTarget> ReadAsync(NpgsqlConnection connection, string name, string schema, CancellationToken cancellation)
    {
        var (found, isPartitioned, estimate) = await FindAsync(connection, name, schema, cancellation);
        var key = await ColumnsAsync(connection, found, OfKey, cancellation);
        if (key.IsEmpty)
        {
            throw new ProblemException(new Problem("SL5082", $"`{found.Schema}.{found.Name}` has no primary key, and no unique index over columns that are NOT NULL: there is no order in which each row comes once.")
            {
                Remedies = [$"Give it a key first: ALTER TABLE {Quoted(found)} ADD PRIMARY KEY (…);", "Or add one that counts: ALTER TABLE … ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY; (rewrites the table)"],
            });
        }

        return new BackfillTarget(found, isPartitioned, key, await ColumnsAsync(connection, found, OfTable, cancellation), estimate);
    }

    public static string Quoted(ObjectName name) => $"{ServerConnection.Quote(name.Schema)}.{ServerConnection.Quote(name.Name)}";

    private const string OfTable = """
        SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = pg_catalog.to_regclass($1)::oid AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """;

    // The primary key, else the narrowest unique index that holds at every moment and for every row.
    private const string OfKey = """
        SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod)
        FROM (
            SELECT i.* FROM pg_catalog.pg_index i
            WHERE i.indrelid = pg_catalog.to_regclass($1)::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL
              AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_attribute n
                WHERE n.attrelid = i.indrelid AND n.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) AND NOT n.attnotnull)
            ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1) AS i
        CROSS JOIN LATERAL pg_catalog.unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        ORDER BY k.place
        """;

    private static async Task<(ObjectName Name, bool IsPartitioned, long Estimate)> FindAsync(NpgsqlConnection connection, string name, string schema, CancellationToken cancellation)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        await using var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text, c.relkind::text,
                   (SELECT coalesce(pg_catalog.sum(greatest(t.reltuples, 0)), 0)::bigint FROM pg_catalog.pg_class t
                    WHERE t.oid = c.oid OR c.relkind = 'p' AND t.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid) WHERE isleaf))
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname::text !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sluice')
              AND (n.nspname = $1 AND c.relname = $2 OR n.nspname = $3 AND c.relname = $4)
            ORDER BY n.nspname = $1 AND c.relname = $2 DESC LIMIT 1
            """,
            connection);
        foreach (var value in new[] { schema, name, dot < 0 ? "" : name[..dot], dot < 0 ? "" : name[(dot + 1)..] })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? (new ObjectName(reader.GetString(0), reader.GetString(1)), reader.GetString(2) == "p", reader.GetInt64(3))
            : throw new ProblemException(new Problem("SL5081", $"There is no table `{name}` whose rows could be written (views and foreign tables have none of their own).")
            {
                Remedies = ["Write it as the database has it, capitals too, with its schema when that is not the connection's: `--table sales.orders`"],
            });
    }

    private static async Task<ImmutableArray<TypedColumn>> ColumnsAsync(NpgsqlConnection connection, ObjectName table, string query, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(query, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Quoted(table) });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var columns = ImmutableArray.CreateBuilder<TypedColumn>();
        while (await reader.ReadAsync(cancellation))
        {
            columns.Add(new TypedColumn(reader.GetString(0), reader.GetString(1)));
        }

        return columns.ToImmutable();
    }
}
