using System.Collections.Immutable;
using Npgsql;

namespace Sluice.Postgres.Online;

/// <summary>A column by what stays of it whatever it is called: its table's number and its own.</summary>
/// <param name="Default">Every name in it has its schema.</param>
/// <param name="Sequence">The one that makes its values.</param>
/// <param name="IsPlain">Of a table of its own: no partition, nobody's parent or child.</param>
internal sealed record ShapeColumn(
    uint Table, short Number, string Schema, string TableName, string Name, string Type, bool Required, string Identity, string? Default, string? Sequence, bool IsPlain, bool HasPolicies, bool IsGenerated);

/// <summary>The tables of one schema in a database in which a migration is tried: read before and after it, a rename shows as one.</summary>
internal static class Shape
{
    private const string Columns = """
        SELECT c.oid, a.attnum, n.nspname::text, c.relname::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity::text, CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
               (SELECT pg_catalog.format('"%s"."%s"', pg_catalog.replace(m.nspname, '"', '""'), pg_catalog.replace(s.relname, '"', '""'))
                FROM pg_catalog.pg_depend o JOIN pg_catalog.pg_class s ON s.oid = o.objid AND s.relkind = 'S' JOIN pg_catalog.pg_namespace m ON m.oid = s.relnamespace
                WHERE o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.refclassid = o.classid AND o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype IN ('a', 'i') LIMIT 1),
               c.relkind = 'r' AND NOT c.relispartition AND NOT c.relhassubclass AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid),
               c.relrowsecurity, a.attgenerated <> ''
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND c.relname <> '_prisma_migrations'
        ORDER BY c.oid, a.attnum
        """;

    public static async Task<ImmutableArray<ShapeColumn>> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SET LOCAL search_path = ''"),
                new NpgsqlBatchCommand(Columns) { Parameters = { new NpgsqlParameter { Value = schema } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var columns = ImmutableArray.CreateBuilder<ShapeColumn>();
        while (await reader.ReadAsync(cancellation))
        {
            columns.Add(new ShapeColumn(
                reader.GetFieldValue<uint>(0), reader.GetInt16(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetBoolean(6), reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9), reader.GetBoolean(10), reader.GetBoolean(11), reader.GetBoolean(12)));
        }

        return columns.ToImmutable();
    }
}
