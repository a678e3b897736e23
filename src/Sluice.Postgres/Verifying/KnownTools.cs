using Sluice.Catalog;

namespace Sluice.Postgres.Verifying;

/// <summary>Tools that make things in databases by themselves, told by the names they give. A name is a hint and no proof.</summary>
internal static class KnownTools
{
    private static readonly (string Beginning, string Tool)[] Names =
    [
        ("hdb_", "Hasura"), ("notify_hasura", "Hasura"), ("pgrst_", "PostgREST"), ("repack_trigger", "pg_repack"), ("log_repack", "pg_repack"),
        ("part_config", "pg_partman"), ("template_public_", "pg_partman"), ("supabase_", "Supabase"), ("dbz_", "Debezium"), ("awsdms_", "AWS DMS"),
        ("pg_stat_statements", "the server's operator"), ("pgaudit", "the server's operator"), ("rds_", "Amazon RDS"), ("cloudsql", "Google Cloud SQL"), ("azure_", "Azure"),
        ("__EFMigrationsHistory", "EF Core"), ("flyway_", "Flyway"), ("databasechangelog", "Liquibase"), ("ar_internal_metadata", "Rails"), ("schema_migrations", "another migration tool"),
        ("knex_", "Knex"), ("pgmigrations", "node-pg-migrate"), ("spatial_ref_sys", "PostGIS"), ("pganalyze", "pganalyze"), ("pgbouncer", "PgBouncer"), ("metabase_", "Metabase"),
    ];

    /// <summary>Null where no tool is known to name things so.</summary>
    public static string? Of(ObjectId id) => Names
        .Where(n => id.Name.StartsWith(n.Beginning, StringComparison.OrdinalIgnoreCase) || id.Part.StartsWith(n.Beginning, StringComparison.OrdinalIgnoreCase) || id.Schema.StartsWith(n.Beginning, StringComparison.OrdinalIgnoreCase))
        .Select(n => n.Tool)
        .FirstOrDefault();
}
