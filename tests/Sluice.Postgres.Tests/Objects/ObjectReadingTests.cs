using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Sql.Objects;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Objects;

public sealed class ObjectReadingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_kind_has_a_case() =>
        Assert.Equal(Enum.GetValues<ObjectKind>().Where(k => k > ObjectKind.Column), ObjectCase.All.Select(c => c.Kind).Distinct().Order());

    [Fact]
    public Task Every_kind_is_read_and_can_be_dropped_and_made_again() =>
        CleanDatabases.RunAsync(ObjectCase.All, c => c.Title, async (database, test) =>
        {
            await database.ExecuteAsync(ObjectCase.Tables + test.Before);
            var before = await ReadAsync(database);
            await database.ExecuteAsync(test.Make);
            var made = await ReadAsync(database);
            var news = made.Objects.Except(before.Objects).ToList();
            if (news.All(o => o.Id.Kind != test.Kind))
            {
                return $"not read; found {string.Join(", ", news)}";
            }

            if (made != await ReadAsync(database))
            {
                return "read twice, it is not the same";
            }

            if (test.Kind is ObjectKind.GeneratedColumn or ObjectKind.PartitionKey)
            {
                return null;
            }

            await RunAsync(database, news.AsEnumerable().Reverse().Select(ObjectSql.Drop));
            var dropped = (await ReadAsync(database)).Objects;
            if (dropped != before.Objects)
            {
                return $"dropped, there is still {string.Join('\n', dropped.Except(before.Objects))}";
            }

            var refusals = await RunAsync(database, news.Select(o => string.Join(';', ObjectSql.Create(o))));
            var again = (await ReadAsync(database)).Objects;
            return again == made.Objects ? null : $"made again, it is\n{string.Join('\n', again)}\nnot\n{string.Join('\n', made.Objects)}\n{refusals}";
        });

    [Fact]
    public async Task What_the_language_says_is_not_said_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + """
            CREATE INDEX plain ON book (title DESC, author_id);
            CREATE INDEX tags ON book USING gin (tags array_ops);
            ALTER TABLE book ADD CONSTRAINT one UNIQUE (title);
            CREATE TABLE _prisma_migrations (id text PRIMARY KEY CHECK (id <> ''));
            CREATE SCHEMA sluice; CREATE VIEW sluice.v AS SELECT 1;
            CREATE EXTENSION citext;
            """);
        var catalog = await ReadAsync(database);
        await using var connection = await database.Source.OpenConnectionAsync(Stop);

        Assert.Empty(catalog.Objects);
        Assert.Equal(await CatalogReader.ReadAsync(connection, cancellation: Stop) with { SeesObjects = true }, catalog);
    }

    [Fact]
    public async Task Keys_and_indexes_beyond_the_language_are_no_part_of_the_table()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("""
            CREATE TABLE a (id integer PRIMARY KEY DEFERRABLE, n integer UNIQUE);
            CREATE INDEX few ON a (n) WHERE n > 1;
            CREATE INDEX covering ON a (n) INCLUDE (id);
            CREATE TABLE b (n integer REFERENCES a (n) DEFERRABLE);
            """);
        var tables = (await ReadAsync(database)).Tables;

        Assert.Null(tables[0].PrimaryKey);
        Assert.Equal(["a_n_key"], tables[0].Indexes.Select(i => i.Name));
        Assert.Empty(tables[1].ForeignKeys);
    }

    [Fact]
    public async Task A_view_needs_the_columns_and_functions_it_names()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + """
            CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n';
            CREATE VIEW a AS SELECT twice(age) AS n FROM author;
            CREATE VIEW b AS SELECT n FROM a;
            COMMENT ON VIEW b IS 'b';
            """);
        var catalog = await ReadAsync(database);
        ObjectId View(string name) => new(ObjectKind.View, "public", name);

        Assert.Equal(
            [
                new(View("a"), new ObjectId(ObjectKind.Column, "public", "author", "age"), DependencyKind.Use),
                new(View("a"), new ObjectId(ObjectKind.Function, "public", "twice", "integer"), DependencyKind.Use),
                new(View("b"), View("a"), DependencyKind.Use),
                new(new ObjectId(ObjectKind.Comment, "public", "b", "VIEW public.b"), View("b"), DependencyKind.Part),
            ],
            catalog.Dependencies);
    }

    [Fact]
    public async Task The_session_keeps_its_own_search_path()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        await CatalogReader.ReadWithObjectsAsync(connection, cancellation: Stop);
        await using var command = new NpgsqlCommand("SHOW search_path", connection);

        Assert.Equal("\"$user\", public", await command.ExecuteScalarAsync(Stop));
    }

    // In whatever order works: the order is the planner's business. What is left went with something else, or the comparison tells.
    private static async Task<string> RunAsync(TestDatabase database, IEnumerable<string> statements)
    {
        var left = statements.Where(s => s.Length > 0).ToList();
        var refusals = new List<string>();
        var before = int.MaxValue;
        while (left.Count > 0 && left.Count < before)
        {
            before = left.Count;
            var failed = new List<string>();
            refusals.Clear();
            foreach (var statement in left)
            {
                try
                {
                    await database.ExecuteAsync(statement);
                }
                catch (PostgresException refusal)
                {
                    refusals.Add($"{refusal.MessageText}: {statement}");
                    failed.Add(statement);
                }
            }

            left = failed;
        }

        return string.Join('\n', refusals);
    }

    private static async Task<Database> ReadAsync(TestDatabase database)
    {
        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        return await CatalogReader.ReadWithObjectsAsync(connection, cancellation: Stop);
    }
}
