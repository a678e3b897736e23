namespace Sluice.Postgres.Reading;

/// <summary>
/// What is asked of the server, all of it sent at once. $1 is the list of schemas. Objects that belong to an extension are the
/// extension's, and are left out. Names have the type `name`, which sorts by bytes whatever the database's collation is.
/// </summary>
internal static class CatalogQueries
{
    public const string Schemas = """
        SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = ANY ($1) ORDER BY nspname
        """;

    public const string Extensions = """
        SELECT e.extname, e.extversion, n.nspname, e.extrelocatable
        FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        ORDER BY e.extname
        """;

    public const string Enums = """
        SELECT t.oid, t.typarray, n.nspname, t.typname, pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder), d.description
        FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_type'::regclass::oid
        WHERE n.nspname = ANY ($1)
          AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
            WHERE x.classid = 'pg_catalog.pg_type'::regclass::oid AND x.objid = t.oid AND x.deptype = 'e')
        GROUP BY t.oid, t.typarray, n.nspname, t.typname, d.description
        ORDER BY n.nspname, t.typname
        """;

    // Other tools' tables are called schema_migrations too; ours is told by a column. A partition is part of its parent; foreign tables and materialized views are nothing the language knows.
    public const string Relations = """
        SELECT c.oid, n.nspname, c.relname, c.relkind::text, c.relhassubclass, c.relrowsecurity, d.description,
               CASE WHEN c.relkind = 'v' THEN pg_catalog.pg_get_viewdef(c.oid) END
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_description d
          ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass::oid AND d.objsubid = 0
        WHERE n.nspname = ANY ($1)
          AND (c.relkind IN ('p', 'v') OR c.relkind = 'r' AND NOT c.relispartition)
          AND c.relname <> '_prisma_migrations'
          AND NOT (c.relname = 'schema_migrations' AND EXISTS (
            SELECT FROM pg_catalog.pg_attribute h WHERE h.attrelid = c.oid AND h.attname = 'execution_time_ms'))
          AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
            WHERE x.classid = 'pg_catalog.pg_class'::regclass::oid AND x.objid = c.oid AND x.deptype = 'e')
        ORDER BY n.nspname, c.relname
        """;

    // A column of a domain is read as one of the domain's base type.
    public const string Columns = """
        SELECT a.attrelid, a.attnum, a.attname,
               COALESCE(b.oid, t.oid), COALESCE(b.typname, t.typname),
               CASE WHEN b.oid IS NULL THEN a.atttypmod ELSE t.typtypmod END,
               COALESCE(b.typelem, t.typelem) <> 0::oid AND COALESCE(b.typlen, t.typlen) = -1,
               a.attnotnull OR (t.typtype = 'd' AND t.typnotnull),
               a.attidentity <> '',
               CASE WHEN a.atthasdef THEN pg_catalog.pg_get_expr(f.adbin, f.adrelid) END,
               d.description,
               a.attgenerated <> ''
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
        LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
        LEFT JOIN pg_catalog.pg_description d
          ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::regclass::oid AND d.objsubid = a.attnum
        WHERE n.nspname = ANY ($1)
          AND c.relkind IN ('r', 'p', 'v')
          AND a.attnum > 0
          AND NOT a.attisdropped
        ORDER BY a.attrelid, a.attnum
        """;

    public const string Indexes = """
        SELECT i.indrelid, x.relname, i.indisunique, i.indisprimary,
               i.indkey::int2[], i.indclass::oid[], i.indoption::int2[],
               m.amname, k.contype::text, COALESCE(k.condeferrable, false),
               pg_catalog.pg_get_expr(i.indpred, i.indrelid)
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
        JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_am m ON m.oid = x.relam
        LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
        WHERE n.nspname = ANY ($1) AND NOT i.indisexclusion
        ORDER BY i.indrelid, x.relname
        """;

    public const string OperatorClasses = """
        SELECT oid, opcname, opcdefault FROM pg_catalog.pg_opclass
        """;

    public const string ForeignKeys = """
        SELECT k.conrelid, k.conname, k.conkey::int2[], k.confrelid, k.confkey::int2[],
               k.confdeltype::text, k.confupdtype::text, k.condeferrable
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY ($1) AND k.contype = 'f'
        ORDER BY k.conrelid, k.conname
        """;

    public const string OtherConstraints = """
        SELECT k.conrelid, k.conname, k.contype::text
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY ($1) AND k.contype IN ('c', 'x')
        ORDER BY k.conrelid, k.conname
        """;

    // The sequence behind an identity column is a part of the column.
    public const string Sequences = """
        SELECT n.nspname, c.relname, o.refobjid, o.refobjsubid::int2
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_depend o
          ON o.classid = 'pg_catalog.pg_class'::regclass::oid AND o.objid = c.oid
         AND o.refclassid = 'pg_catalog.pg_class'::regclass::oid AND o.deptype = 'a'
        WHERE n.nspname = ANY ($1)
          AND c.relkind = 'S'
          AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
            WHERE x.classid = 'pg_catalog.pg_class'::regclass::oid AND x.objid = c.oid AND x.deptype IN ('i', 'e'))
        ORDER BY n.nspname, c.relname
        """;
}
