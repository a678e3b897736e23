namespace Sluice.Cli.Tests;

/// <summary>`kill -9` in the middle of `down`, at exact points: the next command has to know, and `down` has to go on.</summary>
public sealed class ContinuedDownTests
{
    private const string Up = """
        CREATE TABLE a (id int PRIMARY KEY, s text, k int);
        CREATE TYPE kind AS ENUM ('x');
        CREATE INDEX a_s ON a (s);
        CREATE TABLE b (n int);
        CREATE INDEX b_n ON b (n);
        CREATE TABLE c (k kind);
        CREATE VIEW v AS SELECT k FROM c;
        CREATE SEQUENCE q;
        """;

    // Twelve statements, five segments: 1-3, 4 alone, 5-7, 8 alone, 9-12.
    private const string Down = """
        ALTER TABLE /* d1. */ a ADD COLUMN extra int;
        DROP SEQUENCE /* d2. */ q;
        DROP INDEX /* d3. */ b_n;
        DROP INDEX CONCURRENTLY /* d4. */ a_s;
        DROP VIEW /* d5. */ v;
        DROP TABLE /* d6. */ c;
        DROP TABLE /* d7. */ b;
        CREATE INDEX CONCURRENTLY /* d8. */ a_k ON a (k);
        ALTER TABLE /* d9. */ a DROP COLUMN k;
        DROP TYPE /* d10. */ kind;
        CREATE TABLE /* d11. */ last (id int);
        DROP TABLE /* d12. */ a, last;
        """;

    private const string Left = """
        SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ 'schema_migrations|first'
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task After_kill_9_before_a_statement_the_next_down_finishes(int statement)
    {
        await using var work = await PreparedAsync();
        await work.QueryAsync($"INSERT INTO gate.stop VALUES ('/* d{statement}. */')");

        await ContinuedRunTests.KillAtGateAsync(work, "down", "2", "--yes", "--no-backup");

        await FinishesAsync(work, statement switch { < 4 => 0, 4 => 3, < 8 => 4, 8 => 7, _ => 8 });
    }

    [Theory]
    // Committing: the rows of the journal are in, the transaction is not.
    [InlineData("CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON sluice.statements DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.ordinal = 7 AND NEW.history LIKE '% down') EXECUTE FUNCTION gate.hold()", 4)]
    [InlineData("CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON sluice.statements DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.ordinal = 12 AND NEW.history LIKE '% down') EXECUTE FUNCTION gate.hold()", 8)]
    // The index is gone, and the journal does not say so yet.
    [InlineData("CREATE TRIGGER gate BEFORE INSERT ON sluice.statements FOR EACH ROW WHEN (NEW.ordinal = 4 AND NEW.outcome = 'done' AND NEW.history LIKE '% down') EXECUTE FUNCTION gate.hold()", 3)]
    public async Task After_kill_9_between_a_commit_and_its_journal_the_next_down_finishes(string trigger, int done)
    {
        await using var work = await PreparedAsync();
        await work.QueryAsync("CREATE FUNCTION gate.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$");
        await work.QueryAsync(trigger);

        await ContinuedRunTests.KillAtGateAsync(work, "down", "2", "--yes", "--no-backup");

        await FinishesAsync(work, done);
    }

    private static async Task<LiveWorkspace> PreparedAsync()
    {
        var work = await LiveWorkspace.CreateAsync(sql: ContinuedRunTests.Gate);
        work.Versioned("001_first", "CREATE TABLE first (id int);", "DROP TABLE first;");
        work.Versioned("002_long", Up, Down);
        (await work.RunAsync("up")).Ends(0);
        return work;
    }

    private static async Task FinishesAsync(LiveWorkspace work, int done)
    {
        if (done > 0)
        {
            var half = (await work.RunAsync("status", "--json")).Ends(1).Json.GetProperty("halfDone")[0];
            Assert.Equal(("002_long", "down", done, 12), (
                half.GetProperty("migration").GetString(), half.GetProperty("direction").GetString(), half.GetProperty("done").GetInt32(), half.GetProperty("statements").GetInt32()));
            (await work.RunAsync("up")).Ends(1).Warns("SL5036", "partly undone", "sluice down 002_long");
        }

        (await work.RunAsync("down", "2", "--yes", "--no-backup")).Ends(0).Says("1 migration undone.");
        Assert.Equal(0L, await work.QueryAsync(Left));
        Assert.Equal("001", await work.QueryAsync("SELECT string_agg(version, ',') FROM schema_migrations"));
        Assert.Equal(0, (await work.RunAsync("status", "--json")).Ends(1).Json.GetProperty("halfDone").GetArrayLength());
        (await work.RunAsync("up")).Ends(0).Says("002_long");
    }
}
