using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Fleet;
using Sluice.Postgres.Connecting;

namespace Sluice.Cli.Tests.Operating;

public sealed class FleetTests
{
    private const string Tenants = """{"targets": {"query": "SELECT nspname AS schema FROM pg_namespace WHERE nspname LIKE 'tenant%' ORDER BY 1", "rings": [1, 10]}}""";

    // bench/fleet does the same with 200 databases and with 200 schemas, which takes longer than a test may.
    [Fact]
    public async Task Forty_tenants_stop_at_the_ring_that_fails_status_says_where_they_stand_and_the_next_run_completes_them()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Migration("001_a", "CREATE TABLE a (n int);");
        var tenants = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => TestDatabase.CreateAsync()));
        try
        {
            work.Write("sluice.json", $$"""{"targets": {"query": "SELECT datname AS database FROM pg_database WHERE datname IN ({{string.Join(", ", tenants.Select(d => $"'{d.Name}'"))}}) ORDER BY 1", "rings": [1, 10]} }""");
            var names = tenants.Select(d => d.Name).Order(StringComparer.Ordinal).ToList();
            var bad = tenants.Single(d => d.Name == names[4]);
            await bad.ExecuteAsync("CREATE SEQUENCE a");

            var stopped = (await work.RunAsync("up", "--all", "--no-backup")).Ends(1);
            stopped.Says($"2  {bad.Name}", "40 targets: ", " ok, 1 failed, ", " not begun.").Warns("Ring 1 of 3: 1 target", "Ring 2 of 3: 10 targets", bad.Name, "P3018", "sluice status --all");
            Assert.DoesNotContain("Ring 3", stopped.Error, StringComparison.Ordinal);

            var status = (await work.RunAsync("status", "--all", "--json")).Ends(1);
            Assert.Equal("up to date, 1 migration", Summary(status, names[0]));
            Assert.Equal("1 failed: 001_a", Summary(status, bad.Name));
            Assert.All(names[11..], name => Assert.Equal("1 pending: 001_a", Summary(status, name)));

            await bad.ExecuteAsync("DROP SEQUENCE a");
            var completed = (await work.RunAsync("up", "--all", "--no-backup", "--json")).Ends(0);
            Assert.Equal(40, Count(completed, "ok"));
            Assert.Equal(("up to date", "applied 1 migration"), (Summary(completed, names[0]), Summary(completed, bad.Name)));
            await Task.WhenAll(tenants.Select(async d => Assert.Equal(true, await d.QueryAsync("SELECT to_regclass('a') IS NOT NULL"))));
        }
        finally
        {
            await Task.WhenAll(tenants.Select(async d => await d.DisposeAsync()));
        }
    }

    [Fact]
    public async Task Databases_are_targets_by_variable_by_address_and_by_query_and_go_side_by_side()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        await using var eu = await TestDatabase.CreateAsync();
        await using var us = await TestDatabase.CreateAsync();
        await using var lab = await TestDatabase.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int);");
        (work.Environment["EU_URL"], work.Environment["US_URL"]) = (eu.Url, us.Url);
        work.Write("sluice.json", $$"""{"targets": [{"name": "us", "env": "US_URL", "ring": 2}, {"name": "eu", "env": "EU_URL", "ring": 2}, {"name": "lab", "url": "{{lab.Url}}", "ring": 1}]}""");

        (await work.RunAsync("status", "--all")).Ends(1).Says("lab  attention  1 pending: 001_a", "3 targets: 3 attention.");
        (await work.RunAsync("up", "--all", "--dry-run")).Ends(0).Says("1  lab  ok  would apply 1 migration");
        (await work.RunAsync("up", "--target", "eu")).Ends(0).Says("eu  ok  applied 1 migration", "1 target: 1 ok.");
        var up = (await work.RunAsync("up", "--all", "-v")).Ends(0).Says("1  lab  ok  applied 1 migration", "2  eu   ok  up to date", "3 targets: 3 ok.").Warns("Ring 1 of 2: 1 target", "[us] All migrations have been successfully applied.");
        Assert.True(up.Error.IndexOf("[lab]", StringComparison.Ordinal) < up.Error.IndexOf("[us]", StringComparison.Ordinal), up.ToString());
        Assert.Equal(4, Directory.GetFiles(Path.Combine(work.Folder, "logs"), "migration_2*.log").Length);
        (await work.RunAsync("doctor", "--all", "--skip-check", DoctorTests.ThrowAway)).Ends(0).Says("lab  ok  no findings");
        (await work.RunAsync("doctor", "--all")).Ends(1).Says("5 findings: least privilege, durability, autovacuum, time-outs, checksums");

        work.Write("sluice.json", $$"""{"targets": {"query": "SELECT datname AS database, 'db ' || datname AS name, 1 AS ring FROM pg_database WHERE datname IN ('{{eu.Name}}', '{{us.Name}}');" } }""");
        (await work.RunAsync("status", "--all")).Ends(0).Says($"db {eu.Name}", "up to date, 1 migration", "2 targets: 2 ok.");
    }

    [Fact]
    public async Task What_failed_in_the_versioned_layout_is_told_with_why_and_the_way_out()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        await using var good = await TestDatabase.CreateAsync();
        await using var bad = await TestDatabase.CreateAsync("CREATE SEQUENCE b");
        work.Versioned("001_a", "CREATE TABLE a (id int);");
        work.Versioned("002_b", "CREATE TABLE c ();\nCREATE TABLE b ();");
        work.Versioned("003_d", "CREATE TABLE d ();");
        (work.Environment["GOOD"], work.Environment["BAD"]) = (good.Url, bad.Url);
        work.Write("sluice.json", """{"targets": [{"name": "good", "env": "GOOD", "ring": 1}, {"name": "bad", "env": "BAD", "ring": 2}]}""");
        (await work.RunAsync("up", "--all", "--no-backup")).Ends(1).Warns("42P07");

        const string Why = "002_b failed at statement 2 of 2 (42P07 relation \"b\" already exists): correct its file or the database, then `sluice up --all`; 1 pending: 003_d";
        var json = (await work.RunAsync("status", "--all", "--json")).Ends(1);
        Assert.Equal(("up to date, 3 migrations", Why), (Summary(json, "good"), Summary(json, "bad")));
        (await work.RunAsync("status", "--url", bad.Url)).Ends(1).Says("`002_b` has failed, at ", "statement 2 of 2: 42P07 relation \"b\" already exists", "Correct its file");

        await bad.ExecuteAsync("DROP SEQUENCE b");
        (await work.RunAsync("up", "--all", "--no-backup")).Ends(0);
        json = (await work.RunAsync("status", "--all", "--json")).Ends(0);
        Assert.Equal("up to date, 3 migrations", Summary(json, "bad"));
        Assert.DoesNotContain("failed", (await work.RunAsync("status", "--url", bad.Url)).Ends(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_stopping_each_target_is_tried_and_no_password_is_shown()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        await using var good = await TestDatabase.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int);");
        (work.Environment["GOOD"], work.Environment["BAD"]) = (good.Url, new UriBuilder(good.Url) { Password = "hunter22secret" }.Uri.ToString());
        work.Write("sluice.json", """{"targets": [{"name": "bad", "env": "BAD"}, {"name": "good", "env": "GOOD"}]}""");
        (await work.RunAsync("up", "--all", "--no-backup")).Ends(1).Warns("the same schema of the same database");
        work.Environment["BAD"] += "?schema=other";

        var stopped = (await work.RunAsync("up", "--all", "--no-backup")).Ends(1).Says("1  bad   failed", "2  good  not begun").Warns("P1000");
        var tried = (await work.RunAsync("up", "--all", "--no-backup", "--on-failure", "continue", "-v")).Ends(1).Says("2  good  ok      applied 1 migration", "2 targets: 1 ok, 1 failed.");
        var json = (await work.RunAsync("status", "--all", "--json")).Ends(1);
        Assert.All([stopped, tried, json], r => Assert.DoesNotContain("hunter22secret", r.ToString(), StringComparison.Ordinal));
        Assert.Equal("P1000", Target(json, "bad").GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_run_that_is_asked_to_stop_leaves_a_state_that_status_explains_and_the_next_run_completes()
    {
        await using var work = await SchemasAsync(6);
        work.Migration("001_a", "CREATE TABLE a (n int);\nDO $$ BEGIN IF current_schema() = 'tenant003' AND NOT EXISTS (SELECT FROM pg_class WHERE relname = 'hurry') THEN PERFORM pg_sleep(600); END IF; END $$;");
        using var process = Tool.Start(work.Folder, work.Environment, "up", "--all", "--no-backup", "--json");
        var (said, talk) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        while (!process.HasExited && await work.QueryAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database())") is not true)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        using var interrupt = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var run = new ToolRun("up --all", process.ExitCode, await said, await talk).Ends(130);
        Assert.Equal((2, 1, 3), (Count(run, "ok"), Count(run, "cancelled"), Count(run, "not begun")));

        (await work.RunAsync("status", "--all")).Ends(1).Says("tenant002  ok         up to date", "tenant003  attention", "tenant004  attention  1 pending: 001_a", "6 targets: 2 ok, 4 attention.");
        await work.Database.ExecuteAsync("CREATE TABLE public.hurry ()");
        (await work.RunAsync("up", "--all", "--no-backup")).Ends(0).Says("tenant003  ok  applied 1 migration", "6 targets: 6 ok.");
        Assert.Equal(6L, await work.QueryAsync("SELECT count(*) FROM pg_class WHERE relname = 'a'"));
    }

    [Theory]
    [InlineData("""{}""", "up --all", "sluice.json names none")]
    [InlineData("""{"targets": 5}""", "up --all", "neither a list nor an object")]
    [InlineData("""{"targets": [{"name": "a"}]}""", "up --all", "target 1 of `targets` has no name, or not one of `url` and `env`")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://u:hunter22@h/d", "colour": 1}]}""", "status --all", "`colour` of target 1")]
    [InlineData("""{"targets": [{"name": "a", "env": "NOWHERE"}]}""", "up --all", "`NOWHERE` is not set. No target was begun.")]
    [InlineData("""{"targets": [{"name": "a", "url": "mysql://u:hunter22@h/d"}]}""", "up --all", "The address of target `a` cannot be used")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}, {"name": "a", "url": "postgresql://h/e"}]}""", "up --all", "Two targets are called `a`")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}]}""", "up --target b", "There is no target `b`")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}]}""", "up --all --url postgresql://h/d", "leave it out")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}]}""", "up --all --rings 1,x", "--rings is `1,x`")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}]}""", "up --all --parallel 0", "--parallel must be from 1 to 64")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}]}""", "up --all --on-failure pray", "must be `stop` or `continue`")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}]}""", "up --parallel 2", "give --all too")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}]}""", "doctor --all --fix", "are for one database")]
    [InlineData("""{"targets": [{"name": "a", "url": "postgresql://h/d"}]}""", "status --all --base main", "--base compares branches")]
    [InlineData("""{"targets": {"query": "SELECT 1", "list": [{"name": "a", "url": "postgresql://h/d"}]}}""", "up --all", "both a list and a query")]
    [InlineData("""{"targets": {"query": "SELECT 1", "rings": [0]}}""", "up --all", "`targets.rings` has 0")]
    public async Task What_is_wrong_with_the_targets_is_said_before_any_is_begun(string json, string command, string said)
    {
        using var work = new Workspace();
        work.Versioned("001_a", "SELECT 1;");
        work.Write("sluice.json", json);
        Assert.DoesNotContain("hunter22", (await work.RunAsync(command.Split(' '))).Ends(1).Warns(said).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT 1 AS colour", "it gives a column `colour`")]
    [InlineData("SELECT nobody", "the server refuses it: column \"nobody\" does not exist")]
    [InlineData("SELECT NULL::text AS schema", "neither a database nor a schema")]
    [InlineData("WITH x AS (INSERT INTO t VALUES ('x') RETURNING *) SELECT s AS schema FROM x", "the server refuses it")]
    [InlineData("SELECT nextval('numbers')::text AS schema", "the server refuses it: cannot execute nextval() in a read-only transaction")]
    [InlineData("SELECT writes() AS schema", "the server refuses it: cannot execute INSERT in a read-only transaction")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', true) || writes() AS schema", "the server refuses it: transaction read-write mode must be set before any query")]
    public async Task A_query_that_lists_no_tenants_is_refused_with_why(string query, string said)
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: "CREATE TABLE t (s text); CREATE SEQUENCE numbers; CREATE FUNCTION writes() RETURNS text LANGUAGE sql AS $$ INSERT INTO t VALUES ('x') RETURNING s $$");
        work.Write("sluice.json", $$"""{"targets": {"query": {{JsonSerializer.Serialize(query)}} } }""");
        (await work.RunAsync("status", "--all")).Ends(1).Warns("SL5151", said);
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM t"));
        Assert.Equal(false, await work.QueryAsync("SELECT is_called FROM numbers"));
    }

    [Fact]
    public void Rings_are_what_the_targets_say_else_one_canary_and_the_rest_else_the_sizes_asked_for()
    {
        static string Show(IEnumerable<Target> targets, params int[]? sizes) =>
            string.Join(" | ", Rings.Of([.. targets], sizes is null ? null : [.. sizes]).Select(r => string.Join(' ', r.Select(t => t.Name))));
        var five = Enumerable.Range(1, 5).Select(n => At(n, null)).ToList();
        Assert.Equal("1 | 2 3 4 5", Show(five, null));
        Assert.Equal("1 | 2 3 | 4 5", Show(five, 1, 2));
        Assert.Equal("1 2 3 4 5", Show(five, 9, 2));
        Assert.Equal("2 4 | 1 | 3", Show([At(1, 7), At(2, -1), At(3, null), At(4, -1)], null));
    }

    private static Target At(int number, int? ring) =>
        new(number.ToString(CultureInfo.InvariantCulture), new DatabaseAddress { Host = "h", Database = "d" }, null, ring);

    private static async Task<LiveWorkspace> SchemasAsync(int count)
    {
        var work = await LiveWorkspace.CreateAsync();
        await work.Database.ExecuteAsync(string.Concat(Enumerable.Range(1, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"CREATE SCHEMA tenant{n:000};"))));
        work.Write("sluice.json", Tenants);
        return work;
    }

    private static int Count(ToolRun run, string state) => run.Json.GetProperty("targets").EnumerateArray().Count(t => t.GetProperty("state").GetString() == state);

    private static JsonElement Target(ToolRun run, string name) => run.Json.GetProperty("targets").EnumerateArray().Single(t => t.GetProperty("name").GetString() == name);

    private static string? Summary(ToolRun run, string name) => Target(run, name).GetProperty("summary").GetString();
}
