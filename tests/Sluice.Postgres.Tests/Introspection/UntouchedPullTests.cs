using Npgsql;
using Sluice.Catalog;
using Sluice.Diagnostics;
using Sluice.Introspection;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Syntax;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Introspection;

/// <summary>A schema whose database was made from it is pulled as it is written, to the byte, but for the formatter's blanks.</summary>
public sealed class UntouchedPullTests
{
    [Fact]
    public Task The_schemas_of_this_repository_stay_as_they_are_written() => CheckAsync(
        [.. Schemas("examples"), .. Schemas("tests/Cases")]);

    [Fact]
    public async Task The_schemas_of_real_applications_stay_as_they_are_written()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        await CheckAsync(Cases.RealWorld().Select(c => c.SchemaPath));
    }

    [Fact]
    public async Task The_schemas_of_the_corpus_stay_as_they_are_written()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        await CheckAsync([.. Cases.PslToSql().Select(c => c.SchemaPath), .. Cases.SingleMigration().Select(c => c.SchemaPath), .. Cases.Psl().Where(c => c.Expected.All(e => e.IsWarning)).Select(c => c.SchemaPath)]);
    }

    private static IEnumerable<string> Schemas(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.prisma", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static Task CheckAsync(IEnumerable<string> paths) => CleanDatabases.RunAsync(paths, p => p, DifferenceAsync);

    private static async Task<string?> DifferenceAsync(TestDatabase database, string path)
    {
        SourceText[] files = [.. Cases.SchemaFiles(path).Select(p => new SourceText(p, File.ReadAllText(p)))];
        var read = Migration.Read(files);
        if (read.Diagnostics.Any(d => d.Severity is Severity.Error) || read.Value.Views.Any())
        {
            // No SQL of ours makes a view.
            return null;
        }

        try
        {
            await database.ExecuteAsync("-- An empty one has no statement.\n" + Migration.Script(Database.Empty, CatalogBuilder.Build(read.Value)));
        }
        catch (PostgresException refusal) when (refusal.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InvalidParameterValue)
        {
            // Extensions and their types and operator classes, or those of newer servers.
            return null;
        }

        await using var connection = await database.Source.OpenConnectionAsync();
        var catalog = await CatalogReader.ReadAsync(connection, schemas: read.Value.Datasource?.Schemas);
        var pulled = Introspector.Introspect(catalog, PreviousSchema.Read(files));
        var touched = files.Zip(pulled.Files).Select(p => (Expected: SchemaFormatter.Format(SchemaParser.Parse(p.First).Value), Actual: p.Second.Text)).FirstOrDefault(p => p.Expected != p.Actual);
        return touched.Expected is null ? null : TextDifference.First(touched.Expected, touched.Actual) ?? "blank ends";
    }
}
