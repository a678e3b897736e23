namespace Sluice.Postgres.Migrations;

/// <summary>Writes a migration into a folder.</summary>
public static class NewMigration
{
    /// <summary>`yyyymmddhhmmss_name` as Prisma forms it: lower case, everything but letters and digits an underscore.</summary>
    /// <exception cref="Connecting.ProblemException">P3010 longer than 200 bytes.</exception>
    public static string NameFor(string title, TimeProvider clock) => throw new NotImplementedException();

    /// <summary>Writes `folder/name/migration.sql` and, where missing, `migration_lock.toml`; atomically, never over something that exists.</summary>
    public static MigrationFile Create(string folder, string name, string script) => throw new NotImplementedException();
}
