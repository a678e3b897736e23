using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Postgres.Reading;
using Sluice.Tests.Support;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Conformance;

/// <summary>The warnings at the head of committed migrations, found again from the catalogs before and after each.</summary>
public class WarningsTests
{
    [Fact]
    public async Task The_warnings_of_committed_migrations_are_found_again()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        var (all, missed) = (0, new List<string>());
        foreach (var app in Cases.RealWorld())
        {
            await using var database = await TestDatabase.CreateAsync();
            foreach (var folder in Directory.GetDirectories(app.MigrationsFolder).Order(StringComparer.Ordinal))
            {
                var script = await File.ReadAllTextAsync(Path.Combine(folder, "migration.sql"), TestContext.Current.CancellationToken);
                var committed = Warnings(script);
                var before = committed.Length > 0 ? await ReadAsync(database) : null;
                await database.ExecuteAsync(script);
                if (before is not null)
                {
                    var plan = Migration.Plan(before, await ReadAsync(database));
                    var found = Warnings(DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(plan), DataCounts.Unknown)));
                    all += committed.Length;
                    missed.AddRange(committed.Except(found).Select(w => $"{app.Name}/{Path.GetFileName(folder)}: {w}"));
                }
            }
        }

        // What is missed was edited away in the script by hand: a column that is filled before it becomes required, a table kept.
        Assert.True(missed.Count <= all * 0.02, $"{missed.Count} of {all} missed\n{string.Join('\n', missed)}");
    }

    private static string[] Warnings(string script)
    {
        var end = script.IndexOf("*/", StringComparison.Ordinal);
        return end < 0 || !script.StartsWith("/*\n  Warnings:", StringComparison.Ordinal)
            ? []
            : [.. script[..end].Split('\n').Where(l => l.StartsWith("  - ", StringComparison.Ordinal)).Select(l => l[4..].TrimEnd())];
    }

    private static async Task<Database> ReadAsync(TestDatabase database)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return await CatalogReader.ReadAsync(connection);
    }
}
