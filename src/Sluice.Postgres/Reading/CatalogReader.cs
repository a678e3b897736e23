using Npgsql;
using NpgsqlTypes;
using Sluice.Catalog;

namespace Sluice.Postgres.Reading;

/// <summary>A live database as a catalog: what the differ compares and what `db pull` prints. One round trip.</summary>
public static class CatalogReader
{
    /// <summary>The tool's own schema; never part of a catalog.</summary>
    public const string OwnSchema = "sluice";

    /// <param name="defaultSchema">Where unqualified names live: `?schema=` of the connection.</param>
    /// <param name="schemas">The schemas that the datasource lists; empty when it lists none, then the default one is read.</param>
    public static async Task<Database> ReadAsync(
        NpgsqlConnection connection,
        string defaultSchema = "public",
        IReadOnlyList<string>? schemas = null,
        CancellationToken cancellation = default)
    {
        var listed = schemas ?? [];
        var wanted = (listed.Count > 0 ? listed : [defaultSchema]).Where(s => s != OwnSchema).Distinct(StringComparer.Ordinal).ToArray();
        await using var batch = new NpgsqlBatch(connection);

        // The order is the order in which CatalogAssembly reads the results.
        foreach (var query in new[]
        {
            CatalogQueries.Schemas,
            CatalogQueries.Extensions,
            CatalogQueries.Enums,
            CatalogQueries.Relations,
            CatalogQueries.Columns,
            CatalogQueries.OperatorClasses,
            CatalogQueries.Indexes,
            CatalogQueries.ForeignKeys,
            CatalogQueries.OtherConstraints,
            CatalogQueries.Sequences,
        })
        {
            var command = new NpgsqlBatchCommand(query);
            if (query.Contains("$1", StringComparison.Ordinal))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = wanted, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            }

            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var assembly = new CatalogAssembly(new ResultReader(reader, cancellation));
        await assembly.ReadAsync();
        return assembly.Build(defaultSchema, listed.Count > 0);
    }
}
