using System.Text.RegularExpressions;
using Sluice.Introspection;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Introspection;

public sealed partial class IntrospectionConformanceTests
{
    [Fact]
    public async Task Databases_are_described_as_Prisma_describes_them()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        var report = new ConformanceReport("introspection");
        await CleanDatabases.RunAsync(Cases.Introspection(), c => c.Name, async (database, test) =>
        {
            var difference = await DifferenceAsync(database, test);
            lock (report)
            {
                report.Add(test.Name, difference);
            }

            return null;
        });

        TestContext.Current.SendDiagnosticMessage($"introspection: {report.Share:P1} agree");
        Assert.Null(report.Finish());
    }

    private static async Task<string?> DifferenceAsync(TestDatabase database, IntrospectionCase test)
    {
        await database.ExecuteAsync(test.SetUp);
        var previous = Previous(test);
        await using var connection = await database.Source.OpenConnectionAsync();
        var catalog = await CatalogReader.ReadAsync(connection, schemas: previous.Model.Datasource?.Schemas);
        var pulled = Introspector.Introspect(catalog, previous);
        var (expected, actual) = (Essence(test.ExpectedSchema), Essence(Assert.Single(pulled.Files).Text));
        if (expected.SequenceEqual(actual))
        {
            return null;
        }

        var missing = expected.Except(actual, StringComparer.Ordinal).Select(l => "- " + l);
        var surplus = actual.Except(expected, StringComparer.Ordinal).Select(l => "+ " + l);
        return string.Join(" | ", missing.Concat(surplus).DefaultIfEmpty("another order").Take(6));
    }

    private static PreviousSchema Previous(IntrospectionCase test)
    {
        var text = test.PreviousSchema ?? $$"""
            generator client {
              provider        = "prisma-client"
              previewFeatures = [{{Quoted(test, "preview_features")}}]
            }

            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
              {{(Quoted(test, "schemas") is { Length: > 0 } schemas ? $"schemas = [{schemas}]" : "")}}
            }
            """;
        return PreviousSchema.Read([new SourceText("schema.prisma", text)]);
    }

    private static string Quoted(IntrospectionCase test, string header)
    {
        var line = test.SetUp.Split('\n').FirstOrDefault(l => l.StartsWith($"-- {header}=", StringComparison.Ordinal));
        return line is null ? "" : string.Join(", ", line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim().Split(',').Select(v => $"\"{v.Trim()}\""));
    }

    // The models alone: configuration, comments and layout may differ.
    private static List<string> Essence(string schema) =>
        [.. ConfigurationBlock().Replace(schema.ReplaceLineEndings("\n"), "")
            .Split('\n')
            .Select(l => Blanks().Replace(l.Trim(), " "))
            .Where(l => l.Length > 0 && !l.StartsWith("//", StringComparison.Ordinal))];

    [GeneratedRegex(@"^\s*(generator|datasource)\s+\w+\s*\{[^}]*\}", RegexOptions.Multiline)]
    private static partial Regex ConfigurationBlock();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
