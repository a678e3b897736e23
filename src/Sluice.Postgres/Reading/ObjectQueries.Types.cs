namespace Sluice.Postgres.Reading;

internal static partial class ObjectQueries
{
    private const string Collations = """
        SELECT 'pg_collation'::regclass::oid, c.oid, 0::int8, 'Collation', n.nspname::text, c.collname::text, '',
          format('(%s)', concat_ws(', ',
            'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
            CASE WHEN coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale') IS NOT NULL
              THEN 'LOCALE = ' || quote_literal(coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')) END,
            'LC_COLLATE = ' || quote_literal(c.collcollate), 'LC_CTYPE = ' || quote_literal(c.collctype),
            CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END)),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE n.nspname = ANY ($1) AND c.oid >= 16384
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_collation'::regclass AND x.objid = c.oid AND x.deptype = 'e')
        """;

    // One attribute a line.
    private const string Composites = """
        SELECT 'pg_type'::regclass::oid, t.oid, 0::int8, 'CompositeType', n.nspname::text, t.typname::text, '',
          (SELECT coalesce(string_agg(format('"%s" %s%s', replace(a.attname, '"', '""'), format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attcollation <> e.typcollation THEN format(' COLLATE %s', a.attcollation::regcollation) ELSE '' END), E'\n' ORDER BY a.attnum), '')
           FROM pg_attribute a JOIN pg_type e ON e.oid = a.atttypid WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid
        WHERE n.nspname = ANY ($1) AND c.relkind = 'c'
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')
        """;

    // The type, then a line each for what can be altered.
    private const string Domains = """
        SELECT 'pg_type'::regclass::oid, t.oid, 0::int8, 'Domain', n.nspname::text, t.typname::text, '',
          concat('AS ', format_type(t.typbasetype, t.typtypmod),
            CASE WHEN t.typcollation <> b.typcollation THEN format(' COLLATE %s', t.typcollation::regcollation) END,
            CASE WHEN t.typnotnull THEN E'\nNOT NULL' END,
            E'\nDEFAULT ' || pg_get_expr(t.typdefaultbin, 0)),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
        WHERE n.nspname = ANY ($1) AND t.typtype = 'd'
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')
        """;

    private const string DomainChecks = """
        SELECT 'pg_constraint'::regclass::oid, k.oid, 0::int8, 'DomainCheck', n.nspname::text, t.typname::text, k.conname::text, pg_get_constraintdef(k.oid),
          'pg_type'::regclass::oid, t.oid, 0::int8
        FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname = ANY ($1) AND k.contype = 'c'
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')
        """;

    private const string Ranges = """
        SELECT 'pg_type'::regclass::oid, t.oid, 0::int8, 'RangeType', n.nspname::text, t.typname::text, '',
          format('AS RANGE (%s)', concat_ws(', ',
            'SUBTYPE = ' || format_type(r.rngsubtype, NULL),
            CASE WHEN NOT o.opcdefault THEN format('SUBTYPE_OPCLASS = %I.%I', s.nspname, o.opcname) END,
            CASE WHEN r.rngcollation <> b.typcollation THEN format('COLLATION = %s', r.rngcollation::regcollation) END,
            'SUBTYPE_DIFF = ' || nullif(r.rngsubdiff::oid, 0)::regproc,
            'MULTIRANGE_TYPE_NAME = ' || (to_jsonb(r) ->> 'rngmultitypid')::oid::regtype)),
          NULL::oid, NULL::oid, NULL::int8
        FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace
        JOIN pg_opclass o ON o.oid = r.rngsubopc JOIN pg_namespace s ON s.oid = o.opcnamespace JOIN pg_type b ON b.oid = r.rngsubtype
        WHERE n.nspname = ANY ($1)
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')
        """;

    // A line for each option that is not the usual one.
    private const string SequenceLines = """
        concat_ws(E'\n', 'INCREMENT BY ' || nullif(q.seqincrement, 1), 'MINVALUE ' || nullif(q.seqmin, 1),
            'MAXVALUE ' || nullif(q.seqmax, CASE q.seqtypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END),
            'START WITH ' || nullif(q.seqstart, 1), 'CACHE ' || nullif(q.seqcache, 1), CASE WHEN q.seqcycle THEN 'CYCLE' END)
        """;

    // SERIAL's are the language's, and those of identity columns are the column's.
    private const string SequenceRows = """
        WITH seq AS (
          SELECT c.oid, n.nspname, c.relname, o.refobjid AS owner, o.refobjsubid AS ownernum,
            o.refobjid IS NOT NULL AND EXISTS (
              SELECT FROM pg_attrdef d JOIN pg_depend u ON u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid
              WHERE d.adrelid = o.refobjid AND d.adnum = o.refobjsubid AND u.refclassid = 'pg_class'::regclass AND u.refobjid = c.oid) AS serial
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.refclassid = 'pg_class'::regclass AND o.deptype = 'a'
          WHERE n.nspname = ANY ($1) AND c.relkind = 'S' AND c.relpersistence <> 't'
            AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype IN ('i', 'e')))

        """;

    private const string Sequences = SequenceRows + $"""
        SELECT 'pg_class'::regclass::oid, s.oid, 0::int8, 'Sequence', s.nspname::text, s.relname::text, '',
          CASE WHEN NOT s.serial THEN concat_ws(E'\n', 'AS ' || format_type(q.seqtypid, NULL), nullif({SequenceLines}, '')) END,
          NULL::oid, NULL::oid, NULL::int8
        FROM seq s JOIN pg_sequence q ON q.seqrelid = s.oid
        """;

    private const string SequenceOptions = SequenceRows + $"""
        SELECT 0::oid, s.oid, 0::int8, 'SequenceOptions', s.nspname::text, s.relname::text, '', {SequenceLines},
          'pg_class'::regclass::oid, s.oid, 0::int8
        FROM seq s JOIN pg_sequence q ON q.seqrelid = s.oid
        WHERE s.serial AND {SequenceLines} <> ''
        """;

    private const string SequenceOwners = SequenceRows + """
        SELECT 0::oid, s.oid, 0::int8, 'SequenceOwner', s.nspname::text, s.relname::text, '',
          format('%s.%s', s.owner::regclass, quote_ident(a.attname)),
          'pg_class'::regclass::oid, s.oid, 0::int8
        FROM seq s JOIN pg_attribute a ON a.attrelid = s.owner AND a.attnum = s.ownernum
        WHERE NOT s.serial
        """;
}
