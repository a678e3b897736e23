namespace Sluice.Postgres.Proving;

/// <summary>One query for the lines of a <see cref="Shape"/>.</summary>
internal static class ShapeQueries
{
    public const string All =
        """
        WITH spaces AS (
          SELECT oid, nspname, nspacl, nspowner FROM pg_namespace
          WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'sluice', 'sluice_archive')),
        owned AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
        relations AS (
          SELECT c.*, format('%I.%I', s.nspname, c.relname) AS name FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
          WHERE c.relname NOT IN ('_prisma_migrations', 'schema_migrations')
            AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_class'::regclass AND objid = c.oid)),
        types AS (
          SELECT t.*, format('%I.%I', s.nspname, t.typname) AS name FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
          WHERE NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_type'::regclass AND objid = t.oid)),
        functions AS (
          SELECT p.*, format('%I.%I(%s)', s.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
          FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
          WHERE NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_proc'::regclass AND objid = p.oid))
        SELECT format('schema %I', nspname) FROM spaces
        UNION ALL
        SELECT format('extension %I', e.extname) FROM pg_extension e
        UNION ALL
        SELECT format('%s %s%s%s%s%s%s',
          CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
            WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'composite type' END,
          name,
          CASE relpersistence WHEN 'u' THEN ' unlogged' ELSE '' END,
          CASE WHEN relrowsecurity THEN ' row security' ELSE '' END || CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END,
          CASE WHEN relreplident <> 'd' AND relkind IN ('r', 'p') THEN ' replica identity ' || relreplident::text ELSE '' END,
          ' ' || reloptions::text,
          CASE WHEN relkind = 'p' THEN ' ' || pg_get_partkeydef(oid) ELSE '' END || coalesce(' ' || pg_get_expr(relpartbound, oid), ''))
        FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
        UNION ALL
        SELECT format('column %s.%I %s%s%s%s%s', r.name, a.attname, format_type(a.atttypid, a.atttypmod),
          CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
          CASE WHEN a.attcollation <> t.typcollation THEN ' collate ' || a.attcollation::regcollation::text ELSE '' END,
          CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END,
          coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''))
        FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
          JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
        WHERE r.relkind IN ('r', 'p', 'f', 'c')
        UNION ALL
        SELECT format('constraint %I of %s %s%s', c.conname, coalesce(r.name, t.name), pg_get_constraintdef(c.oid), CASE WHEN c.convalidated THEN '' ELSE ' not valid' END)
        FROM pg_constraint c LEFT JOIN relations r ON r.oid = c.conrelid LEFT JOIN types t ON t.oid = c.contypid
        WHERE coalesce(r.name, t.name) IS NOT NULL AND c.contype NOT IN ('n', 't')
        UNION ALL
        SELECT format('index %s%s', pg_get_indexdef(i.indexrelid), CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END)
        FROM pg_index i JOIN relations r ON r.oid = i.indrelid
        UNION ALL
        SELECT format('sequence %s as %s start %s increment %s min %s max %s%s%s', r.name, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
          CASE WHEN s.seqcycle THEN ' cycle' ELSE '' END,
          (SELECT format(' owned by %s.%I', d.refobjid::regclass, a.attname) FROM pg_depend d
             JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
             WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
        FROM relations r JOIN pg_sequence s ON s.seqrelid = r.oid
        UNION ALL
        SELECT format('enum %s %s', t.name, (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_enum e WHERE e.enumtypid = t.oid))
        FROM types t WHERE t.typtype = 'e'
        UNION ALL
        SELECT format('domain %s %s%s%s', t.name, format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN ' not null' ELSE '' END, ' default ' || t.typdefault)
        FROM types t WHERE t.typtype = 'd'
        UNION ALL
        SELECT format('range %s', t.name) FROM types t WHERE t.typtype = 'r'
        UNION ALL
        SELECT format('function %s %s', f.name, CASE WHEN f.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(f.oid) END) FROM functions f
        UNION ALL
        SELECT format('view %s as %s', r.name, pg_get_viewdef(r.oid)) FROM relations r WHERE r.relkind IN ('v', 'm')
        UNION ALL
        SELECT format('trigger %s %s', pg_get_triggerdef(t.oid), t.tgenabled) FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
        UNION ALL
        SELECT format('rule %s', pg_get_ruledef(w.oid)) FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
        UNION ALL
        SELECT format('policy %I on %s %s %s to %s using %s check %s', p.polname, r.name, p.polpermissive, p.polcmd,
          (SELECT array_agg(CASE role WHEN 0 THEN 'public' ELSE role::regrole::text END ORDER BY role)::text FROM unnest(p.polroles) role),
          pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
        UNION ALL
        SELECT format('statistics %s', pg_get_statisticsobjdef(x.oid)) FROM pg_statistic_ext x JOIN relations r ON r.oid = x.stxrelid
        UNION ALL
        SELECT format('event trigger %I on %s', evtname, evtevent) FROM pg_event_trigger
        UNION ALL
        SELECT format('grant %s on %s to %s', a.privilege_type, r.name, CASE a.grantee WHEN 0 THEN 'public' ELSE a.grantee::regrole::text END)
        FROM relations r CROSS JOIN LATERAL aclexplode(coalesce(r.relacl, acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner))) a
        WHERE r.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND a.grantee <> r.relowner
        UNION ALL
        SELECT format('grant %s on %s to %s', a.privilege_type, f.name, CASE a.grantee WHEN 0 THEN 'public' ELSE a.grantee::regrole::text END)
        FROM functions f CROSS JOIN LATERAL aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
        WHERE a.grantee <> f.proowner
        UNION ALL
        SELECT format('grant %s on schema %I to %s', a.privilege_type, s.nspname, CASE a.grantee WHEN 0 THEN 'public' ELSE a.grantee::regrole::text END)
        FROM spaces s CROSS JOIN LATERAL aclexplode(coalesce(s.nspacl, acldefault('n', s.nspowner))) a
        WHERE a.grantee <> s.nspowner
        UNION ALL
        SELECT format('comment on %s %s: %s', o.type, o.identity, d.description)
        FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
        WHERE d.objoid >= 16384 AND NOT EXISTS (SELECT FROM owned WHERE classid = d.classoid AND objid = d.objoid)
        """;
}
