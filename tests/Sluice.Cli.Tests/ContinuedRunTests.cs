namespace Sluice.Cli.Tests;

/// <summary>`kill -9` at exact points, made by a server that stops the statement; the next run has to get everything right.</summary>
public sealed class ContinuedRunTests
{
    // Twelve statements, four segments: 1-3, 4 alone, 5-6, and from the first use of the new enum value on 7-12.
    private const string Script = """
        CREATE TABLE /* s1. */ a (id int PRIMARY KEY, s text);
        CREATE TYPE /* s2. */ kind AS ENUM ('x');
        ALTER TABLE /* s3. */ a ADD COLUMN k int;
        CREATE INDEX CONCURRENTLY /* s4. */ a_s ON a (s);
        CREATE TABLE /* s5. */ b (id int);
        ALTER TYPE /* s6. */ kind ADD VALUE 'y';
        CREATE TABLE /* s7. */ c (k kind DEFAULT 'y');
        CREATE VIEW /* s8. */ v AS SELECT k FROM c;
        ALTER TABLE /* s9. */ b ADD COLUMN n int;
        CREATE INDEX /* s10. */ b_n ON b (n);
        CREATE SEQUENCE /* s11. */ q;
        ALTER TABLE /* s12. */ a ADD CONSTRAINT positive CHECK (k > 0);
        """;

    // A statement with the mark that the gate names waits for as long as the test holds the lock.
    public const string Gate = """
        CREATE SCHEMA gate;
        CREATE TABLE gate.stop (at text);
        CREATE FUNCTION gate.wait() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM gate.stop WHERE position(at IN current_query()) > 0) THEN
                PERFORM pg_advisory_xact_lock(4711);
            END IF;
        END $$;
        CREATE EVENT TRIGGER gate ON ddl_command_start EXECUTE FUNCTION gate.wait();
        """;

    private const string Catalog = """
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
          SELECT format('%s %s', relkind, relname) AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
          UNION ALL SELECT format('column %s.%s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod))
            FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
          UNION ALL SELECT format('%s valid: %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE relnamespace = 'public'::regnamespace
          UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
          UNION ALL SELECT format('enum %s %s', enumsortorder, enumlabel) FROM pg_enum
          UNION ALL SELECT format('history %s %s %s', migration_name, applied_steps_count, finished_at IS NOT NULL) FROM _prisma_migrations WHERE rolled_back_at IS NULL) x
        """;

    private static readonly Lazy<Task<string>> Undisturbed = new(async () =>
    {
        await using var work = await PreparedAsync();
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        return (string)(await work.QueryAsync(Catalog))!;
    });

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
    public async Task After_kill_9_before_a_statement_the_next_run_finishes(int statement)
    {
        await using var work = await PreparedAsync();
        await work.QueryAsync($"INSERT INTO gate.stop VALUES ('/* s{statement}. */')");

        await KillAtGateAsync(work, "migrate", "deploy", "--no-backup");

        await FinishesAsync(work);
    }

    [Theory]
    // Committing: the rows of the journal are in, the transaction is not.
    [InlineData("CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON sluice.statements DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.ordinal = 3) EXECUTE FUNCTION gate.hold()")]
    [InlineData("CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON sluice.statements DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.ordinal = 12) EXECUTE FUNCTION gate.hold()")]
    // The index is there, and the journal does not say so yet.
    [InlineData("CREATE TRIGGER gate BEFORE INSERT ON sluice.statements FOR EACH ROW WHEN (NEW.ordinal = 4 AND NEW.outcome = 'done') EXECUTE FUNCTION gate.hold()")]
    // The intent is written, and nothing was sent.
    [InlineData("CREATE TRIGGER gate BEFORE INSERT ON sluice.statements FOR EACH ROW WHEN (NEW.ordinal = 4 AND NEW.outcome = 'intent') EXECUTE FUNCTION gate.hold()")]
    // Begun, and nothing else.
    [InlineData("CREATE TRIGGER gate AFTER INSERT ON sluice.statements FOR EACH ROW WHEN (NEW.outcome = 'begun') EXECUTE FUNCTION gate.hold()")]
    public async Task After_kill_9_between_a_commit_and_its_journal_the_next_run_finishes(string trigger)
    {
        await using var work = await PreparedAsync();
        await work.QueryAsync("CREATE FUNCTION gate.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$");
        await work.QueryAsync(trigger);

        await KillAtGateAsync(work, "migrate", "deploy", "--no-backup");

        await FinishesAsync(work);
    }

    [Fact]
    public async Task Twenty_processes_at_once_apply_a_hundred_migrations_once_each()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        for (var i = 1; i <= 100; i++)
        {
            work.Migration($"20250101000{i:000}_m", $"CREATE TABLE t{i} ();");
        }

        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => work.RunAsync("migrate", "deploy", "--no-backup", "--lock-budget", "30m")));

        Assert.All(runs, r => r.Ends(0));
        Assert.Equal(100L, await work.QueryAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));
    }

    private static async Task<LiveWorkspace> PreparedAsync()
    {
        var work = await LiveWorkspace.CreateAsync(Workspace.Users, Gate);
        work.Migration("20250101000000_first", "CREATE TABLE first (id int);");
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        work.Migration("20250102000000_long", Script);
        return work;
    }

    // The catalog is all there as soon as the server has noticed that its client is gone.
    internal static async Task KillAtGateAsync(LiveWorkspace work, params string[] command)
    {
        await using var gate = await work.ShutGateAsync();
        using var process = Tool.Start(work.Folder, work.Environment, command);
        await KilledRunTests.UntilAsync(work, LiveWorkspace.AtTheGate);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await KilledRunTests.UntilAsync(work, LiveWorkspace.AtTheGate.Replace("EXISTS", "NOT EXISTS", StringComparison.Ordinal));
        await work.QueryAsync("DELETE FROM gate.stop");
    }

    private static async Task FinishesAsync(LiveWorkspace work)
    {
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0).Says("20250102000000_long");
        Assert.Equal(await Undisturbed.Value, await work.QueryAsync(Catalog));
        (await work.RunAsync("migrate", "status")).Ends(0);
    }
}
