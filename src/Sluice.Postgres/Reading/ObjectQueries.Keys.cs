namespace Sluice.Postgres.Reading;

/// <summary>Constraints, indexes and statistics; those that the language says have no definition here.</summary>
internal static partial class ObjectQueries
{
    private static string Constraints(int version) => Relations + $"""
        SELECT 'pg_constraint'::regclass::oid, k.oid, 0::int8,
          CASE k.contype WHEN 'p' THEN 'PrimaryKey' WHEN 'u' THEN 'UniqueConstraint' WHEN 'f' THEN 'ForeignKey' WHEN 'c' THEN 'Check' ELSE 'Exclusion' END,
          r.nspname::text, r.relname::text, k.conname::text,
          CASE WHEN k.contype IN ('c', 'x') OR k.condeferrable OR r.relispartition
              OR k.contype IN ('p', 'u') AND (i.indnatts <> i.indnkeyatts {(version >= 15 ? "OR i.indnullsnotdistinct" : "")})
              OR k.contype = 'f' AND (NOT k.convalidated OR k.confmatchtype <> 's' {(version >= 15 ? "OR k.confdelsetcols IS NOT NULL" : "")}
                OR NOT EXISTS (SELECT FROM rel t WHERE t.oid = k.confrelid AND NOT t.relispartition))
            THEN pg_get_constraintdef(k.oid) END,
          NULL::oid, NULL::oid, NULL::int8
        FROM rel r JOIN pg_constraint k ON k.conrelid = r.oid LEFT JOIN pg_index i ON i.indexrelid = k.conindid
        WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conislocal AND k.conparentid = 0
        """;

    private static string Indexes(int version) => Relations + $"""
        SELECT 'pg_class'::regclass::oid, x.oid, 0::int8, 'Index', r.nspname::text, r.relname::text, x.relname::text,
          CASE WHEN r.relkind = 'm' OR r.relispartition OR i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR i.indnatts <> i.indnkeyatts
              {(version >= 15 ? "OR i.indnullsnotdistinct" : "")} OR x.reloptions IS NOT NULL
              OR m.amname NOT IN ('btree', 'hash', 'gin', 'gist', 'spgist', 'brin')
              OR m.amname = 'btree' AND EXISTS (SELECT FROM unnest(i.indoption::int2[]) o WHERE o NOT IN (0, 3))
              OR EXISTS (SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[]) k(num, coll) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
                 WHERE k.coll <> 0 AND k.coll <> a.attcollation)
              OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attoptions IS NOT NULL)
            THEN pg_get_indexdef(x.oid) END,
          NULL::oid, NULL::oid, NULL::int8
        FROM rel r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
        WHERE NOT x.relispartition AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))
        """;

    private const string IndexOptions = Relations + """
        SELECT 0::oid, x.oid, 0::int8, 'IndexOptions', r.nspname::text, r.relname::text, x.relname::text,
          (SELECT string_agg(format('%I = %L', option_name, option_value), E'\n' ORDER BY option_name) FROM pg_options_to_table(x.reloptions)),
          'pg_constraint'::regclass::oid, k.oid, 0::int8
        FROM rel r JOIN pg_constraint k ON k.conrelid = r.oid JOIN pg_class x ON x.oid = k.conindid
        WHERE k.contype IN ('p', 'u', 'x') AND x.reloptions IS NOT NULL
        """;

    private const string Clustering = Relations + """
        SELECT 0::oid, r.oid, 0::int8, 'Clustering', r.nspname::text, r.relname::text, '', quote_ident(x.relname), 'pg_class'::regclass::oid, x.oid, 0::int8
        FROM rel r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
        WHERE i.indisclustered
        """;

    private const string Statistics = """
        SELECT 'pg_statistic_ext'::regclass::oid, s.oid, 0::int8, 'Statistics', n.nspname::text, s.stxname::text, '', pg_get_statisticsobjdef(s.oid),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
        WHERE n.nspname = ANY ($1)
        """;
}
