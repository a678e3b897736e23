using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Reading;
using Sluice.Tests.Support;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Conformance;

/// <summary>The database has the last word: what is written is applied and read back, and nothing may differ.</summary>
public class SqlOnAServerTests
{
    [Fact]
    public async Task A_schema_applied_and_read_back_does_not_differ()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        await CleanDatabases.RunAsync(Cases.PslToSql(), c => c.Name, async (database, test) =>
        {
            var wanted = SchemaFile.Catalog(test.SchemaPath);
            try
            {
                await ApplyAsync(database, Migration.Script(Database.Empty, wanted));
            }
            catch (PostgresException refusal) when (refusal.SqlState is PostgresErrorCodes.UndefinedObject)
            {
                // Types and operator classes of extensions, or of newer servers.
                return null;
            }
            catch (PostgresException refusal)
            {
                return refusal.Message;
            }

            return Migration.Script(await ReadAsync(database, wanted), wanted) is { Length: > 0 } difference ? difference : null;
        });
    }

    [Fact]
    public async Task The_steps_from_database_to_schema_are_the_engines_and_leave_no_difference()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        await CleanDatabases.RunAsync(Cases.MigrationSteps().Where(IsForPostgres), c => c.Name, async (database, test) =>
        {
            foreach (var step in test.Steps)
            {
                if (await DifferenceAsync(database, step) is { } difference)
                {
                    return $"step {step.Number}: {difference}";
                }

                if (step.ApplyError is not null)
                {
                    break;
                }
            }

            return null;
        });
    }

    private static async Task<string?> DifferenceAsync(TestDatabase database, StepCase step)
    {
        var wanted = SchemaFile.Catalog(step.SchemaPath);
        var script = Migration.Script(await ReadAsync(database, wanted), wanted);
        if (TextDifference.First(step.SqlFromDatabase ?? step.Sql, script) is { } difference)
        {
            return difference;
        }

        try
        {
            await ApplyAsync(database, script);
        }
        catch (PostgresException refusal)
        {
            return step.ApplyError is null ? refusal.Message : null;
        }

        return Migration.Script(await ReadAsync(database, wanted), wanted) is { Length: > 0 } rest ? "applied, remains: " + rest : null;
    }

    /// <summary>One case only asks for the refusal of another provider.</summary>
    private static bool IsForPostgres(StepsCase test) =>
        !test.Steps.Any(s => File.ReadAllText(s.SchemaPath).Contains("\"cockroachdb\"", StringComparison.Ordinal));

    private static Task ApplyAsync(TestDatabase database, string script) =>
        script.Length > 0 ? database.ExecuteAsync(script) : Task.CompletedTask;

    private static async Task<Database> ReadAsync(TestDatabase database, Database wanted)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return await CatalogReader.ReadAsync(connection, wanted.DefaultSchema, wanted.Schemas);
    }
}
