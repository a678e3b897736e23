using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Reading;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Conformance;

public class CorpusOnAServerTests
{
    [Fact]
    public async Task Each_case_goes_up_and_down_and_leaves_no_difference() =>
        await CleanDatabases.RunAsync(MigrationCase.All, c => c.Name, async (database, test) =>
        {
            Database[] road = [Database.Empty, test.Before(), test.After(), test.Before()];
            var from = Database.Empty;
            for (var i = 1; i < road.Length; i++)
            {
                try
                {
                    // The way back starts from the server: what sequences are called after the way there, no schema says.
                    await database.ExecuteAsync(Migration.Script(i < 3 ? road[i - 1] : from, road[i]));
                }
                catch (PostgresException refusal)
                {
                    return $"step {i}: {refusal.Message}";
                }

                await using var connection = await database.Source.OpenConnectionAsync();
                from = await CatalogReader.ReadAsync(connection, "public", road[i].Schemas);
                if (Migration.Script(from, road[i]) is { Length: > 0 } difference)
                {
                    return $"step {i}: {difference}";
                }
            }

            return null;
        });
}
