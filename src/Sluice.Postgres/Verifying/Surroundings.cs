using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Verifying;

/// <summary>What a dry run must know of the database to say what statements will do to it.</summary>
/// <param name="Catalog">Empty where there is no database yet.</param>
public sealed record Surroundings(Database Catalog, TableSizes Sizes)
{
    public static Task<Surroundings> ReadAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            try
            {
                await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
                return new Surroundings(
                    await CatalogReader.ReadAsync(connection, settings.Address.Schema, settings.DeclaredSchemas, cancellation),
                    await TableSizes.ReadAsync(connection, settings.Schemas, cancellation));
            }
            catch (ProblemException missing) when (missing.Problem.Code == "P1003")
            {
                return new Surroundings(Database.Empty, TableSizes.None);
            }
        });
}
