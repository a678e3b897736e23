namespace Sluice.Postgres.Backup;

internal sealed partial record ObjectList
{
    // Kind, name, definition. What an extension made comes back with the extension. Invalid indexes are not dumped.
    private const string Query =
        """
        WITH member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
        space AS (
          SELECT n.oid, n.nspname FROM pg_namespace n
          WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = n.oid)),
        rel AS (
          SELECT c.*, format('%I.%I', s.nspname, c.relname) AS name FROM pg_class c JOIN space s ON s.oid = c.relnamespace
          WHERE c.relpersistence <> 't'
            AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)),
        fn AS (
          SELECT p.*, p.oid::regprocedure::text AS name FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
          WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)),
        typ AS (
          SELECT t.*, format('%I.%I', s.nspname, t.typname) AS name FROM pg_type t JOIN space s ON s.oid = t.typnamespace
          WHERE t.typtype IN ('e', 'd', 'r')
            AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid))
        SELECT 'schema', quote_ident(nspname), '' FROM space
        UNION ALL
        SELECT 'extension', extname, '' FROM pg_extension
        UNION ALL
        SELECT 'relation', name, concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, reloptions::text,
            pg_get_expr(relpartbound, oid), CASE WHEN relkind = 'p' THEN pg_get_partkeydef(oid) END,
            CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END,
            (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = rel.oid))
        FROM rel WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
        UNION ALL
        SELECT 'column', name || '.' || quote_ident(a.attname), concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
            a.attgenerated, nullif(a.attcollation, 0)::regcollation::text, pg_get_expr(d.adbin, d.adrelid))
        FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
        UNION ALL
        SELECT 'sequence', name, concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
        FROM rel JOIN pg_sequence s ON s.seqrelid = rel.oid
        UNION ALL
        SELECT CASE c.contype WHEN 'f' THEN 'foreign key' ELSE 'constraint' END, coalesce(rel.name, typ.name) || '.' || quote_ident(c.conname),
            concat(pg_get_constraintdef(c.oid), c.convalidated)
        FROM pg_constraint c LEFT JOIN rel ON rel.oid = c.conrelid LEFT JOIN typ ON typ.oid = c.contypid
        WHERE coalesce(rel.name, typ.name) IS NOT NULL AND c.contype <> 'n'
        UNION ALL
        SELECT 'index', rel.name, concat(pg_get_indexdef(i.indexrelid), i.indisreplident, i.indisclustered)
        FROM rel JOIN pg_index i ON i.indexrelid = rel.oid
        WHERE i.indisvalid
        UNION ALL
        SELECT 'rule', rel.name || '.' || quote_ident(r.rulename), concat(pg_get_ruledef(r.oid), r.ev_enabled)
        FROM pg_rewrite r JOIN rel ON rel.oid = r.ev_class WHERE r.rulename <> '_RETURN'
        UNION ALL
        SELECT 'trigger', rel.name || '.' || quote_ident(t.tgname), concat(pg_get_triggerdef(t.oid), t.tgenabled)
        FROM pg_trigger t JOIN rel ON rel.oid = t.tgrelid WHERE NOT t.tgisinternal
        UNION ALL
        SELECT 'policy', rel.name || '.' || quote_ident(p.polname), concat_ws(' ', p.polcmd, p.polpermissive,
            (SELECT string_agg(CASE o WHEN 0 THEN 'public' ELSE o::regrole::text END, ',' ORDER BY o::regrole::text) FROM unnest(p.polroles) o),
            pg_get_expr(p.polqual, p.polrelid), '/', pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN rel ON rel.oid = p.polrelid
        UNION ALL
        SELECT 'function', name, CASE prokind
            WHEN 'a' THEN (SELECT concat_ws(' ', a.aggtransfn, a.aggfinalfn, format_type(a.aggtranstype, NULL), a.agginitval) FROM pg_aggregate a WHERE a.aggfnoid = fn.oid)
            ELSE pg_get_functiondef(oid) END
        FROM fn
        UNION ALL
        SELECT 'type', name, concat_ws(' ', typtype,
            (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = typ.oid),
            CASE WHEN typtype = 'd' THEN concat_ws(' ', format_type(typbasetype, typtypmod), typnotnull, typdefault) END,
            (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = typ.oid))
        FROM typ
        UNION ALL
        SELECT 'statistics', format('%I.%I', s.nspname, x.stxname), pg_get_statisticsobjdef(x.oid)
        FROM pg_statistic_ext x JOIN space s ON s.oid = x.stxnamespace
        UNION ALL
        SELECT 'comment', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
        FROM pg_description d
        WHERE d.objoid >= 16384 AND d.classoid NOT IN ('pg_extension'::regclass, 'pg_event_trigger'::regclass)
          AND NOT EXISTS (SELECT FROM member m WHERE m.classid = d.classoid AND m.objid = d.objoid)
          AND NOT (d.classoid = 'pg_class'::regclass AND NOT EXISTS (SELECT FROM rel WHERE rel.oid = d.objoid))
        """;
}
