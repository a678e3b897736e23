using Npgsql;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Backfilling;

public sealed class BackfillTests
{
    private const string Rows = """
        CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, name text, lower_name text);
        INSERT INTO t (id, name) SELECT g, 'Name ' || g FROM generate_series(1, 20000) g;
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_is_written_once_and_looked_at_again()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var events = Record(bench);

        var result = await RunAsync(bench, new BackfillRequest("t", "lower_name = lower(name)"));

        Assert.Equal(new BackfillResult("t.lower_name", BackfillEnd.Verified, 20000, 2, 0), result);
        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE lower_name = lower(name)"));
        Assert.Equal(20000, Assert.Single(events.OfType<RunEvent.BackfillPass>()).Found);
        Assert.Equal("backfill t.lower_name: Verified, 20000 rows written", await bench.ScalarAsync<string>("SELECT note FROM sluice.statements"));
    }

    [Fact]
    public async Task What_cannot_be_seen_from_the_values_is_done_once_and_never_again()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var request = new BackfillRequest("t", "n = n + 1");

        Assert.Equal(new BackfillResult("t.n", BackfillEnd.Done, 20000, 1, 20000), await RunAsync(bench, request));
        Assert.Equal(BackfillEnd.DoneBefore, (await RunAsync(bench, request)).End);

        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n = 1"));
    }

    // Under text, 9 comes after 10; under a collation, B between a and c.
    [Theory]
    [InlineData("id int PRIMARY KEY", "g")]
    [InlineData("id bigint PRIMARY KEY", "g - 1500")]
    [InlineData("id uuid PRIMARY KEY", "gen_random_uuid()")]
    [InlineData("id text PRIMARY KEY", "chr(64 + g % 60) || g")]
    [InlineData("id text COLLATE \"en-x-icu\" PRIMARY KEY", "chr(64 + g % 60) || g")]
    [InlineData("id numeric PRIMARY KEY", "g / 7.0")]
    [InlineData("id date PRIMARY KEY", "date '2020-01-01' + g")]
    [InlineData("id timestamptz PRIMARY KEY", "timestamptz '2020-01-01' + g * interval '1.001 s'")]
    [InlineData("id char(8) PRIMARY KEY", "g::text")]
    [InlineData("id bytea PRIMARY KEY", "decode(md5(g::text), 'hex')")]
    [InlineData("id text NOT NULL, id2 int NOT NULL, UNIQUE (id, id2)", "'it''s \"' || g % 13, g")]
    [InlineData("id2 int, id uuid, at timestamp, PRIMARY KEY (id2, id, at)", "g % 3, gen_random_uuid(), now()")]
    [InlineData("\"Te\"\"nant\" int, id int, PRIMARY KEY (\"Te\"\"nant\", id)", "g % 13, g")]
    public async Task Rows_are_gone_through_in_the_order_of_any_key(string key, string values)
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync($"CREATE TABLE k ({key}, n int NOT NULL DEFAULT 0); INSERT INTO k SELECT {values}, 0 FROM generate_series(1, 3000) g");

        Assert.Equal(3000, (await RunAsync(bench, new BackfillRequest("k", "n = n + 1") { Batch = 7 })).Changed);

        Assert.Equal(3000, await bench.ScalarAsync<long>("SELECT count(*) FROM k WHERE n = 1"));
        Assert.Equal(3000, await bench.ScalarAsync<long>("SELECT passed FROM sluice.backfills"));
    }

    [Fact]
    public async Task A_partitioned_table_is_gone_through_as_one_and_an_inherited_one_alone()
    {
        await using var bench = await Workbench.OpenAsync("""
            CREATE TABLE p (id int, at int, n int NOT NULL DEFAULT 0, PRIMARY KEY (id, at)) PARTITION BY LIST (at);
            CREATE TABLE p0 PARTITION OF p FOR VALUES IN (0); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
            INSERT INTO p SELECT g, g % 2 FROM generate_series(1, 2000) g;
            CREATE TABLE parent (id int PRIMARY KEY, n int NOT NULL DEFAULT 0); CREATE TABLE child () INHERITS (parent);
            INSERT INTO parent SELECT g FROM generate_series(1, 100) g; INSERT INTO child SELECT g FROM generate_series(1, 100) g;
            """);

        Assert.Equal(2000, (await RunAsync(bench, new BackfillRequest("p", "n = n + 1") { Batch = 90 })).Changed);
        Assert.Equal(100, (await RunAsync(bench, new BackfillRequest("parent", "n = n + 1"))).Changed);

        Assert.Equal(2000, await bench.ScalarAsync<long>("SELECT count(*) FROM p WHERE n = 1"));
        Assert.Equal(100, await bench.ScalarAsync<long>("SELECT sum(n) FROM parent"));
    }

    [Fact]
    public async Task Only_rows_of_the_condition_are_written_and_those_that_have_the_value_are_left_alone()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        await bench.ExecuteAsync("UPDATE t SET lower_name = lower(name) WHERE id <= 100");
        var before = await bench.ScalarAsync<string>("SELECT string_agg(ctid::text, ',' ORDER BY id) FROM t WHERE id <= 100");

        var result = await RunAsync(bench, new BackfillRequest("t", "lower_name = lower(name)") { Where = "id <= 500 -- the old ones" });

        Assert.Equal(400, result.Changed);
        Assert.Equal(before, await bench.ScalarAsync<string>("SELECT string_agg(ctid::text, ',' ORDER BY id) FROM t WHERE id <= 100"));
        Assert.Equal(500, await bench.ScalarAsync<long>("SELECT count(lower_name) FROM t"));
    }

    // `=` would call them the same and leave them as they are.
    [Fact]
    public async Task A_value_that_is_equal_but_written_otherwise_is_written()
    {
        await using var bench = await Workbench.OpenAsync("""
            CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE c (id int PRIMARY KEY, s text COLLATE ci, d numeric, j json, f float8);
            INSERT INTO c VALUES (1, 'ABC', 1.0, '{"a": 1}', 0);
            """);

        await RunAsync(bench, new BackfillRequest("c", "s = lower(s), d = 1.00, j = '{\"a\":1}', f = float8 '-0'"));

        Assert.Equal("""abc 1.00 {"a":1} -0""", await bench.ScalarAsync<string>("SELECT concat_ws(' ', s, d, j, f) FROM c"));
    }

    [Theory]
    [InlineData("gen_random_uuid()::text", null, BackfillEnd.Done)]
    [InlineData("gen_random_uuid()::text", "lower_name IS NULL", BackfillEnd.Verified)]
    [InlineData("CURRENT_TIMESTAMP::text", "lower_name IS NULL", BackfillEnd.Verified)]
    public async Task What_has_another_value_each_time_is_looked_at_again_by_its_condition_alone(string value, string? where, BackfillEnd end)
    {
        await using var bench = await Workbench.OpenAsync(Rows);

        var result = await RunAsync(bench, new BackfillRequest("t", $"lower_name = {value}") { Where = where });

        Assert.Equal((end, 20000), (result.End, result.Changed));
    }

    [Fact]
    public async Task An_empty_table_is_done_at_once()
    {
        await using var bench = await Workbench.OpenAsync("CREATE TABLE t (id int PRIMARY KEY, n int)");

        Assert.Equal(new BackfillResult("t.n", BackfillEnd.Verified, 0, 1, 0), await RunAsync(bench, new BackfillRequest("t", "n = 1")));
    }

    [Fact]
    public async Task Rows_that_are_written_meanwhile_behind_the_position_are_found_by_a_further_pass()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var events = Record(bench, e =>
        {
            if (e is RunEvent.BackfillPass { Pass: 1 })
            {
                bench.ExecuteAsync("INSERT INTO t (id, name) SELECT -g, 'Late ' || g FROM generate_series(1, 50) g; UPDATE t SET name = 'Other' WHERE id = 1").Wait(Stop);
            }
        });

        var result = await RunAsync(bench, new BackfillRequest("t", "lower_name = lower(name)"));

        Assert.Equal(new BackfillResult("t.lower_name", BackfillEnd.Verified, 20051, 3, 0), result);
        Assert.Equal(20050, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE lower_name = lower(name)"));
        Assert.Equal([20000, 51], events.OfType<RunEvent.BackfillPass>().Select(p => p.Found));
    }

    [Fact]
    public async Task Rows_that_go_on_being_written_without_it_are_told()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        Record(bench, e =>
        {
            if (e is RunEvent.BackfillPass)
            {
                bench.ExecuteAsync("UPDATE t SET lower_name = 'X' WHERE id = 3").Wait(Stop);
            }
        });

        var request = new BackfillRequest("t", "lower_name = lower(name)");
        var result = await RunAsync(bench, request);
        Assert.Equal((BackfillEnd.StillWritten, 1L), (result.End, result.Found));

        bench.Settings = bench.Settings with { Progress = null };
        Assert.Equal(BackfillEnd.Verified, (await RunAsync(bench, request)).End);
    }

    [Fact]
    public async Task A_row_that_somebody_holds_is_waited_for_and_not_passed_over()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Record(bench, e =>
        {
            if (e is RunEvent.Blocked)
            {
                told.TrySetResult();
            }
        });
        await using var blocker = await bench.Source.OpenConnectionAsync(Stop);
        await using var transaction = await blocker.BeginTransactionAsync(Stop);
        await using (var hold = new NpgsqlCommand("UPDATE t SET name = 'Held' WHERE id = 5000", blocker, transaction))
        {
            await hold.ExecuteNonQueryAsync(Stop);
        }

        var running = RunAsync(bench, new BackfillRequest("t", "n = n + 1"));
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        // What it has not written it does not hold either.
        await bench.ExecuteAsync("SET lock_timeout = '5s'; UPDATE t SET name = 'Free' WHERE id IN (4999, 5001)");
        await transaction.CommitAsync(Stop);

        Assert.Equal(20000, (await running).Changed);
        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n = 1"));
        Assert.Equal("Held", await bench.ScalarAsync<string>("SELECT name FROM t WHERE id = 5000"));
    }

    [Fact]
    public async Task Who_would_not_let_go_of_a_row_is_named_and_the_next_run_goes_on()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        bench.Settings = bench.Settings with { LockBudget = TimeSpan.FromSeconds(1) };
        var request = new BackfillRequest("t", "n = n + 1");
        await using (var blocker = await bench.Source.OpenConnectionAsync(Stop))
        {
            await using var transaction = await blocker.BeginTransactionAsync(Stop);
            await using var hold = new NpgsqlCommand("SET LOCAL application_name = 'reporting'; SELECT FROM t WHERE id = 5000 FOR UPDATE", blocker, transaction);
            await hold.ExecuteNonQueryAsync(Stop);

            var problem = await Workbench.FailAsync(() => RunAsync(bench, request));

            Assert.Equal("SL5087", problem.Code);
            Assert.Contains("reporting", problem.Message, StringComparison.Ordinal);
            await transaction.RollbackAsync(Stop);
        }

        Assert.Equal(BackfillEnd.Done, (await RunAsync(bench, request)).End);
        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n = 1"));
    }

    [Fact]
    public async Task The_row_for_which_the_expression_fails_is_named()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var request = new BackfillRequest("t", "n = n + 1000 / (id - 7777)::int");

        var problem = await Workbench.FailAsync(() => RunAsync(bench, request));

        Assert.Equal("SL5085", problem.Code);
        Assert.Contains("in the row id = 7777; those before it are done: 22012 division by zero", problem.Message, StringComparison.Ordinal);
        Assert.Equal("7776", await bench.ScalarAsync<string>("SELECT position[1] FROM sluice.backfills"));
        await bench.ExecuteAsync("DELETE FROM t WHERE id = 7777");
        Assert.Equal(BackfillEnd.Done, (await RunAsync(bench, request)).End);
        Assert.Equal(0, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n <> 1000 / (id - 7777)::int"));
    }

    private static Task<BackfillResult> RunAsync(Workbench bench, BackfillRequest request) => Backfill.RunAsync(bench.Settings, request, Stop);

    private static List<RunEvent> Record(Workbench bench, Action<RunEvent>? then = null)
    {
        var events = new List<RunEvent>();
        bench.Settings = bench.Settings with { Progress = new Told(e => { events.Add(e); then?.Invoke(e); }) };
        return events;
    }

    private sealed class Told(Action<RunEvent> action) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => action(value);
    }
}
