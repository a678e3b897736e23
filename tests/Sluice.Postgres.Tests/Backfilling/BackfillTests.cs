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

    // Cut to fifteen digits, neighbours would look the same; and whoever goes on may spell dates another way.
    [Theory]
    [InlineData("id float8 PRIMARY KEY", "1 + g * 4.440892098500626e-16", "^1\\.[0-9]{12,}$")]
    [InlineData("id date PRIMARY KEY", "date '2020-01-01' + g", "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
    public async Task A_key_is_kept_as_text_that_means_the_same_under_any_settings(string key, string values, string kept)
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync($"CREATE TABLE k ({key}, n int NOT NULL DEFAULT 0); INSERT INTO k SELECT {values}, 0 FROM generate_series(1, 500) g");
        var database = bench.Settings.Address.Database;
        await bench.ExecuteAsync($"ALTER DATABASE {database} SET extra_float_digits = 0; ALTER DATABASE {database} SET DateStyle = 'SQL, DMY'");

        Assert.Equal(500, (await RunAsync(bench, new BackfillRequest("k", "n = n + 1") { Batch = 7 })).Changed);

        Assert.Equal(500, await bench.ScalarAsync<long>("SELECT count(*) FROM k WHERE n = 1"));
        Assert.Matches(kept, await bench.ScalarAsync<string>("SELECT last[1] FROM sluice.backfills"));
    }

    [Theory]
    [InlineData(1L << 10, true)]
    [InlineData(0, false)]
    public async Task It_waits_where_the_server_would_write_more_WAL_than_it_may(long most, bool waits)
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE w (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, pad text); INSERT INTO w SELECT g, 0, repeat('x', 400) FROM generate_series(1, 700) g");
        var events = Record(bench);

        // It looks four times a second: with a longer pause before every batch, before each. In two batches, since it waits two seconds for what takes minutes.
        Assert.Equal(700, (await RunAsync(bench, new BackfillRequest("w", "n = n + 1") { Batch = 600, MaxWal = most, Pause = TimeSpan.FromMilliseconds(260) })).Changed);

        Assert.Equal(waits, events.OfType<RunEvent.BackfillHeldBack>().Any(e => e.Reason.Contains("--max-wal", StringComparison.Ordinal)));
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
            CREATE TABLE c (id int PRIMARY KEY, s text COLLATE ci, v varchar(9), d numeric, j json, f float8, n int, w int);
            INSERT INTO c VALUES (1, 'ABC', 'ABC', 1.0, '{"a": 1}', 0, 1, NULL);
            """);
        foreach (var (set, alone) in new[] { ("s = lower(s)", "s"), ("v = lower(v COLLATE ci)", "v"), ("d = 1.00", "d"), ("j = '{\"a\":1}'", "j"), ("f = float8 '-0'", "f"), ("n = NULL", "n"), ("w = 2 -- two", "w") })
        {
            Assert.Equal((1, alone), ((await RunAsync(bench, new BackfillRequest("c", set))).Changed, alone));
            Assert.Equal((0, alone), ((await RunAsync(bench, new BackfillRequest("c", set) { Name = "again " + alone })).Changed, alone));
        }

        Assert.Equal("""abc abc 1.00 {"a":1} -0 2""", await bench.ScalarAsync<string>("SELECT concat_ws(' ', s, v, d, j, f, n, w) FROM c"));
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
                bench.ExecuteAsync("INSERT INTO t (id, name) SELECT -g, 'Late ' || g FROM generate_series(1, 50) g; UPDATE t SET name = 'Other' WHERE id IN (1, 7777, 7778, 20000)").Wait(Stop);
            }
        });

        var result = await RunAsync(bench, new BackfillRequest("t", "lower_name = lower(name)"));

        Assert.Equal(new BackfillResult("t.lower_name", BackfillEnd.Verified, 20054, 3, 0), result);
        Assert.Equal(20050, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE lower_name = lower(name)"));
        Assert.Equal([20000, 54], events.OfType<RunEvent.BackfillPass>().Select(p => p.Found));
    }

    // Above the highest key of its beginning, in the transaction that brings the pass there.
    [Fact]
    public async Task A_pass_that_found_nothing_looks_at_what_came_behind_its_end_meanwhile()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        Record(bench, e =>
        {
            if (e is RunEvent.BackfillPass { Pass: 1 })
            {
                bench.ExecuteAsync("""
                    CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.t (id, name) VALUES (20001, 'Late') ON CONFLICT DO NOTHING; RETURN NULL; END $$;
                    CREATE TRIGGER late AFTER UPDATE ON sluice.backfills FOR EACH ROW WHEN (NEW.pass = 2 AND NEW.position = NEW.last) EXECUTE FUNCTION late();
                    """).Wait(Stop);
            }
        });

        Assert.Equal(new BackfillResult("t.lower_name", BackfillEnd.Verified, 20001, 3, 0), await RunAsync(bench, new BackfillRequest("t", "lower_name = lower(name)")));

        Assert.Equal("late", await bench.ScalarAsync<string>("SELECT lower_name FROM t WHERE id = 20001"));
    }

    [Fact]
    public async Task The_row_for_which_the_expression_fails_later_is_found_among_those_that_are_only_looked_at()
    {
        await using var bench = await Workbench.OpenAsync(Rows + "UPDATE t SET n = 1;");
        Record(bench, e =>
        {
            if (e is RunEvent.BackfillPass)
            {
                bench.ExecuteAsync("UPDATE t SET n = 0 WHERE id = 7777").Wait(Stop);
            }
        });

        var problem = await Workbench.FailAsync(() => RunAsync(bench, new BackfillRequest("t", "lower_name = (100 / n)::text")));

        Assert.Contains("in the row id = 7777", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_while_a_row_is_waited_for_it_ends_at_once_and_leaves_no_statement_behind()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        await using var blocker = await bench.Source.OpenConnectionAsync(Stop);
        await using var transaction = await blocker.BeginTransactionAsync(Stop);
        await using var hold = new NpgsqlCommand("UPDATE t SET n = 7 WHERE id = 5", blocker, transaction);
        await hold.ExecuteNonQueryAsync(Stop);
        for (var wait = 20; wait <= 140; wait += 20)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            var running = Backfill.RunAsync(bench.Settings, new BackfillRequest("t", "n = n + 1"), stop.Token);
            await Wait.UntilAsync(() => bench.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid')"), "it does not wait");
            await Task.Delay(wait, Stop);
            await stop.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }
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
        await Task.WhenAny(told.Task, running);
        Assert.False(running.IsCompleted, "it did not wait");
        // What it has not written it does not hold either.
        await bench.ExecuteAsync("SET lock_timeout = '1min'; UPDATE t SET name = 'Free' WHERE id IN (4999, 5001)");
        await transaction.CommitAsync(Stop);

        Assert.Equal(20000, (await running).Changed);
        Assert.Equal(20000, await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE n = 1"));
        Assert.Equal("Held", await bench.ScalarAsync<string>("SELECT name FROM t WHERE id = 5000"));
    }

    [Fact]
    public async Task Who_would_not_let_go_of_a_row_is_named_and_the_next_run_goes_on()
    {
        await using var bench = await Workbench.OpenAsync(Rows);
        var brief = bench.Settings with { LockBudget = TimeSpan.FromSeconds(1) };
        var request = new BackfillRequest("t", "n = n + 1");
        await using (var blocker = await bench.Source.OpenConnectionAsync(Stop))
        {
            await using var transaction = await blocker.BeginTransactionAsync(Stop);
            await using var hold = new NpgsqlCommand("SET LOCAL application_name = 'reporting'; SELECT FROM t WHERE id = 5000 FOR UPDATE", blocker, transaction);
            await hold.ExecuteNonQueryAsync(Stop);

            var problem = await Workbench.FailAsync(() => Backfill.RunAsync(brief, request, Stop), p => p.Code != "SL5087" || p.Message.Contains("Held by", StringComparison.Ordinal));

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
