using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Sql.Lexing;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Objects;

/// <summary>
/// Databases that chance made, of tables and every kind of object: the plan from one to the other leads there, and the plan
/// back leads back. SLUICE_RANDOM_CATALOGS sets how many pairs, SLUICE_RANDOM_SEED the first.
/// </summary>
public sealed class RandomCatalogTests
{
    private static readonly string[] TableChanges =
    [
        "ALTER TABLE author ALTER COLUMN age TYPE bigint",
        "ALTER TABLE author ALTER COLUMN name TYPE varchar(80)",
        "ALTER TABLE author ALTER COLUMN mood TYPE text",
        "ALTER TABLE author DROP COLUMN bio CASCADE",
        "ALTER TABLE author DROP COLUMN mood CASCADE",
        "ALTER TABLE author ADD COLUMN born date",
        "ALTER TABLE author ALTER COLUMN age SET NOT NULL",
        "ALTER TABLE author ALTER COLUMN age SET DEFAULT 7",
        "ALTER TABLE book DROP COLUMN price CASCADE",
        "ALTER TABLE book ALTER COLUMN price TYPE integer USING price::integer",
        "ALTER TABLE book ALTER COLUMN title TYPE varchar(10)",
        "ALTER TABLE book DROP CONSTRAINT book_author_id_fkey",
        "CREATE INDEX by_price ON book (price DESC)",
        "DROP TABLE book CASCADE",
        "CREATE TABLE shelf (id serial PRIMARY KEY, place text NOT NULL)",
        "CREATE TABLE rack (id bigserial PRIMARY KEY, label text DEFAULT 'x', author_id integer REFERENCES author (id))",
        "ALTER TYPE mood ADD VALUE 'glad'",
        "CREATE TYPE colour AS ENUM ('red', 'blue'); ALTER TABLE author ADD COLUMN colour colour",
        "CREATE VIEW wide AS SELECT a.id, a.name, b.title FROM author a JOIN book b ON b.author_id = a.id; GRANT SELECT ON wide TO pg_monitor; COMMENT ON VIEW wide IS 'w'",
        "CREATE VIEW ages AS SELECT age, mood FROM author; CREATE MATERIALIZED VIEW old AS SELECT age FROM ages; CREATE INDEX old_age ON old (age)",
        "CREATE FUNCTION next_age() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 8'; ALTER TABLE author ALTER COLUMN age SET DEFAULT next_age()",
        "CREATE FUNCTION is_short(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT length($1) < 90'; ALTER TABLE author ADD CHECK (is_short(name)); CREATE INDEX shorts ON author (is_short(name))",
        "ALTER TABLE author ADD COLUMN twice integer GENERATED ALWAYS AS (age * 2) STORED; CREATE INDEX by_twice ON author (twice); COMMENT ON COLUMN author.twice IS 't'",
        "CREATE SEQUENCE steps; ALTER TABLE author ALTER COLUMN age SET DEFAULT nextval('steps')",
    ];

    [Fact]
    public Task The_plan_between_two_random_databases_leads_there_and_back()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_RANDOM_CATALOGS"), out var wanted) ? wanted : 12;
        var first = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_RANDOM_SEED"), out var seed) ? seed : 1;
        return CleanDatabases.RunAsync(Enumerable.Range(first, count), s => $"seed {s}", async (database, pair) =>
        {
            var to = await MakeAsync(database, new Random(pair * 2));
            await database.ExecuteAsync(CleanDatabases.Empty);
            var from = await MakeAsync(database, new Random((pair * 2) + 1));
            return await ObjectPlanTests.StepAsync(database, from, to) ?? await ObjectPlanTests.StepAsync(database, to, from);
        });
    }

    /// <summary>The same in online forms, for fewer.</summary>
    [Fact]
    public Task The_online_plan_between_two_random_databases_leads_there()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_RANDOM_CATALOGS"), out var wanted) ? wanted : 6;
        var first = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_RANDOM_SEED"), out var seed) ? seed : 101;
        return CleanDatabases.RunAsync(Enumerable.Range(first, count), s => $"seed {s}", async (database, pair) =>
        {
            var to = await MakeAsync(database, new Random(pair * 2));
            await database.ExecuteAsync(CleanDatabases.Empty);
            var from = await MakeAsync(database, new Random((pair * 2) + 1));
            return await OnlinePlanTests.StepAsync(database, from, to);
        });
    }

    // What does not go together with what is there already is left out.
    private static async Task<Database> MakeAsync(TestDatabase database, Random random)
    {
        await database.ExecuteAsync(ObjectCase.EmptyTables);
        var pool = ObjectCase.All.Where(c => !IsApart(c)).Select(c => Group(c, random)).Concat(TableChanges).ToArray();
        random.Shuffle(pool);
        await using var connection = await database.Source.OpenConnectionAsync();
        foreach (var group in pool.Take(random.Next(5, 30)))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            try
            {
                foreach (var statement in StatementSplitter.Split(group))
                {
                    await using var command = new NpgsqlCommand(statement.Text(group), connection, transaction);
                    await command.ExecuteNonQueryAsync();
                }

                await transaction.CommitAsync();
            }
            catch (PostgresException)
            {
                await transaction.RollbackAsync();
            }
        }

        return await CatalogReader.ReadWithObjectsAsync(connection);
    }

    // Default rights are no state: what they do shows in what is made after them.
    private static bool IsApart(ObjectCase item) => item.Kind is ObjectKind.DefaultGrant or ObjectKind.DefaultRevoke;

    private static string Group(ObjectCase item, Random random) =>
        string.Join(";\n", new[] { item.Before, item.Make, random.Next(2) == 0 ? item.Change : null }.Where(s => s?.Length > 0));
}
