using Sluice.Catalog;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Sql;

/// <summary>The SQL of cases that nobody here wrote, without a server.</summary>
public class SqlConformanceTests
{
    [Fact]
    public void The_DDL_of_a_schema_is_written_as_the_engine_writes_it()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        var report = new ConformanceReport("psl-to-sql");
        foreach (var test in Conformance.PslToSql())
        {
            report.Add(test.Name, TextDifference.First(test.Sql, () => Migration.Script(Database.Empty, SchemaFile.Catalog(test.SchemaPath))));
        }

        Assert.Null(report.Finish());
    }

    [Fact]
    public void A_single_migration_is_written_as_the_engine_writes_it()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        var report = new ConformanceReport("single-migration");
        foreach (var test in Conformance.SingleMigration())
        {
            report.Add(test.Name, TextDifference.First(test.Sql, () => Migration.Script(Database.Empty, SchemaFile.Catalog(test.SchemaPath))));
        }

        Assert.Null(report.Finish());
    }

    [Fact]
    public void The_steps_from_schema_to_schema_are_written_as_the_engine_writes_them()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        var report = new ConformanceReport("migration-steps");
        foreach (var test in Conformance.MigrationSteps())
        {
            var before = new[] { Database.Empty }.ToList();
            var differences = new List<string>();
            foreach (var step in test.Steps)
            {
                if (TextDifference.First(step.Sql, () => { before.Add(SchemaFile.Catalog(step.SchemaPath)); return Migration.Script(before[^2], before[^1]); }) is { } difference)
                {
                    differences.Add($"step {step.Number}: {difference}");
                }
            }

            report.Add(test.Name, differences.Count == 0 ? null : string.Join("; ", differences));
        }

        Assert.Null(report.Finish());
    }

    [Fact]
    public void Real_schemas_are_written_as_the_engine_writes_them()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        Assert.All(Conformance.RealWorld(), app =>
        {
            var schema = SchemaFile.Catalog(Conformance.SchemaFiles(app.SchemaPath));
            Assert.Null(TextDifference.First(WithoutPublic(app.SqlFromEmpty), () => Migration.Script(Database.Empty, schema)));
        });
    }

    /// <summary>The 7.x engine creates the default schema, the 6.x one does not.</summary>
    private static string WithoutPublic(string sql)
    {
        const string head = "-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS \"public\";\n\n";
        return sql.StartsWith(head, StringComparison.Ordinal) ? sql[head.Length..] : sql;
    }
}
