using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Verifying;

/// <summary>Where a server keeps who owns a thing and which transaction wrote it last. Transactions are told apart by their age.</summary>
internal static class TraceQueries
{
    // $1 schemas, $2 names, $3 parts. The row that is most the thing's own comes first, of several the one written last.
    public const string Hits = """
        WITH wanted AS (
          SELECT * FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[])) WITH ORDINALITY AS w(schema, name, part, n)),
        relation AS (
          SELECT w.n, w.part, c.oid, c.relowner AS owner, c.xmin
          FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = w.name),
        hit AS (
          SELECT r.n, 1 AS place, r.owner, a.xmin FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attname = r.part AND a.attnum > 0
          UNION ALL SELECT r.n, 1, r.owner, k.xmin FROM relation r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid AND k.conname = r.part
          UNION ALL SELECT r.n, 2, r.owner, x.xmin FROM relation r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid AND x.relname = r.part
          UNION ALL SELECT r.n, 1, r.owner, t.xmin FROM relation r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid AND t.tgname = r.part
          UNION ALL SELECT r.n, 1, r.owner, p.xmin FROM relation r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid AND p.polname = r.part
          UNION ALL SELECT r.n, 1, r.owner, u.xmin FROM relation r JOIN pg_catalog.pg_rewrite u ON u.ev_class = r.oid AND u.rulename = r.part
          UNION ALL SELECT r.n, 1, r.owner, d.xmin FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attname = r.part
            JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
          UNION ALL SELECT n, 3, owner, xmin FROM relation
          UNION ALL SELECT r.n, 3, r.owner, u.xmin FROM relation r JOIN pg_catalog.pg_rewrite u ON u.ev_class = r.oid AND u.rulename = '_RETURN'
          UNION ALL SELECT r.n, 3, r.owner, q.xmin FROM relation r JOIN pg_catalog.pg_sequence q ON q.seqrelid = r.oid
          UNION ALL SELECT w.n, 2, p.proowner, p.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema
            JOIN pg_catalog.pg_proc p ON p.pronamespace = s.oid AND p.proname = w.name AND pg_catalog.pg_get_function_identity_arguments(p.oid) = w.part
          UNION ALL SELECT w.n, 4, p.proowner, p.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema JOIN pg_catalog.pg_proc p ON p.pronamespace = s.oid AND p.proname = w.name
          UNION ALL SELECT w.n, 5, t.typowner, t.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema JOIN pg_catalog.pg_type t ON t.typnamespace = s.oid AND t.typname = w.name
          UNION ALL SELECT w.n, 5, t.typowner, v.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema JOIN pg_catalog.pg_type t ON t.typnamespace = s.oid AND t.typname = w.name
            JOIN pg_catalog.pg_enum v ON v.enumtypid = t.oid
          UNION ALL SELECT w.n, 1, t.typowner, k.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema JOIN pg_catalog.pg_type t ON t.typnamespace = s.oid AND t.typname = w.name
            JOIN pg_catalog.pg_constraint k ON k.contypid = t.oid AND k.conname = w.part
          UNION ALL SELECT w.n, 5, x.stxowner, x.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema JOIN pg_catalog.pg_statistic_ext x ON x.stxnamespace = s.oid AND x.stxname = w.name
          UNION ALL SELECT w.n, 5, o.collowner, o.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema JOIN pg_catalog.pg_collation o ON o.collnamespace = s.oid AND o.collname = w.name
          UNION ALL SELECT w.n, 5, o.oprowner, o.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.schema JOIN pg_catalog.pg_operator o ON o.oprnamespace = s.oid AND o.oprname = w.name
          UNION ALL SELECT w.n, 6, s.nspowner, s.xmin FROM wanted w JOIN pg_catalog.pg_namespace s ON s.nspname = w.name AND w.schema IN ('', w.name)
          UNION ALL SELECT w.n, 6, e.extowner, e.xmin FROM wanted w JOIN pg_catalog.pg_extension e ON e.extname = w.name AND w.schema = ''
          UNION ALL SELECT w.n, 6, p.pubowner, p.xmin FROM wanted w JOIN pg_catalog.pg_publication p ON p.pubname = w.name AND w.schema = ''
          UNION ALL SELECT w.n, 6, e.evtowner, e.xmin FROM wanted w JOIN pg_catalog.pg_event_trigger e ON e.evtname = w.name AND w.schema = '')
        SELECT DISTINCT ON (n) n, pg_catalog.pg_get_userbyid(owner)::text, pg_catalog.age(xmin)::int8,
          CASE WHEN pg_catalog.current_setting('track_commit_timestamp') = 'on' AND pg_catalog.age(xmin) < 2147483647 THEN pg_catalog.pg_xact_commit_timestamp(xmin) END
        FROM hit ORDER BY n, place, pg_catalog.age(xmin)
        """;

    public const string Runs = """
        SELECT command, finished, actor || '@' || host, pg_catalog.age(xmin)::int8 FROM sluice.runs WHERE finished IS NOT NULL
        """;

    /// <summary>Each history table with what tells of its rows.</summary>
    public static IEnumerable<(string Table, string Query)> Histories(string schema)
    {
        var (folders, versions) = ($"{ServerConnection.Quote(schema)}._prisma_migrations", $"{ServerConnection.Quote(schema)}.schema_migrations");
        return
        [
            (folders, $"SELECT 'migration ' || migration_name::text, finished_at, NULL, pg_catalog.age(xmin)::int8 FROM {folders} WHERE finished_at IS NOT NULL"),
            (versions, $"SELECT 'migration ' || version::text, applied_at, NULL, pg_catalog.age(xmin)::int8 FROM {versions}"),
        ];
    }

    /// <summary>There, ours, and for this user to read.</summary>
    public static async Task<bool> IsReadableAsync(NpgsqlConnection connection, string table, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_catalog.has_table_privilege(t, 'SELECT') AND EXISTS (
              SELECT FROM pg_catalog.pg_attribute WHERE attrelid = t::oid AND attname IN ('finished_at', 'execution_time_ms'))
            FROM pg_catalog.to_regclass($1) t
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
