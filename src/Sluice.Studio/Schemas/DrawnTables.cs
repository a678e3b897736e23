using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Sluice.Studio.Storage;
using Sluice.Studio.Tables;

namespace Sluice.Studio.Schemas;

/// <summary>What is drawn: the tables of all schemas in which this user sees any, and not the tool's own.</summary>
internal static class DrawnTables
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task<Database> ReadAsync(StudioDatabase database, RunSettings settings, CancellationToken cancellation)
    {
        var outline = await database.ReadAsync(Limit, connection => Outline.ReadAsync(connection, cancellation), cancellation);
        var schemas = outline.Tables.Select(t => t.Schema).Where(s => s is not (OwnTables.JournalSchema or OwnTables.ArchiveSchema)).Distinct().ToList();
        // A schema that is the only one goes without saying.
        return await Pull.CatalogAsync(settings with { SeesObjects = false, DeclaredSchemas = schemas is [var only] && only == settings.Address.Schema ? [] : [.. schemas] }, cancellation);
    }
}
