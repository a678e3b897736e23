using Npgsql;
using Sluice.Catalog;
using Sluice.Introspection;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Introspection;

/// <summary>A pulled schema is valid, says everything that the diff looks at, and pulling over it changes nothing.</summary>
public sealed class PullRoundTripTests
{
    [Fact]
    public async Task A_database_made_from_a_schema_is_pulled_without_a_difference()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        await CleanDatabases.RunAsync(Cases.PslToSql(), c => c.Name, (database, test) => CheckAsync(database, test.Sql));
    }

    [Fact]
    public async Task The_databases_of_real_applications_are_pulled_without_a_difference()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        await CleanDatabases.RunAsync(Cases.RealWorld(), c => c.Name, (database, test) => CheckAsync(database, test.SqlFromEmpty));
    }

    internal static async Task<string?> CheckAsync(TestDatabase database, string sql)
    {
        try
        {
            await database.ExecuteAsync(sql);
        }
        catch (PostgresException refusal) when (refusal.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidSchemaName)
        {
            // Types and operator classes of extensions, or of newer servers.
            return null;
        }

        await using var connection = await database.Source.OpenConnectionAsync();
        string[] schemas = [.. await SchemasAsync(connection)];
        var catalog = await CatalogReader.ReadAsync(connection, schemas: schemas is ["public"] ? [] : schemas);
        return Check(catalog);
    }

    private static string? Check(Database catalog)
    {
        var pulled = Introspector.Introspect(catalog);
        var source = new SourceText("schema.prisma", Assert.Single(pulled.Files).Text);
        var read = Migration.Read(source);
        if (read.Diagnostics.FirstOrDefault(d => d.Severity is Diagnostics.Severity.Error) is { } error)
        {
            return $"{error.Message} in {source.Line(source.Position(error.Span.Start).Line)}";
        }

        var difference = Migration.Script(catalog, CatalogBuilder.Build(read.Value));
        if (difference.Length > 0)
        {
            return difference;
        }

        var again = Introspector.Introspect(catalog, PreviousSchema.Read([source])).Files[0].Text;
        return again == source.Text ? null : "pulled again, another text: " + TextDifference.First(source.Text, again);
    }

    private static async Task<List<string>> SchemasAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var schemas = new List<string>();
        while (await reader.ReadAsync())
        {
            schemas.Add(reader.GetString(0));
        }

        return schemas;
    }
}
