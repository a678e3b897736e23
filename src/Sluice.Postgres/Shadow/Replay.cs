using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Shadow;

/// <summary>Applies migrations to an empty scratch database and reads what they make.</summary>
public static class Replay
{
    /// <summary>The catalog after all of <paramref name="migrations"/>: one side of `migrate diff --from-migrations`.</summary>
    /// <exception cref="Connecting.ProblemException">P3006 with the migration and the statement, P3014.</exception>
    public static Task<Database> CatalogAsync(RunSettings settings, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>The same for a bare script, `--from-sql`.</summary>
    public static Task<Database> CatalogOfScriptAsync(RunSettings settings, string script, string? file, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}
