using System.Text.RegularExpressions;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Reading;
using Sluice.Tests.Support;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Conformance;

/// <summary>Whole histories of real applications, replayed on a server.</summary>
public partial class RealWorldTests
{
    [Fact]
    public async Task A_history_replayed_differs_from_its_schema_by_the_known_drift()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        var report = new ConformanceReport("real-world");
        foreach (var app in Cases.RealWorld())
        {
            report.Add(app.Name, await DifferenceAsync(app));
        }

        Assert.Null(report.Finish());
    }

    [Fact]
    public async Task A_real_schema_applied_and_read_back_does_not_differ()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        await CleanDatabases.RunAsync(Cases.RealWorld(), a => a.Name, async (database, app) =>
        {
            var wanted = SchemaFile.Catalog(Cases.SchemaFiles(app.SchemaPath));
            // Operator classes of extensions that the schema does not name.
            await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS citext");
            await database.ExecuteAsync(Migration.Script(Database.Empty, wanted));
            return Migration.Script(await ReadAsync(database, wanted), wanted) is { Length: > 0 } difference ? difference : null;
        });
    }

    private static async Task<string?> DifferenceAsync(RealWorldCase app)
    {
        var wanted = SchemaFile.Catalog(Cases.SchemaFiles(app.SchemaPath));
        await using var database = await TestDatabase.CreateAsync();
        foreach (var folder in Directory.GetDirectories(app.MigrationsFolder).Order(StringComparer.Ordinal))
        {
            try
            {
                await database.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(folder, "migration.sql")));
            }
            catch (PostgresException refusal)
            {
                return $"{Path.GetFileName(folder)}: {refusal.Message}";
            }
        }

        return TextDifference.First(WithoutPerpetualDrift(app.Drift), Migration.Script(await ReadAsync(database, wanted), wanted));
    }

    /// <summary>The engine never recognises an operator class given as `raw(…)` again, and makes such an index anew for ever.</summary>
    private static string WithoutPerpetualDrift(string drift)
    {
        var indexes = PatternIndex().Matches(drift).Select(m => m.Groups[1].Value).ToArray();
        var steps = drift.Split("\n\n").Where(s => !indexes.Any(i => s.Contains($"INDEX \"{i}\"", StringComparison.Ordinal)));
        return string.Join("\n\n", steps);
    }

    [GeneratedRegex("""CREATE INDEX "(\w+)" ON .*_pattern_ops""")]
    private static partial Regex PatternIndex();

    private static async Task<Database> ReadAsync(TestDatabase database, Database wanted)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return await CatalogReader.ReadAsync(connection, wanted.DefaultSchema, wanted.Schemas);
    }
}
