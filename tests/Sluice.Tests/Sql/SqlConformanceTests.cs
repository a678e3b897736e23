using Sluice.Catalog;
using Sluice.Diagnostics;
using Sluice.Tests.Support;
using Sluice.Text;
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
            report.Add(test.Name, Difference(test.Sql, () => Migration.Script(Database.Empty, Read(test.SchemaPath))));
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
            report.Add(test.Name, Difference(test.Sql, () => Migration.Script(Database.Empty, Read(test.SchemaPath))));
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
                if (Difference(step.Sql, () => { before.Add(Read(step.SchemaPath)); return Migration.Script(before[^2], before[^1]); }) is { } difference)
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
            var schema = Read([.. Conformance.SchemaFiles(app.SchemaPath)]);
            Assert.Null(Difference(WithoutPublic(app.SqlFromEmpty), () => Migration.Script(Database.Empty, schema)));
        });
    }

    internal static Database Read(params string[] paths)
    {
        var read = Migration.Read([.. paths.Select(p => new SourceText(Path.GetFileName(p), File.ReadAllText(p)))]);
        var errors = read.Diagnostics.Where(d => d.Severity is Severity.Error).Select(d => d.Message).ToArray();
        return errors.Length == 0 ? CatalogBuilder.Build(read.Value) : throw new InvalidDataException(string.Join(" | ", errors));
    }

    /// <summary>The 7.x engine creates the default schema, the 6.x one does not.</summary>
    internal static string WithoutPublic(string sql)
    {
        const string head = "-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS \"public\";\n\n";
        return sql.StartsWith(head, StringComparison.Ordinal) ? sql[head.Length..] : sql;
    }

    /// <summary>Null, or the first lines that differ.</summary>
    internal static string? Difference(string expected, Func<string> write)
    {
        string actual;
        try
        {
            actual = write();
        }
        catch (InvalidDataException invalid)
        {
            return $"refused: {invalid.Message}";
        }

        var (wanted, found) = (Conformance.Normalise(expected).Split('\n'), Conformance.Normalise(actual).Split('\n'));
        for (var i = 0; i < Math.Max(wanted.Length, found.Length); i++)
        {
            var (left, right) = (i < wanted.Length ? wanted[i] : "(end)", i < found.Length ? found[i] : "(end)");
            if (left != right)
            {
                return $"line {i + 1}: expected `{left}`, written `{right}`";
            }
        }

        return null;
    }
}
