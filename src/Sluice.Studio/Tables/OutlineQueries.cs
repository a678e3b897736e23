namespace Sluice.Studio.Tables;

/// <summary>One query a result that <see cref="Outline"/> reads, in its order.</summary>
internal static class OutlineQueries
{
    private const string Readable =
        """
        c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
          AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'
          AND ($1::text IS NULL OR (n.nspname = $1 AND c.relname = $2))
          AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
        """;

    // A key: every column required and readable, no condition, no expression. The primary one first, then the shortest. Rows of tables that
    // inherit are among their parent's, and nothing tells those apart.
    private const string Tables =
        $"""
        SELECT c.oid, n.nspname::text, c.relname::text,
               CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END,
               CASE WHEN c.relkind = 'p'
                 THEN (SELECT coalesce(sum(greatest(l.reltuples, 0)), 0)::bigint FROM pg_catalog.pg_partition_tree(c.oid) p JOIN pg_catalog.pg_class l ON l.oid = p.relid WHERE p.isleaf)
                 ELSE c.reltuples::bigint END,
               pg_catalog.obj_description(c.oid, 'pg_class'),
               coalesce((
                 SELECT (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts)
                 FROM pg_catalog.pg_index i
                 WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[]) AND (NOT a.attnotnull OR NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')))
                   AND NOT x.is_parent
                 ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1), ARRAY[]::text[]),
               c.relkind IN ('r', 'm') AND x.is_readable AND NOT x.is_parent, c.relkind IN ('r', 'p', 'm'), c.relkind IN ('r', 'p') AND x.is_readable,
               c.relkind IN ('r', 'p') AND x.is_readable AND NOT x.is_parent
                 AND (pg_catalog.has_any_column_privilege(c.oid, 'INSERT, UPDATE') OR pg_catalog.has_table_privilege(c.oid, 'DELETE'))
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
          LATERAL (SELECT c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid) AS is_parent, pg_catalog.has_table_privilege(c.oid, 'SELECT') AS is_readable) x
        WHERE {Readable}
        ORDER BY n.nspname <> ALL (pg_catalog.current_schemas(false)), n.nspname = 'sluice', n.nspname, c.relname
        """;

    private const string Columns =
        $"""
        SELECT c.oid, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
               CASE WHEN b.oid IN ('json'::regtype, 'jsonb'::regtype) THEN 'json' WHEN b.typcategory = 'A' THEN 'array' WHEN b.typcategory = 'E' THEN 'enum'
                    WHEN b.typcategory = 'B' THEN 'boolean' WHEN b.typcategory = 'N' THEN 'number' WHEN b.typcategory IN ('D', 'T') THEN 'time'
                    WHEN b.oid = 'bytea'::regtype THEN 'bytes' WHEN b.typcategory = 'S' THEN 'text' ELSE 'other' END,
               a.attnotnull, pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> '' OR a.attidentity = 'a',
               b.typtype IN ('e', 'r', 'm') OR EXISTS (
                 SELECT FROM pg_catalog.pg_opclass o
                 WHERE o.opcmethod = 403 AND o.opcdefault AND o.opcintype IN (b.oid, CASE b.oid WHEN 'varchar'::regtype THEN 'text'::regtype WHEN 'cidr'::regtype THEN 'inet'::regtype END, CASE WHEN b.typcategory = 'A' AND b.typelem <> 0 THEN
                   (SELECT 'anyarray'::regtype::oid WHERE EXISTS (SELECT FROM pg_catalog.pg_opclass e JOIN pg_catalog.pg_type t ON t.oid = b.typelem WHERE e.opcmethod = 403 AND e.opcdefault AND (e.opcintype = t.oid OR t.oid = 'varchar'::regtype OR t.typtype = 'e'))) END)),
               coalesce((SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = b.oid), ARRAY[]::text[]),
               a.attlen = -1, pg_catalog.col_description(c.oid, a.attnum)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE {Readable} AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
        ORDER BY c.oid, a.attnum
        """;

    private const string Relations =
        """
        SELECT k.conrelid, k.confrelid, k.conname::text, fn.nspname::text, f.relname::text,
               (SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY u(attnum, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum),
               tn.nspname::text, t.relname::text,
               (SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest(k.confkey) WITH ORDINALITY u(attnum, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum)
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class f ON f.oid = k.conrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
        JOIN pg_catalog.pg_class t ON t.oid = k.confrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
        WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT f.relispartition AND ($1::text IS NULL OR (fn.nspname = $1 AND f.relname = $2) OR (tn.nspname = $1 AND t.relname = $2))
        ORDER BY fn.nspname, f.relname, k.conname
        """;

    /// <summary>Of one table, where its schema and name are given.</summary>
    public static readonly string[] All = [Tables, Columns, Relations];
}
