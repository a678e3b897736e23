using Sluice.Catalog;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Verifying;

/// <summary>`db pull` and `--from-url`: the live catalog of the datasource's schemas.</summary>
public static class Pull
{
    /// <summary>The live catalog, without the tool's own tables.</summary>
    public static Task<Database> CatalogAsync(RunSettings settings, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}
