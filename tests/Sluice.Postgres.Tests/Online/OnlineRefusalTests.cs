using Sluice.Postgres.Connecting;
using Sluice.Postgres.Online;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Online;

public sealed class OnlineRefusalTests
{
    private const string First = """
        CREATE TYPE role AS ENUM ('ADMIN', 'USER');
        CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL, n int, role role);
        CREATE VIEW shown AS SELECT id, n FROM t;
        CREATE TABLE keyless (n int);
        """;

    private static readonly (string Code, string Says, string Next, string? Set, string? Back)[] Impossible =
    [
        ("SL5122", "--set \"t.name = …\"", "ALTER TABLE t ALTER COLUMN name TYPE int USING name::int", null, null),
        ("SL5122", "--back \"t.name = …\"", "ALTER TABLE t DROP COLUMN name", null, null),
        ("SL5134", "is of no column", "ALTER TABLE t RENAME COLUMN name TO title", "t.other = 1", null),
        ("SL5121", "table.column", "ALTER TABLE t RENAME COLUMN name TO title", "title = 1", null),
        ("SL5121", "another value each time", "ALTER TABLE t ALTER COLUMN name TYPE uuid USING gen_random_uuid()", "t.name = gen_random_uuid()", null),
        ("SL5080", "semicolon", "ALTER TABLE t ALTER COLUMN name TYPE int USING 1", "t.name = 1; DROP TABLE t", null),
        ("SL5136", "not_there", "ALTER TABLE t ALTER COLUMN name TYPE int USING 1", "t.name = not_there", null),
        ("SL5136", "shown", "DROP VIEW shown; ALTER TABLE t ALTER COLUMN n TYPE bigint; CREATE VIEW shown AS SELECT id, n FROM t", null, null),
        ("SL5123", "CREATE TABLE", "ALTER TABLE t RENAME COLUMN name TO title; CREATE TABLE other (id int)", null, null),
        ("SL5135", "nothing that has two versions", "CREATE TABLE other (id int)", null, null),
        ("SL5082", "keyless", "ALTER TABLE keyless ALTER COLUMN n TYPE bigint", null, null),
        ("SL5122", "t.role", "ALTER TYPE role RENAME TO gone; CREATE TYPE role AS ENUM ('USER'); ALTER TABLE t ALTER COLUMN role TYPE role USING 'USER'; DROP TYPE gone", null, null),
    ];

    [Fact]
    public async Task What_cannot_be_carried_out_is_refused_before_anything_is_touched()
    {
        await using var bench = await OnlineBench.OpenAsync(First, "");
        foreach (var (code, says, next, set, back) in Impossible)
        {
            bench.Bench.Write(OnlineBench.Next, next);

            var problem = await Workbench.FailAsync(() => bench.StartAsync(set is null ? null : [set], back is null ? null : [back]));

            var said = problem.Message + problem.Statement?.Error.Message + problem.Statement?.Error.Detail;
            Assert.True(problem.Code == code && said.Contains(says, StringComparison.Ordinal) && !problem.Remedies.IsEmpty, $"{code} of {next}: {problem.Code} {said}");
        }

        await bench.AssertIsBeforeAsync();
        Assert.False(await bench.Bench.HasTableAsync("sluice.online"));
    }

    // What a database does by itself shows in the catalogs alone: one side of the comparison has what no step made. The second comes with the
    // remarks that the new column gets at the end, where no difference is left but what they bring.
    [Theory]
    [InlineData("CREATE SCHEMA", "Taken back, it would not leave what there is now; 1 difference:")]
    [InlineData("COMMENT", "Carried out online, it would not end where the migration ends; 1 difference:")]
    public async Task What_the_steps_bring_with_them_is_seen_on_the_scratch_database(string tag, string says)
    {
        await using var bench = await OnlineBench.OpenAsync($"""
            CREATE TABLE t (id int PRIMARY KEY, n int);
            COMMENT ON COLUMN t.n IS 'how many';
            CREATE FUNCTION bring() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE IF NOT EXISTS public.brought (id int); END $$;
            CREATE EVENT TRIGGER bring ON ddl_command_end WHEN TAG IN ('{tag}') EXECUTE FUNCTION bring();
            """, "ALTER TABLE t ALTER COLUMN n TYPE bigint");

        var problem = await Workbench.FailAsync(() => bench.StartAsync());

        Assert.Equal("SL5123", problem.Code);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.Contains("brought", problem.Message, StringComparison.Ordinal);
        await bench.AssertIsBeforeAsync();
    }

    [Fact]
    public async Task A_state_takes_only_what_leads_on_or_back_and_nothing_else_is_applied_meanwhile()
    {
        await using var bench = await OnlineBench.OpenAsync(First, "ALTER TABLE t RENAME COLUMN name TO title");
        Assert.Equal("SL5120", (await Workbench.FailAsync(() => bench.CompleteAsync())).Code);
        Assert.Equal("SL5120", (await Workbench.FailAsync(() => bench.RollbackAsync())).Code);
        await bench.StartAsync();
        bench.Bench.Write("20260103000000_later", "CREATE TABLE later (id int)");

        Assert.Equal("SL5129", (await bench.Bench.DeployFailsAsync()).Code);
        Assert.Equal("SL5130", (await Workbench.FailAsync(() => bench.StartAsync(["t.title = ''"]))).Code);
        Assert.Equal(OnlineState.Switched, (await bench.StartAsync()).State);
        bench.Bench.Write(OnlineBench.Next, "ALTER TABLE t RENAME COLUMN name TO other");
        Assert.Equal("SL5128", (await Workbench.FailAsync(() => bench.CompleteAsync())).Code);
        bench.Bench.Write(OnlineBench.Next, "ALTER TABLE t RENAME COLUMN name TO title");
        await bench.CompleteAsync();

        Assert.Equal(["20260103000000_later"], (await bench.Bench.DeployAsync()).Applied);
        Assert.Equal("SL5120", (await Workbench.FailAsync(() => bench.StartAsync())).Code);
    }

    [Fact]
    public async Task Drift_is_refused_and_so_is_an_end_that_somebody_has_changed()
    {
        await using var bench = await OnlineBench.OpenAsync(First, "ALTER TABLE t RENAME COLUMN name TO title");
        await bench.Bench.ExecuteAsync("CREATE TABLE by_hand (id int)");
        Assert.Equal("SL5124", (await Workbench.FailAsync(() => bench.StartAsync())).Code);
        await bench.Bench.ExecuteAsync("DROP TABLE by_hand");
        await bench.StartAsync();
        await bench.Bench.ExecuteAsync("CREATE TABLE by_hand (id int)");

        Assert.Equal("SL5128", (await Workbench.FailAsync(() => bench.CompleteAsync())).Code);
        Assert.Equal("SL5127", (await Workbench.FailAsync(() => bench.RollbackAsync())).Code);
        await bench.Bench.ExecuteAsync("DROP TABLE by_hand");

        Assert.Equal(OnlineState.Done, (await bench.CompleteAsync()).State);
        await bench.AssertIsAfterAsync();
    }

    [Fact]
    public async Task Rows_whose_versions_disagree_keep_it_from_ending()
    {
        await using var bench = await OnlineBench.OpenAsync(First + "INSERT INTO t VALUES (1, 'a', 5);", "ALTER TABLE t ALTER COLUMN name TYPE varchar(9)");
        await bench.StartAsync(["t.name = left(name, 9)"]);
        await bench.Bench.ExecuteAsync("ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET name = 'b'; ALTER TABLE t ENABLE TRIGGER USER;");

        var problem = await Workbench.FailAsync(() => bench.CompleteAsync());

        Assert.Equal("SL5125", problem.Code);
        Assert.Equal("a", await bench.NewAsync("SELECT name FROM t"));
        await bench.OldAsync("UPDATE t SET name = 'c'");
        await bench.CompleteAsync();
        Assert.Equal("c", await bench.NewAsync("SELECT name FROM t"));
    }

    [Fact]
    public async Task A_second_run_is_sent_away_and_told_who_is_at_it()
    {
        await using var bench = await OnlineBench.OpenAsync(First, "ALTER TABLE t RENAME COLUMN name TO title");
        bench.Bench.Settings = bench.Bench.Settings with { LockTimeout = TimeSpan.FromMilliseconds(100) };
        await using var other = await bench.Bench.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var take = new Npgsql.NpgsqlCommand("SELECT pg_advisory_lock(72707369)", other);
        await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var problem = await Workbench.FailAsync(() => bench.StartAsync());

        Assert.Equal("P1002", problem.Code);
        Assert.Contains($"process {other.ProcessID}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_holds_a_table_is_waited_for_briefly_and_named()
    {
        await using var bench = await OnlineBench.OpenAsync(First, "ALTER TABLE t ALTER COLUMN name TYPE varchar(9)");
        bench.Bench.Settings = bench.Bench.Settings with { LockBudget = TimeSpan.FromMilliseconds(300) };
        await using var holder = await bench.Bench.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var read = new Npgsql.NpgsqlCommand("SELECT count(*) FROM t", holder))
        {
            await read.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var problem = await Workbench.FailAsync(() => bench.StartAsync(["t.name = left(name, 9)"]), p => p.Code != "SL5126" || p.Message.Contains("pid ", StringComparison.Ordinal));

        Assert.Equal("SL5126", problem.Code);
        Assert.Contains($"pid {holder.ProcessID}", problem.Message, StringComparison.Ordinal);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        bench.Bench.Settings = bench.Bench.Settings with { LockBudget = TimeSpan.FromMinutes(5) };
        Assert.Equal(OnlineState.Switched, (await bench.StartAsync()).State);
    }
}
