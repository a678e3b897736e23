namespace Sluice.Postgres.Reading;

/// <summary>Comments and rights: about anything that was found, or else dropped by the reader.</summary>
internal static partial class ObjectQueries
{
    // The part is what COMMENT ON is told; schema and name are those of what it is about.
    private const string Comments = """
        SELECT 0::oid, d.objoid, d.objsubid::int8, 'Comment', '', '',
          CASE
            WHEN o.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE ' || o.identity
            WHEN o.type = 'domain constraint' THEN (
              SELECT format('CONSTRAINT %I ON DOMAIN %s', k.conname, k.contypid::regtype) FROM pg_constraint k WHERE k.oid = d.objoid)
            WHEN o.type = 'table constraint' THEN 'CONSTRAINT ' || o.identity
            WHEN o.type = 'composite type' THEN 'TYPE ' || o.identity
            WHEN o.type = 'statistics object' THEN 'STATISTICS ' || o.identity
            WHEN o.type = 'operator' THEN (SELECT format('OPERATOR %I.%s (%s, %s)', n.nspname, p.oprname,
                CASE WHEN p.oprleft = 0 THEN 'NONE' ELSE format_type(p.oprleft, NULL) END, format_type(p.oprright, NULL))
              FROM pg_operator p JOIN pg_namespace n ON n.oid = p.oprnamespace WHERE p.oid = d.objoid)
            WHEN o.type LIKE '% column' THEN 'COLUMN ' || o.identity
            ELSE upper(o.type) || ' ' || o.identity END,
          d.description, d.classoid, d.objoid, d.objsubid::int8
        FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
        WHERE d.objoid >= 16384 AND o.type IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = d.classoid AND x.objid = d.objoid AND x.deptype = 'e')
        """;

    // The part, line by line: what it is a right to, whose, with what option, on which column alone.
    // What is there and not by default is a grant; what is there by default and not here is a revocation.
    private const string RightsOf = """
        SELECT 0::oid, t.oid, 0::int8, x.kind, '', '',
          format(E'%s\n%s\n%s', t.target, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END, CASE WHEN x.is_grantable THEN 'WITH GRANT OPTION' END),
          string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type), t.class, t.oid, 0::int8
        FROM target t
        CROSS JOIN LATERAL (
          SELECT 'Grant' AS kind, g.grantee, g.privilege_type, g.is_grantable FROM (
            SELECT grantee, privilege_type, is_grantable FROM aclexplode(t.acl) EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode(t.usual)) g
          UNION ALL
          SELECT 'Revoke', g.grantee, g.privilege_type, false FROM (
            SELECT grantee, privilege_type FROM aclexplode(t.usual) EXCEPT SELECT grantee, privilege_type FROM aclexplode(t.acl)) g) x
        WHERE x.grantee <> t.owner
        GROUP BY t.class, t.oid, t.target, x.kind, x.grantee, x.is_grantable
        """;

    private const string RelationRights = """
        WITH target AS (
          SELECT 'pg_class'::regclass::oid AS class, c.oid, c.relacl AS acl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AS usual, c.relowner AS owner,
            format('%s %I.%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname) AS target
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = ANY ($1) AND c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm', 'S'))

        """ + RightsOf;

    private const string ColumnRights = """
        SELECT 0::oid, c.oid, a.attnum::int8, 'Grant', '', '',
          format(E'TABLE %I.%I\n%s\n%s\n%I', n.nspname, c.relname, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
            CASE WHEN x.is_grantable THEN 'WITH GRANT OPTION' END, a.attname),
          string_agg(format('%s (%I)', x.privilege_type, a.attname), ', ' ORDER BY x.privilege_type), 'pg_class'::regclass::oid, c.oid, a.attnum::int8
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(a.attacl) x
        WHERE n.nspname = ANY ($1) AND a.attacl IS NOT NULL AND NOT a.attisdropped AND x.grantee <> c.relowner
        GROUP BY c.oid, a.attnum, a.attname, n.nspname, c.relname, x.grantee, x.is_grantable
        """;

    // The schema public comes with rights of its own.
    private const string OtherRights = """
        WITH target AS (
          SELECT 'pg_proc'::regclass::oid AS class, p.oid, p.proacl AS acl, acldefault('f', p.proowner) AS usual, p.proowner AS owner,
            format('ROUTINE %I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS target
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY ($1) AND p.proacl IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype IN ('i', 'e'))
          UNION ALL
          SELECT 'pg_type'::regclass, t.oid, t.typacl, acldefault('T', t.typowner), t.typowner, format('TYPE %I.%I', n.nspname, t.typname)
          FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = ANY ($1) AND t.typacl IS NOT NULL
          UNION ALL
          SELECT 'pg_namespace'::regclass, n.oid, n.nspacl, coalesce(i.initprivs, acldefault('n', n.nspowner)), n.nspowner, format('SCHEMA %I', n.nspname)
          FROM pg_namespace n LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = n.oid
          WHERE n.nspname = ANY ($1) AND n.nspacl IS NOT NULL)

        """ + RightsOf;

    // In a schema, default rights only add; those without a schema replace the usual ones.
    private const string DefaultRights = """
        SELECT 0::oid, d.oid, 0::int8, CASE x.kind WHEN 'Grant' THEN 'DefaultGrant' ELSE 'DefaultRevoke' END, coalesce(n.nspname::text, ''), CASE WHEN d.defaclrole = current_user::regrole THEN '' ELSE d.defaclrole::regrole::text END,
          format(E'%s\n%s\n%s', CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END,
            CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END, CASE WHEN x.is_grantable THEN 'WITH GRANT OPTION' END),
          string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type), NULL::oid, NULL::oid, NULL::int8
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
        CROSS JOIN LATERAL (SELECT CASE WHEN d.defaclnamespace = 0 THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole) END AS usual) u
        CROSS JOIN LATERAL (
          SELECT 'Grant' AS kind, g.grantee, g.privilege_type, g.is_grantable FROM (
            SELECT grantee, privilege_type, is_grantable FROM aclexplode(d.defaclacl) EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode(u.usual)) g
          UNION ALL
          SELECT 'Revoke', g.grantee, g.privilege_type, false FROM (
            SELECT grantee, privilege_type FROM aclexplode(u.usual) EXCEPT SELECT grantee, privilege_type FROM aclexplode(d.defaclacl)) g) x
        WHERE (n.nspname = ANY ($1) OR d.defaclnamespace = 0) AND x.grantee <> d.defaclrole
        GROUP BY d.oid, n.nspname, d.defaclrole, d.defaclobjtype, x.kind, x.grantee, x.is_grantable
        """;
}
