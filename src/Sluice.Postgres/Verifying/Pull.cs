using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Verifying;

/// <summary>`db pull` and `--from-url`: the live catalog of the datasource's schemas.</summary>
public static class Pull
{
    /// <summary>The live catalog, without the tool's own tables.</summary>
    /// <exception cref="Connecting.ProblemException">P1003 and the other connection problems.</exception>
    public static Task<Database> CatalogAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            var catalog = await SeenCatalog.ReadAsync(settings, connection, cancellation);
            return catalog with { Tables = [.. catalog.Tables.Items.Where(OwnTables.Keep)] };
        });
}
