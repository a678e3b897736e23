namespace Sluice.Postgres.Reading;

/// <summary>
/// What is asked of the server beyond the language. $1 is the list of schemas. Each row: number of the object (class,
/// object, part), its kind, schema, name and part, its definition (null for what the language says already), and the
/// number of what it is a part of, where no dependency of the server's says so.
/// </summary>
internal static partial class ObjectQueries
{
    // With an empty path the server writes every name with its schema. Functions that it takes for dear, and that come to few rows, are not worth
    // compiling, which takes longer than all the rest. Local: the session keeps its own.
    public const string Path = "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true), pg_catalog.set_config('jit', 'off', true)";

    public const string Classes = "SELECT 'pg_class'::regclass::oid, 'pg_type'::regclass::oid";

    // Tables, partitions and views, but for the histories.
    private const string Relations = """
        WITH rel AS (
          SELECT c.*, n.nspname
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relpersistence <> 't'
            AND c.relname <> '_prisma_migrations'
            AND NOT (c.relname = 'schema_migrations' AND EXISTS (
              SELECT FROM pg_attribute h WHERE h.attrelid = c.oid AND h.attname = 'execution_time_ms'))
            AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e'))

        """;

    /// <summary>In any order: nothing is looked up before all of them are read.</summary>
    public static IEnumerable<string> All(int version) =>
    [
        Schemas, Collations, Composites, Domains, DomainChecks, Ranges, Sequences, SequenceOptions, SequenceOwners, Routines, Aggregates, Operators, Casts,
        TableFacets, Partitions, Inheritance, ColumnFacets(version),
        Constraints(version), Indexes(version), IndexOptions, Clustering, Statistics, Views, Rules, Triggers, Policies, EventTriggers, Publications(version),
        Comments, RelationRights, ColumnRights, OtherRights, DefaultRights,
    ];

    /// <summary>Numbers that stand for others: a view's rule for the view, a default for its column, an array for its element, an entry of a publication for the whole.</summary>
    public const string Aliases = """
        SELECT 'pg_rewrite'::regclass::oid, r.oid, 'pg_class'::regclass::oid, r.ev_class, 0 FROM pg_rewrite r WHERE r.oid >= 16384 AND r.rulename = '_RETURN'
        UNION ALL
        SELECT 'pg_attrdef'::regclass, d.oid, 'pg_class'::regclass, d.adrelid, d.adnum FROM pg_attrdef d
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, 'pg_class'::regclass, t.typrelid, 0
        FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE t.oid >= 16384 AND c.relkind <> 'c'
        UNION ALL
        SELECT 'pg_type'::regclass, t.typarray, 'pg_type'::regclass, t.oid, 0 FROM pg_type t WHERE t.oid >= 16384 AND t.typarray <> 0
        UNION ALL
        SELECT 'pg_class'::regclass, t.typrelid, 'pg_type'::regclass, t.oid, 0
        FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE t.oid >= 16384 AND c.relkind = 'c'
        UNION ALL
        SELECT 'pg_type'::regclass, d.objid, 'pg_type'::regclass, d.refobjid, 0
        FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i' AND d.objid >= 16384
        UNION ALL
        SELECT 'pg_proc'::regclass, d.objid, 'pg_type'::regclass, d.refobjid, 0
        FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i' AND d.objid >= 16384
        UNION ALL
        SELECT 'pg_publication_rel'::regclass, r.oid, 'pg_publication'::regclass, r.prpubid, 0 FROM pg_publication_rel r
        UNION ALL
        SELECT 'pg_class'::regclass, k.conindid, 'pg_constraint'::regclass, k.oid, 0 FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x')
        """;

    // What the first system objects need of one another is nobody's business.
    public const string Dependencies = """
        SELECT classid, objid, objsubid::int8, refclassid, refobjid, refobjsubid::int8, deptype <> 'n'
        FROM pg_depend WHERE objid >= 16384 AND refobjid >= 16384 AND deptype IN ('n', 'a')
        UNION ALL
        SELECT 'pg_inherits'::regclass, inhrelid, inhparent::int8, 'pg_class'::regclass, inhparent, 0, false FROM pg_inherits
        """;

    private const string Schemas = """
        SELECT 'pg_namespace'::regclass::oid, n.oid, 0::int8, 'Schema', n.nspname::text, n.nspname::text, '', NULL::text, NULL::oid, NULL::oid, NULL::int8
        FROM pg_namespace n WHERE n.nspname = ANY ($1)
        """;
}
