namespace Sluice.Postgres.Reading;

internal static partial class ObjectQueries
{
    // What a range type brings along is the type's.
    private const string Routines = """
        SELECT 'pg_proc'::regclass::oid, p.oid, 0::int8, CASE p.prokind WHEN 'p' THEN 'Procedure' ELSE 'Function' END,
          n.nspname::text, p.proname::text, oidvectortypes(p.proargtypes), rtrim(pg_get_functiondef(p.oid), E'\n'),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = ANY ($1) AND p.prokind <> 'a'
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype IN ('i', 'e'))
        """;

    private const string Aggregates = """
        SELECT 'pg_proc'::regclass::oid, p.oid, 0::int8, 'Aggregate', n.nspname::text, p.proname::text, oidvectortypes(p.proargtypes),
          format(E'CREATE AGGREGATE %I.%I(%s) (\n    %s\n)', n.nspname, p.proname, coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*'), concat_ws(E',\n    ',
            'SFUNC = ' || a.aggtransfn::regproc,
            'STYPE = ' || format_type(a.aggtranstype, NULL),
            'SSPACE = ' || nullif(a.aggtransspace, 0),
            'FINALFUNC = ' || nullif(a.aggfinalfn::oid, 0)::regproc,
            CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
            CASE WHEN a.aggfinalfn <> 0 THEN 'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
            'COMBINEFUNC = ' || nullif(a.aggcombinefn::oid, 0)::regproc,
            'SERIALFUNC = ' || nullif(a.aggserialfn::oid, 0)::regproc,
            'DESERIALFUNC = ' || nullif(a.aggdeserialfn::oid, 0)::regproc,
            'INITCOND = ' || quote_literal(a.agginitval),
            'MSFUNC = ' || nullif(a.aggmtransfn::oid, 0)::regproc,
            'MINVFUNC = ' || nullif(a.aggminvtransfn::oid, 0)::regproc,
            CASE WHEN a.aggmtranstype <> 0 THEN 'MSTYPE = ' || format_type(a.aggmtranstype, NULL) END,
            'MSSPACE = ' || nullif(a.aggmtransspace, 0),
            'MFINALFUNC = ' || nullif(a.aggmfinalfn::oid, 0)::regproc,
            CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
            CASE WHEN a.aggmfinalfn <> 0 THEN 'MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
            'MINITCOND = ' || quote_literal(a.aggminitval),
            (SELECT format('SORTOP = OPERATOR(%I.%s)', s.nspname, o.oprname) FROM pg_operator o JOIN pg_namespace s ON s.oid = o.oprnamespace WHERE o.oid = a.aggsortop),
            CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END,
            CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END)),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
        WHERE n.nspname = ANY ($1)
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype IN ('i', 'e'))
        """;

    private const string Operators = """
        SELECT 'pg_operator'::regclass::oid, o.oid, 0::int8, 'Operator', n.nspname::text, o.oprname::text,
          format('%s, %s', CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END, format_type(o.oprright, NULL)),
          format('(%s)', concat_ws(', ',
            'FUNCTION = ' || o.oprcode::regproc,
            CASE WHEN o.oprleft <> 0 THEN 'LEFTARG = ' || format_type(o.oprleft, NULL) END,
            'RIGHTARG = ' || format_type(o.oprright, NULL),
            (SELECT format('COMMUTATOR = OPERATOR(%I.%s)', s.nspname, c.oprname) FROM pg_operator c JOIN pg_namespace s ON s.oid = c.oprnamespace WHERE c.oid = o.oprcom),
            (SELECT format('NEGATOR = OPERATOR(%I.%s)', s.nspname, c.oprname) FROM pg_operator c JOIN pg_namespace s ON s.oid = c.oprnamespace WHERE c.oid = o.oprnegate),
            'RESTRICT = ' || nullif(o.oprrest::oid, 0)::regproc,
            'JOIN = ' || nullif(o.oprjoin::oid, 0)::regproc,
            CASE WHEN o.oprcanhash THEN 'HASHES' END,
            CASE WHEN o.oprcanmerge THEN 'MERGES' END)),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE n.nspname = ANY ($1) AND o.oprcode <> 0
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_operator'::regclass AND x.objid = o.oid AND x.deptype = 'e')
        """;

    // A cast lives in no schema: it is ours where its function or one of its types is.
    private const string Casts = """
        SELECT 'pg_cast'::regclass::oid, k.oid, 0::int8, 'Cast', '', format('(%s AS %s)', format_type(k.castsource, NULL), format_type(k.casttarget, NULL)), '',
          concat(CASE k.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || k.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
            CASE k.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_cast k
        WHERE k.oid >= 16384
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_cast'::regclass AND x.objid = k.oid AND x.deptype IN ('i', 'e'))
          AND (EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = k.castfunc AND n.nspname = ANY ($1))
            OR EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid IN (k.castsource, k.casttarget) AND n.nspname = ANY ($1)))
        """;

    private const string EventTriggers = """
        SELECT CASE k.kind WHEN 'EventTrigger' THEN 'pg_event_trigger'::regclass::oid ELSE 0 END, e.oid, 0::int8, k.kind, '', e.evtname::text, '', k.definition,
          CASE k.kind WHEN 'EventTriggerState' THEN 'pg_event_trigger'::regclass::oid END, e.oid, 0::int8
        FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid JOIN pg_namespace n ON n.oid = p.pronamespace
        CROSS JOIN LATERAL (VALUES
          ('EventTrigger', format('ON %s%s EXECUTE FUNCTION %I.%I()', e.evtevent,
            (SELECT format(E' WHEN TAG IN (%s)', string_agg(quote_literal(tag), ', ' ORDER BY tag)) FROM unnest(e.evttags) tag HAVING count(*) > 0), n.nspname, p.proname)),
          ('EventTriggerState', CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END)) k(kind, definition)
        WHERE n.nspname = ANY ($1) AND k.definition IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_event_trigger'::regclass AND x.objid = e.oid AND x.deptype = 'e')
        """;

    // A line for what is published, a line for how.
    private static string Publications(int version) => $"""
        SELECT 'pg_publication'::regclass::oid, p.oid, 0::int8, 'Publication', '', p.pubname::text, '',
          concat(
            CASE WHEN p.puballtables THEN 'FOR ALL TABLES' ELSE (
              SELECT 'FOR ' || string_agg(item, ', ' ORDER BY item) FROM (
                SELECT format('TABLE %s%s%s', r.prrelid::regclass, {(version >= 15 ? """
                  (SELECT format(' (%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)) FROM unnest(r.prattrs::int2[]) k JOIN pg_attribute a ON a.attrelid = r.prrelid AND a.attnum = k HAVING count(*) > 0),
                  ' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')'
                  """ : "'', ''")}) AS item
                FROM pg_publication_rel r WHERE r.prpubid = p.oid
                {(version >= 15 ? "UNION ALL SELECT format('TABLES IN SCHEMA %I', n.nspname) FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid" : "")}) items) END,
            E'\nWITH (publish = ' || quote_literal(concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
              CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)) || ', publish_via_partition_root = ' || p.pubviaroot || ')'),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_publication p
        WHERE NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_publication'::regclass AND x.objid = p.oid AND x.deptype = 'e')
        """;
}
