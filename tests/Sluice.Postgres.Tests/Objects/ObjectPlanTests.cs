using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Tests.Conformance;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Objects;

public sealed class ObjectPlanTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task Every_kind_is_added_changed_changed_back_and_taken_away() =>
        CleanDatabases.RunAsync(ObjectCase.All, c => c.Title, async (database, test) =>
        {
            await database.ExecuteAsync(ObjectCase.Tables + test.Before);
            var without = await ReadAsync(database);
            await database.ExecuteAsync(test.Make);
            var with = await ReadAsync(database);
            await database.ExecuteAsync(test.Change ?? "SELECT 1");
            var changed = await ReadAsync(database);

            await database.ExecuteAsync(CleanDatabases.Empty);
            await database.ExecuteAsync(ObjectCase.Tables + test.Before);
            return await StepAsync(database, without, with) ?? await StepAsync(database, with, changed)
                ?? await StepAsync(database, changed, with) ?? await StepAsync(database, with, without);
        });

    [Fact]
    public Task Every_kind_comes_with_the_tables_into_an_empty_database() =>
        CleanDatabases.RunAsync(ObjectCase.All, c => c.Title, async (database, test) =>
        {
            await database.ExecuteAsync(ObjectCase.Tables + test.Before);
            await database.ExecuteAsync(test.Make);
            var with = await ReadAsync(database);
            await database.ExecuteAsync(CleanDatabases.Empty);
            return await StepAsync(database, Database.Empty, with);
        });

    [Fact]
    public async Task A_view_over_a_view_gives_way_to_a_column_and_keeps_rights_and_comments()
    {
        const string Objects = """
            CREATE VIEW names AS SELECT id, name, age FROM author;
            CREATE MATERIALIZED VIEW loud AS SELECT upper(name) AS name, age FROM names;
            CREATE INDEX loud_name ON loud (name);
            GRANT SELECT ON names TO pg_monitor;
            COMMENT ON VIEW names IS 'who';
            COMMENT ON COLUMN loud.name IS 'cried';
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER touched BEFORE UPDATE OF age ON author FOR EACH ROW EXECUTE FUNCTION touch();
            CREATE POLICY grown ON author USING (age > 18);
            """;
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + Objects);
        var before = await ReadAsync(database);
        await using var other = await TestDatabase.CreateAsync();
        await other.ExecuteAsync(ObjectCase.Tables + "ALTER TABLE author ALTER COLUMN age TYPE bigint;" + Objects);
        var after = await ReadAsync(other);
        var steps = Migration.Plan(before, after).Steps;

        Assert.Equal(
            ["grown", "touched", "loud", "names"],
            steps.OfType<PlanStep.DropObject>().Select(s => s.Object.Id.Part.Length > 0 ? s.Object.Id.Part : s.Object.Id.Name));
        Assert.DoesNotContain(steps.OfType<PlanStep.CreateObject>(), s => s.Object.Id.Name == "touch");
        Assert.Empty(DataLoss.Checks(Migration.Plan(before, after)).OfType<DataLossCheck.ObjectDrop>());
        Assert.Null(await StepAsync(database, before, after));
    }

    [Fact]
    public async Task Columns_appended_to_a_view_and_a_new_body_are_changes_in_place()
    {
        const string Function = "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';";
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + Function + "CREATE VIEW a AS SELECT twice(id) AS n FROM author; CREATE VIEW b AS SELECT n FROM a;");
        var before = await ReadAsync(database);
        await database.ExecuteAsync("CREATE OR REPLACE VIEW a AS SELECT twice(id) AS n, name FROM author;" + Function.Replace("n * 2", "n + n", StringComparison.Ordinal).Replace("CREATE", "CREATE OR REPLACE", StringComparison.Ordinal));

        Assert.All(Migration.Plan(before, await ReadAsync(database)).Steps, s => Assert.IsType<PlanStep.AlterObject>(s));
    }

    [Fact]
    public async Task A_computed_column_gives_way_to_the_column_it_is_computed_from()
    {
        const string Computed = "ALTER TABLE author ADD COLUMN next integer GENERATED ALWAYS AS (age + 1) STORED; CREATE INDEX by_next ON author (next);";
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + Computed);
        var before = await ReadAsync(database);
        await using var other = await TestDatabase.CreateAsync();
        await other.ExecuteAsync(ObjectCase.Tables + "ALTER TABLE author ALTER COLUMN age TYPE bigint;" + Computed);

        Assert.Null(await StepAsync(database, before, await ReadAsync(other)));
    }

    [Fact]
    public async Task Objects_follow_renames_of_what_they_are_about()
    {
        const string Objects = """
            ALTER TABLE author ADD CONSTRAINT of_age CHECK (age > 0 AND name <> ''), ADD COLUMN loud text GENERATED ALWAYS AS (upper(name)) STORED;
            CREATE INDEX lower_name ON author (lower(name)) WHERE age > 1;
            CREATE VIEW names AS SELECT id, name AS called FROM author;
            CREATE TRIGGER same BEFORE UPDATE ON author FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
            CREATE POLICY own ON author USING (name = current_user);
            ALTER TABLE author ENABLE ROW LEVEL SECURITY;
            COMMENT ON TABLE author IS 'a'; COMMENT ON COLUMN author.name IS 'n'; COMMENT ON VIEW names IS 'v';
            GRANT SELECT ON author TO pg_monitor;
            """;
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables + Objects);
        var before = await ReadAsync(database);
        await using var other = await TestDatabase.CreateAsync();
        await other.ExecuteAsync(ObjectCase.Tables + Objects + "ALTER TABLE author RENAME TO writer; ALTER TABLE writer RENAME name TO \"fullName\"");
        ObjectName writer = new("public", "writer");
        var after = await ReadAsync(other) with { Renames = [new Rename.Table(new("public", "author"), writer), new Rename.Column(writer, "name", "fullName")] };

        Assert.Null(await StepAsync(database, before, after with { Sequences = before.Sequences }));
        Assert.DoesNotContain(Migration.Plan(before, after).Steps, s => s is PlanStep.DropObject);
    }

    [Fact]
    public async Task Dropping_what_holds_data_says_so()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables);
        var without = await ReadAsync(database);
        await database.ExecuteAsync("CREATE SEQUENCE numbers; CREATE MATERIALIZED VIEW many AS SELECT * FROM book;");
        var plan = Migration.Plan(await ReadAsync(database), without);

        Assert.Equal(
            ["You are about to drop the materialized view `many`. The rows it contains will be lost.", "You are about to drop the sequence `numbers`. The value it has come to will be lost."],
            DataLoss.Evaluate(DataLoss.Checks(plan), DataCounts.Unknown).Select(f => f.Message));
        Assert.All(plan.Steps, s => Assert.True(s.Hazards.HasFlag(Hazards.LosesData)));
    }

    [Fact]
    public async Task An_identity_column_goes_on_where_the_serial_stopped()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(ObjectCase.Tables);
        var serial = await ReadAsync(database);
        await using var other = await TestDatabase.CreateAsync();
        await other.ExecuteAsync(ObjectCase.Tables + "ALTER TABLE author ALTER COLUMN id DROP DEFAULT; DROP SEQUENCE author_id_seq; ALTER TABLE author ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY");
        Assert.Null(await StepAsync(database, serial, await ReadAsync(other)));
        await database.ExecuteAsync("INSERT INTO author (name) VALUES ('e@f')");
        await using var command = database.Source.CreateCommand("SELECT max(id) FROM author");

        Assert.Equal(3, await command.ExecuteScalarAsync(Stop));
    }

    /// <summary>Applies the plan; what is wrong afterwards, or null.</summary>
    internal static async Task<string?> StepAsync(TestDatabase database, Database from, Database to)
    {
        var script = Migration.Script(from, to);
        try
        {
            if (script.Length > 0)
            {
                await database.ExecuteAsync(script);
            }
        }
        catch (Npgsql.PostgresException refusal)
        {
            return $"{refusal.MessageText} {refusal.Detail}\n{script}";
        }

        var found = await ReadAsync(database);
        var left = CatalogDiffer.Diff(found, to);
        return left.IsEmpty ? null : $"left to do: {string.Join('\n', left)}\nafter\n{script}";
    }

    private static async Task<Database> ReadAsync(TestDatabase database)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return await CatalogReader.ReadWithObjectsAsync(connection);
    }
}
