using Npgsql;
using NpgsqlTypes;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Postgres.Reading;

/// <summary>A live database as a catalog: what the differ compares and what `db pull` prints. One round trip.</summary>
public static class CatalogReader
{
    /// <param name="defaultSchema">Where unqualified names live: `?schema=` of the connection.</param>
    /// <param name="schemas">The schemas that the datasource lists; empty when it lists none, then the default one is read.</param>
    public static Task<Database> ReadAsync(
        NpgsqlConnection connection,
        string defaultSchema = "public",
        IReadOnlyList<string>? schemas = null,
        CancellationToken cancellation = default) =>
        ReadAsync(connection, defaultSchema, schemas ?? [], [], cancellation);

    /// <summary>The same with <see cref="Database.Objects"/>: everything PostgreSQL has.</summary>
    public static Task<Database> ReadWithObjectsAsync(
        NpgsqlConnection connection,
        string defaultSchema = "public",
        IReadOnlyList<string>? schemas = null,
        CancellationToken cancellation = default) =>
        ReadAsync(connection, defaultSchema, schemas ?? [], [.. ObjectQueries.All(connection.PostgreSqlVersion.Major)], cancellation);

    private static async Task<Database> ReadAsync(
        NpgsqlConnection connection,
        string defaultSchema,
        IReadOnlyList<string> listed,
        string[] objects,
        CancellationToken cancellation)
    {
        var wanted = (listed.Count > 0 ? listed : [defaultSchema]).Where(s => s is not (OwnTables.JournalSchema or OwnTables.ArchiveSchema)).Distinct(StringComparer.Ordinal).ToArray();
        await using var batch = new NpgsqlBatch(connection);

        // The order is the order in which CatalogAssembly reads the results.
        string[] queries =
        [
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
            .. objects.Length > 0 ? [ObjectQueries.Path, ObjectQueries.Classes, .. objects, ObjectQueries.Aliases, ObjectQueries.Dependencies] : (string[])[],
        ];
        foreach (var query in queries)
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
        if (objects.Length > 0)
        {
            await assembly.ReadObjectsAsync(objects.Length);
        }

        return assembly.Build(defaultSchema, listed.Count > 0);
    }
}
