namespace Sluice.Postgres.Reading;

/// <summary>
/// Facets of tables and columns, each a switch that PostgreSQL has and the language has not. Options come a line each; where
/// only the server knows what an object goes back to without the facet, that is the second line.
/// </summary>
internal static partial class ObjectQueries
{
    private const string TableFacets = Relations + """
        SELECT 0::oid, r.oid, 0::int8, f.kind, r.nspname::text, r.relname::text, '', f.definition, 'pg_class'::regclass::oid, r.oid, 0::int8
        FROM rel r
        CROSS JOIN LATERAL (VALUES
          ('Unlogged', CASE WHEN r.relpersistence = 'u' THEN 'UNLOGGED' END),
          ('TableOptions', CASE WHEN r.reloptions IS NOT NULL THEN (
            SELECT string_agg(format('%I = %L', option_name, option_value), E'\n' ORDER BY option_name) FROM pg_options_to_table(r.reloptions)) END),
          ('RowSecurity', CASE WHEN r.relrowsecurity THEN 'ENABLE' END),
          ('ForcedRowSecurity', CASE WHEN r.relforcerowsecurity THEN 'FORCE' END),
          ('ReplicaIdentity', CASE r.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' WHEN 'i' THEN (
            SELECT format('USING INDEX %I', x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = r.oid AND i.indisreplident) END),
          ('PartitionKey', CASE WHEN r.relkind = 'p' AND NOT r.relispartition THEN pg_get_partkeydef(r.oid) END)) f(kind, definition)
        WHERE r.relkind IN ('r', 'p')
          AND (r.relpersistence = 'u' OR r.reloptions IS NOT NULL OR r.relrowsecurity OR r.relforcerowsecurity OR r.relreplident <> 'd' OR r.relkind = 'p')
          AND f.definition IS NOT NULL
        """;

    private const string Partitions = Relations + """
        SELECT 'pg_class'::regclass::oid, r.oid, 0::int8, 'Partition', r.nspname::text, r.relname::text, '',
          concat(format(E'PARTITION OF %s\n%s', i.inhparent::regclass, pg_get_expr(r.relpartbound, r.oid)), E'\nPARTITION BY ' || CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END),
          NULL::oid, NULL::oid, NULL::int8
        FROM rel r JOIN pg_inherits i ON i.inhrelid = r.oid
        WHERE r.relispartition
        """;

    private const string Inheritance = Relations + """
        SELECT 'pg_inherits'::regclass::oid, r.oid, i.inhparent::int8, 'Inheritance', r.nspname::text, r.relname::text, i.inhparent::regclass::text, '',
          'pg_class'::regclass::oid, r.oid, 0::int8
        FROM rel r JOIN pg_inherits i ON i.inhrelid = r.oid
        WHERE NOT r.relispartition
        """;

    private static string ColumnFacets(int version) => Relations + $"""
        SELECT 0::oid, r.oid, a.attnum::int8, f.kind, r.nspname::text, r.relname::text, a.attname::text, f.definition, 'pg_class'::regclass::oid, r.oid, a.attnum::int8
        FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        CROSS JOIN LATERAL (VALUES
          ('GeneratedColumn', CASE WHEN a.attgenerated <> '' THEN (
            SELECT format('GENERATED ALWAYS AS (%s) %s', pg_get_expr(d.adbin, d.adrelid), CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
            FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END),
          ('DomainColumn', CASE WHEN t.typtype = 'd' THEN format(E'%s\n%s', format_type(a.atttypid, a.atttypmod), format_type(t.typbasetype, t.typtypmod)) END),
          ('ColumnCollation', CASE WHEN a.attcollation <> t.typcollation THEN format(E'%s\n%s', a.attcollation::regcollation, format_type(a.atttypid, a.atttypmod)) END),
          ('ColumnStorage', CASE WHEN a.attstorage <> t.typstorage THEN format(E'%s\n%s',
            CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END,
            CASE t.typstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) END),
          ('ColumnCompression', {(version >= 14 ? "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END" : "NULL")}),
          ('ColumnStatistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END),
          ('ColumnOptions', CASE WHEN a.attoptions IS NOT NULL THEN (
            SELECT string_agg(format('%I = %L', option_name, option_value), E'\n' ORDER BY option_name) FROM pg_options_to_table(a.attoptions)) END),
          ('Identity', CASE WHEN a.attidentity <> '' THEN concat_ws(E'\n', format('GENERATED %s AS IDENTITY', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END), (
            SELECT nullif({SequenceLines}, '') FROM pg_sequence q JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = q.seqrelid
            WHERE o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype = 'i')) END)) f(kind, definition)
        WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition
          AND (a.attgenerated <> '' OR t.typtype = 'd' OR a.attcollation <> t.typcollation OR a.attstorage <> t.typstorage OR a.attidentity <> ''
            OR a.attstattarget >= 0 OR a.attoptions IS NOT NULL {(version >= 14 ? "OR a.attcompression <> ''" : "")})
          AND f.definition IS NOT NULL
        """;

    private const string Rules = Relations + """
        SELECT CASE f.kind WHEN 'Rule' THEN 'pg_rewrite'::regclass::oid ELSE 0 END, w.oid, 0::int8, f.kind, r.nspname::text, r.relname::text, w.rulename::text, f.definition,
          CASE f.kind WHEN 'RuleState' THEN 'pg_rewrite'::regclass::oid END, w.oid, 0::int8
        FROM rel r JOIN pg_rewrite w ON w.ev_class = r.oid
        CROSS JOIN LATERAL (VALUES
          ('Rule', rtrim(pg_get_ruledef(w.oid), ';')),
          ('RuleState', CASE w.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END)) f(kind, definition)
        WHERE w.rulename <> '_RETURN' AND f.definition IS NOT NULL
        """;

    // Those that a partition has from its parent are the parent's.
    private const string Triggers = Relations + """
        SELECT CASE f.kind WHEN 'Trigger' THEN 'pg_trigger'::regclass::oid ELSE 0 END, t.oid, 0::int8, f.kind, r.nspname::text, r.relname::text, t.tgname::text, f.definition,
          CASE f.kind WHEN 'TriggerState' THEN 'pg_trigger'::regclass::oid END, t.oid, 0::int8
        FROM rel r JOIN pg_trigger t ON t.tgrelid = r.oid
        CROSS JOIN LATERAL (VALUES
          ('Trigger', pg_get_triggerdef(t.oid)),
          ('TriggerState', CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END)) f(kind, definition)
        WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND f.definition IS NOT NULL
        """;

    private const string Policies = Relations + """
        SELECT 'pg_policy'::regclass::oid, p.oid, 0::int8, 'Policy', r.nspname::text, r.relname::text, p.polname::text,
          concat('AS ', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, ' FOR ',
            CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END, ' TO ',
            (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY role::regrole::text) FROM unnest(p.polroles) role),
            ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
          NULL::oid, NULL::oid, NULL::int8
        FROM rel r JOIN pg_policy p ON p.polrelid = r.oid
        """;

    private const string Views = Relations + """
        SELECT 'pg_class'::regclass::oid, r.oid, 0::int8, CASE r.relkind WHEN 'v' THEN 'View' ELSE 'MaterializedView' END, r.nspname::text, r.relname::text, '',
          concat(CASE WHEN r.reloptions IS NOT NULL THEN (
              SELECT format(E'WITH (%s)\n', string_agg(format('%I = %L', option_name, option_value), ', ' ORDER BY option_name)) FROM pg_options_to_table(r.reloptions)) END,
            E'AS\n', rtrim(pg_get_viewdef(r.oid), ';')),
          NULL::oid, NULL::oid, NULL::int8
        FROM rel r WHERE r.relkind IN ('v', 'm')
        """;
}
