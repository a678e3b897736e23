namespace Sluice.Postgres.Migrations;

/// <summary>How a migrations folder is laid out, which its content tells.</summary>
public enum MigrationLayout
{
    /// <summary>`{name}/migration.sql`, optional `down.sql`; recorded in `_prisma_migrations`. Also what an empty folder is.</summary>
    Folder,

    /// <summary>`{version}_{description}.up.sql` and `.down.sql`; recorded in `schema_migrations`.</summary>
    Versioned,
}
