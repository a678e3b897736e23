using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Sql;
using Sluice.Tests.Support;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Proving;

/// <summary>A step and the way back over it: the database is then what it was, in every line the server can say about it.</summary>
public sealed class ReverseOnAServerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_step_of_the_corpus_is_taken_back()
    {
        await CleanDatabases.RunAsync(MigrationCase.All, c => c.Name, async (database, test) =>
        {
            await ApplyAsync(database, Migration.Script(Database.Empty, test.Before()));
            return await ThereAndBackAsync(database, test.After());
        });
    }

    [Fact]
    public async Task Every_step_of_the_conformance_cases_is_taken_back()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        var (steps, lossy) = (0, 0);
        await CleanDatabases.RunAsync(Cases.MigrationSteps(), c => c.Name, async (database, test) =>
        {
            foreach (var step in test.Steps)
            {
                if (step.ApplyError is not null || File.ReadAllText(step.SchemaPath).Contains("\"cockroachdb\"", StringComparison.Ordinal))
                {
                    break;
                }

                var wanted = SchemaFile.Catalog(step.SchemaPath);
                if (await ThereAndBackAsync(database, wanted, down => Interlocked.Add(ref lossy, DownScript.Irreversible(down).IsEmpty ? 0 : 1)) is { } difference)
                {
                    return $"step {step.Number}: {difference}";
                }

                Interlocked.Increment(ref steps);
            }

            return null;
        });
        output.WriteLine($"{steps} steps taken back, {lossy} of them with data that is declared lost");
    }

    // Up, down, and up again for the next step.
    private static async Task<string?> ThereAndBackAsync(TestDatabase database, Database wanted, Action<string>? look = null)
    {
        var (before, shape) = await ReadAsync(database, wanted);
        var up = Migration.Script(before, wanted);
        await ApplyAsync(database, up);
        var (after, there) = await ReadAsync(database, wanted);
        var down = Migration.Down(before, after with { Renames = wanted.Renames });
        look?.Invoke(down);
        try
        {
            await ApplyAsync(database, down);
        }
        catch (PostgresException refusal)
        {
            return $"{refusal.Message}\n{down}";
        }

        var (back, shapeBack) = await ReadAsync(database, wanted);
        var difference = shape.To(shapeBack);
        if (!difference.IsEmpty || CatalogDiffer.Diff(before, back).Any(c => c is not Change.ExtensionChanged))
        {
            return $"back is not before:\n  - {string.Join("\n  - ", difference.Missing)}\n  + {string.Join("\n  + ", difference.Extra)}\n{up}\n<<\n{down}";
        }

        await ApplyAsync(database, up);
        var again = there.To((await ReadAsync(database, wanted)).Shape);
        return again.IsEmpty ? null : $"again is not the first time: - {string.Join("\n", again.Missing)} + {string.Join("\n", again.Extra)}";
    }

    private static Task ApplyAsync(TestDatabase database, string script) =>
        script.Length > 0 ? database.ExecuteAsync(script) : Task.CompletedTask;

    private static async Task<(Database Catalog, Shape Shape)> ReadAsync(TestDatabase database, Database wanted)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var catalog = await CatalogReader.ReadAsync(connection, wanted.DefaultSchema, wanted.Schemas);
        return (catalog, await Shape.ReadAsync(connection, CancellationToken.None));
    }
}
