using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Cli.Tests;

public sealed class BackfillTests
{
    private const int Rows = 20_000;

    // Who writes a row at which a gate stands waits until it is gone, with its batch open.
    private static readonly string Many = $"""
        CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, name text);
        INSERT INTO t (id, name) SELECT g, 'Name ' || g FROM generate_series(1, {Rows}) g;
        CREATE TABLE gates (at bigint);
        INSERT INTO gates VALUES ({Rows * 20 / 100}), ({Rows});
        CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          WHILE EXISTS (SELECT FROM public.gates WHERE at = OLD.id) LOOP PERFORM pg_sleep(0.02); END LOOP; RETURN NEW; END $$;
        CREATE TRIGGER hold BEFORE UPDATE OF n ON t FOR EACH ROW WHEN (OLD.id % {Rows / 10} = 0) EXECUTE FUNCTION hold();
        """;

    private const string IsHeld = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')";

    private const string Few = """
        CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0);
        INSERT INTO t (id) SELECT g FROM generate_series(1, 1000) g;
        CREATE TABLE nokey (n int);
        """;

    // A row takes longer than a batch is to, so that each batch is one row, and there are a thousand.
    private const string Slow = Few + """
        CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
        CREATE TRIGGER slowly BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION slowly();
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_four_times_among_writers_it_leaves_no_row_out_and_does_none_twice()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Many);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var (written, reach) = (0, Rows);
        var writing = WriteAsync();
        foreach (var share in new[] { 20, 40, 60, 80 })
        {
            using var process = Tool.Start(work.Folder, work.Environment, "migrate", "backfill", "--table", "t", "--set", "n = n + 1", "--batch", "100", "--pause", "2ms");
            await Wait.UntilAsync(async () => process.HasExited || await work.QueryAsync(IsHeld) is true, $"it never came to {share} %");
            Assert.False(process.HasExited, "it ended before it could be killed");
            if (share is 40 or 80)
            {
                // Somewhere behind it, before the gate at the end.
                await work.QueryAsync($"DELETE FROM gates WHERE at = {Rows * share / 100}");
            }

            process.Kill();
            await process.WaitForExitAsync(Stop);
            await work.QueryAsync("DELETE FROM gates");
            await Wait.UntilAsync(
                async () => await work.QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sluice%'") is 0L,
                "the server has not noticed that it is gone");
            await work.QueryAsync($"INSERT INTO gates VALUES ({Rows * (share + 20) / 100}), ({Rows})");
        }

        (await work.RunAsync("migrate", "backfill", "--status")).Ends(0).Says("t.n  stopped; the same command goes on with it");
        // Of the rows that are there, those that the batch at the last gate holds are not waited for.
        reach = Rows / 20;
        var going = work.RunAsync("migrate", "backfill", "--table", "t", "--set", "n = n + 1", "--batch", "100");
        await Wait.UntilAsync(async () => going.IsCompleted || await work.QueryAsync(IsHeld) is true, "it never came to the end");
        var before = written;
        await Wait.UntilAsync(() => going.IsCompleted || written > before + 100, "nobody writes beside it");
        await work.QueryAsync("DELETE FROM gates");
        var last = (await going).Ends(0);
        await over.CancelAsync();
        await writing;

        last.Says("rows written, each once.").Warns("`t.n` goes on where it stopped, after");
        Assert.Equal((long)Rows, await work.QueryAsync($"SELECT count(*) FROM t WHERE id BETWEEN 1 AND {Rows} AND n = 1"));
        Assert.True(written > before + 100, $"only {written - before} rows were written beside it");
        Assert.Equal((long)written, await work.QueryAsync($"SELECT count(*) FROM t WHERE id NOT BETWEEN 1 AND {Rows} AND n IN (0, 1)"));

        // Beyond the end and before the beginning; and other columns of rows that are there.
        async Task WriteAsync()
        {
            for (var i = 1; !over.IsCancellationRequested; i++)
            {
                await work.QueryAsync($"INSERT INTO t (id, name) VALUES ({Rows + i}, 'late'), ({-i}, 'early')");
                written += 2;
                await work.QueryAsync($"UPDATE t SET name = 'other' WHERE id = {(i * 7919 % reach) + 1}");
            }
        }
    }

    [Fact]
    public async Task A_name_stands_for_one_definition_until_it_is_cancelled()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Few);
        (await work.RunAsync("migrate", "backfill", "--table", "t", "--set", "n = 2000 + 1000 / (id - 500)::int", "--name", "mine")).Ends(1).Warns("SL5085", "id = 500");

        (await work.RunAsync("migrate", "backfill", "--table", "t", "--set", "n = 2", "--name", "mine")).Ends(1)
            .Warns("SL5088", "begun as another one", "t: SET n = 2000 + 1000 / (id - 500)::int", "sluice migrate backfill --cancel --name mine");
        (await work.RunAsync("migrate", "backfill", "--cancel", "--name", "mine")).Ends(0).Says("Backfill `mine` is cancelled; the 499 rows that it has written stay.");
        (await work.RunAsync("migrate", "backfill", "--cancel", "--name", "mine")).Ends(1).Warns("SL5089");
        (await work.RunAsync("migrate", "backfill", "--table", "t", "--set", "n = 2", "--name", "mine")).Ends(0).Says("Done: 1,000 rows written. All rows were looked at again; none lacks it.");
        (await work.RunAsync("migrate", "backfill", "--table", "t", "--set", "n =  2 -- again", "--name", "mine")).Ends(0).Says("`mine` was done before (1,000 rows written); nothing was changed.");
        (await work.RunAsync("migrate", "backfill", "--table", "t", "--set", "n = 3", "--name", "mine")).Ends(1).Warns("SL5088", "was another one");
        var status = (await work.RunAsync("migrate", "backfill", "--status", "--json")).Ends(0).Json.GetProperty("backfills");
        Assert.Equal(["done", "cancelled"], status.EnumerateArray().Select(b => b.GetProperty("state").GetString()));
        Assert.Equal(1000L, await work.QueryAsync("SELECT count(*) FROM t WHERE n = 2"));
    }

    [Theory]
    [InlineData("SL5080", "t", "n = 1; DROP TABLE t")]
    [InlineData("SL5081", "T", "n = 1")]
    [InlineData("SL5081", "sluice.runs", "actor = ''")]
    [InlineData("SL5081", "pg_catalog.pg_class", "relname = 'x'")]
    [InlineData("SL5082", "nokey", "n = 1")]
    [InlineData("SL5083", "t", "id = id + 1")]
    [InlineData("SL5084", "t", "m = 1")]
    [InlineData("SL5085", "t", "n = 'a'::text")]
    public async Task What_cannot_be_run_is_refused_before_anything_is_remembered(string code, string table, string set)
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Few);

        var run = (await work.RunAsync("migrate", "backfill", "--table", table, "--set", set, "--json")).Ends(1);

        Assert.Equal(code, run.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.NotEmpty(run.Json.GetProperty("error").GetProperty("remedies").EnumerateArray());
        Assert.Equal(true, await work.QueryAsync("SELECT to_regclass('sluice.backfills') IS NULL"));
    }

    [Fact]
    public async Task A_dry_run_shows_the_statement_and_changes_nothing()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Few);

        (await work.RunAsync("migrate", "backfill", "--table", "public.t", "--set", "n = 2", "--where", "n = 0", "--dry-run")).Ends(0)
            .Says("-- `t.n`", "in the order of id", "UPDATE ONLY \"public\".\"t\"", "SET \"n\" = (2", "(n = 0");

        Assert.Equal(1000L, await work.QueryAsync("SELECT count(*) FROM t WHERE n = 0"));
        Assert.Equal(true, await work.QueryAsync("SELECT to_regnamespace('sluice') IS NULL"));
    }

    [Fact]
    public async Task Machines_get_an_object_a_second_and_one_at_the_end()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Few);

        var run = (await work.RunAsync("migrate", "backfill", "--table", "t", "--set", "n = n + 1", "--batch", "1", "--pause", "200ms", "--json")).Ends(0);

        var lines = run.Output.TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.All(lines[..^1], l => Assert.Equal("progress", l.GetProperty("event").GetString()));
        Assert.True(lines[0].GetProperty("passed").GetInt64() is > 0 and < 1000, run.ToString());
        Assert.Equal(("ok", "done", 1000), (lines[^1].GetProperty("outcome").GetString(), lines[^1].GetProperty("end").GetString(), lines[^1].GetProperty("changed").GetInt64()));
    }

    [Fact]
    public async Task A_second_one_of_the_same_name_is_sent_away_and_whoever_cancels_stops_the_first()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Slow);
        string[] command = ["migrate", "backfill", "--table", "t", "--set", "n = n + 1", "--batch", "1", "--pause", "1s"];
        var first = work.RunAsync(command);
        await Wait.UntilAsync(
            async () => await work.QueryAsync("SELECT to_regclass('sluice.backfills') IS NOT NULL") is true && await work.QueryAsync("SELECT EXISTS (SELECT FROM sluice.backfills WHERE passed > 0)") is true,
            "it did not begin");

        (await work.RunAsync("migrate", "backfill", "--status")).Ends(0).Says("t.n  under way in process");
        var second = work.RunAsync(command);
        (await second).Ends(1).Warns("SL5090");
        (await work.RunAsync("migrate", "backfill", "--cancel", "--name", "t.n")).Ends(0);

        (await first).Ends(1).Says("`t.n` was cancelled by somebody else");
    }

    [Fact]
    public async Task Asked_to_stop_it_ends_with_130_and_says_how_it_goes_on()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Slow);
        using var process = Tool.Start(work.Folder, work.Environment, "migrate", "backfill", "--table", "t", "--set", "n = n + 1", "--batch", "1", "--pause", "1s");
        var said = process.StandardError.ReadToEndAsync(Stop);
        await Wait.UntilAsync(
            async () => await work.QueryAsync("SELECT to_regclass('sluice.backfills') IS NOT NULL") is true && await work.QueryAsync("SELECT EXISTS (SELECT FROM sluice.backfills WHERE passed > 0)") is true,
            "it did not begin");

        using var signal = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(Stop);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("the same command goes on from there", await said, StringComparison.Ordinal);
        var passed = await work.QueryAsync("SELECT passed FROM sluice.backfills");
        (await work.RunAsync("status")).Warns($"The backfill `t.n` is not over ({passed} row{(passed is 1L ? "" : "s")}), and nobody is at it");
        (await work.RunAsync("doctor")).Ends(1).Says("backfills", $"nobody is at t.n (pass 1, {passed} rows)", "migrate backfill --status");
        await work.QueryAsync("DROP TRIGGER slowly ON t");
        (await work.RunAsync("migrate", "backfill", "--table", "t", "--set", "n = n + 1")).Ends(0);
        Assert.Equal(1000L, await work.QueryAsync("SELECT count(*) FROM t WHERE n = 1"));
    }

    [Fact]
    public async Task What_it_keeps_is_no_drift()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        await work.QueryAsync("INSERT INTO \"User\" (email) SELECT g || '@X' FROM generate_series(1, 10) g");

        (await work.RunAsync("migrate", "backfill", "--table", "User", "--set", "email = lower(email)")).Ends(0).Says("Done: 10 rows written.");

        (await work.RunAsync("migrate", "status", "--drift")).Ends(0);
    }
}
