using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Reading;

namespace Sluice.Postgres.Running;

/// <summary>A database as far as a run looks: with its objects where SQL files own them.</summary>
internal static class SeenCatalog
{
    public static Task<Database> ReadAsync(RunSettings settings, NpgsqlConnection connection, CancellationToken cancellation) => settings.SeesObjects
        ? CatalogReader.ReadWithObjectsAsync(connection, settings.Address.Schema, settings.DeclaredSchemas, cancellation)
        : CatalogReader.ReadAsync(connection, settings.Address.Schema, settings.DeclaredSchemas, cancellation);
}
