namespace Sluice.Auth.Storage;

/// <summary>What the database has under the schemas of the options, as far as the check needs it. One round trip.</summary>
internal sealed record LiveCatalog(ILookup<(string Schema, string Table), LiveColumn> Columns, ILookup<(string Schema, string Table), LiveUnique> Uniques)
{
    private const string ColumnsSql = """
        SELECT n.nspname::text, c.relname::text, a.attname, format_type(a.atttypid, NULL), a.attnotnull, a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> ''
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'f') AND a.attnum > 0 AND NOT a.attisdropped
        """;

    // NULLS NOT DISTINCT is asked through JSON: servers before 15 have no such column.
    private const string UniquesSql = """
        SELECT n.nspname::text, c.relname::text, ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) k ORDER BY k),
          pg_get_expr(i.indpred, i.indrelid), COALESCE((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY ($1) AND i.indisunique AND i.indisvalid
        """;

    public static async Task<LiveCatalog> ReadAsync(AuthDatabase database, CancellationToken cancellation)
    {
        var columns = new List<((string, string) Table, LiveColumn Column)>();
        var uniques = new List<((string, string) Table, LiveUnique Unique)>();
        string[] schemas = [database.Names.Schema, database.Names.ExistingSchema];
        await using var batch = database.Source.CreateBatch();
        batch.BatchCommands.Add(AuthDatabase.InBatch(ColumnsSql, (object)schemas));
        batch.BatchCommands.Add(AuthDatabase.InBatch(UniquesSql, (object)schemas));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            columns.Add(((reader.GetString(0), reader.GetString(1)), new LiveColumn(reader.GetString(2), reader.GetString(3), reader.GetBoolean(4), reader.GetBoolean(5))));
        }

        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            uniques.Add(((reader.GetString(0), reader.GetString(1)), new LiveUnique(reader.GetFieldValue<string[]>(2), reader.TextOrNull(3), reader.GetBoolean(4))));
        }

        return new LiveCatalog(
            columns.ToLookup(c => c.Table, c => c.Column),
            uniques.ToLookup(u => u.Table, u => u.Unique));
    }
}

/// <param name="Type">Without length and precision.</param>
/// <param name="HasDefault">Or is made by the server.</param>
internal sealed record LiveColumn(string Name, string Type, bool IsNotNull, bool HasDefault);

/// <param name="Keys">Columns and expressions, as the server writes them.</param>
/// <param name="Where">Null for all rows.</param>
internal sealed record LiveUnique(IReadOnlyList<string> Keys, string? Where, bool NullsAreEqual);
