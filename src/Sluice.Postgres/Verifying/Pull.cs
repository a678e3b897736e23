using System.Data;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Reading;
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
            return Own(catalog);
        });

    /// <summary>The live catalog twice, as of one moment: as the schema language sees it, and with its objects.</summary>
    public static Task<(Database Language, Database Whole)> BothAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            var language = await CatalogReader.ReadAsync(connection, settings.Address.Schema, settings.DeclaredSchemas, cancellation);
            var whole = await CatalogReader.ReadWithObjectsAsync(connection, settings.Address.Schema, settings.DeclaredSchemas, cancellation);
            return (Own(language), Own(whole));
        });

    private static Database Own(Database catalog) => catalog with { Tables = [.. catalog.Tables.Items.Where(OwnTables.Keep)] };
}
