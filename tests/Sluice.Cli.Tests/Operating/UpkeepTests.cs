using Npgsql;

namespace Sluice.Cli.Tests.Operating;

/// <summary>What `maintain` does besides vacuuming.</summary>
public sealed class UpkeepTests
{
    // Of each page of the index a twentieth is left.
    private const string Bloated = """
        CREATE TABLE big (id int PRIMARY KEY) WITH (autovacuum_enabled = off);
        INSERT INTO big SELECT n FROM generate_series(1, 60000) AS n;
        DELETE FROM big WHERE id % 20 <> 0;
        """;

    private const string Events = """
        CREATE TABLE "Events" (id int, created_at timestamptz NOT NULL) PARTITION BY RANGE (created_at);
        DO $$ BEGIN
          EXECUTE format('CREATE TABLE "Events_old" PARTITION OF "Events" FOR VALUES FROM (MINVALUE) TO (%L)', date_trunc('month', now() AT TIME ZONE 'UTC') - interval '13 months');
          EXECUTE format('CREATE TABLE "Events_last" PARTITION OF "Events" FOR VALUES FROM (%L) TO (%L)', (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')::text || '+00', date_trunc('month', now() AT TIME ZONE 'UTC')::text || '+00');
        END $$;
        INSERT INTO "Events" VALUES (1, now() - interval '2 years');
        INSERT INTO "Events" VALUES (2, (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 day') AT TIME ZONE 'UTC');
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_half_empty_index_is_rebuilt_beside_its_readers(bool isMeasured)
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Bloated);
        await work.Database.ExecuteAsync("VACUUM ANALYZE big");
        if (isMeasured)
        {
            Assert.SkipUnless((bool)(await work.QueryAsync("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgstattuple')"))!, "no pgstattuple");
            await work.Database.ExecuteAsync("CREATE SCHEMA tools; CREATE EXTENSION pgstattuple SCHEMA tools");
        }

        Set(work, """{"reindex": {"bloat": 60, "minSize": "1MB"}}""");
        var before = (long)(await work.QueryAsync("SELECT pg_relation_size('big_pkey')"))!;
        var planned = (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says("index public.big_pkey: ", "are empty", "1 other task would be done.");
        Assert.Equal(!isMeasured, planned.Output.Contains("about", StringComparison.Ordinal));
        Assert.Equal(before, await work.QueryAsync("SELECT pg_relation_size('big_pkey')"));
        // Who reads goes on.
        await using var reader = await work.Database.Source.OpenConnectionAsync(Stop);
        var run = (await work.RunAsync("maintain", "--json")).Ends(0).Json;
        var task = Assert.Single(run.GetProperty("tasks").EnumerateArray());
        Assert.Equal(("reindex", true), (task.GetProperty("kind").GetString(), task.GetProperty("done").GetBoolean()));
        Assert.True((long)(await work.QueryAsync("SELECT pg_relation_size('big_pkey')"))! < before / 5);
        Assert.Equal("rebuilt index public.big_pkey", await work.QueryAsync("SELECT string_agg(note, ' ') FROM sluice.statements"));
        (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says("No table needs it.");
        Set(work, """{"reindex": false}""");
        (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says("No table needs it.");
    }

    [Fact]
    public async Task A_rebuilding_that_does_not_end_in_time_says_what_it_left()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Bloated);
        await work.Database.ExecuteAsync("VACUUM ANALYZE big");
        Set(work, """{"reindex": {"minSize": "1MB"}}""");
        await using var connection = await work.Database.Source.OpenConnectionAsync(Stop);
        await using (var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Stop))
        {
            await using var read = new NpgsqlCommand("SELECT count(*) FROM big", connection, transaction);
            await read.ExecuteNonQueryAsync(Stop);
            // However long it takes to begin: a time that was over before is doubled.
            for (var seconds = 1; await work.QueryAsync("SELECT to_regclass('big_pkey_ccnew') IS NULL") is true; seconds *= 2)
            {
                var run = (await work.RunAsync("maintain", "--max-time", $"{seconds}s")).Ends(1).Says("index public.big_pkey: skipped, no time is left", "1 left for the next time");
                Assert.Equal(await work.HasTableAsync("big_pkey_ccnew"), run.Output.Contains("DROP INDEX CONCURRENTLY public.big_pkey_ccnew", StringComparison.Ordinal));
                Assert.True(seconds < 600, "it never begins");
            }
        }

        Assert.Equal(1L, await work.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
        await work.Database.ExecuteAsync("DROP INDEX CONCURRENTLY public.big_pkey_ccnew");
        (await work.RunAsync("maintain")).Ends(0).Says("1 other task done");
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
    }

    [Fact]
    public async Task Partitions_are_there_before_their_month_and_go_when_nobody_keeps_them()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: Events);
        Set(work, """{"partitions": [{"table": "\"Events\"", "ahead": 2, "keep": 12}]}""");
        var month = DateTime.UtcNow;
        string Name(int ahead) => $"public.\"Events_{new DateTime(month.Year, month.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(ahead):yyyy_MM}\"";
        (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says($"partition {Name(0)}", $"partition {Name(2)}", "partition public.\"Events_old\": public.\"Events\" keeps nothing from before", "; 1 rows go");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM \"Events\""));
        (await work.RunAsync("maintain")).Ends(0).Says("4 other tasks done");
        await work.Database.ExecuteAsync("INSERT INTO \"Events\" VALUES (3, now()), (4, now() + interval '1 month')");
        Assert.Equal("2,3,4", await work.QueryAsync("SELECT string_agg(id::text, ',' ORDER BY id) FROM \"Events\""));
        Assert.Contains("dropped partition public.\"Events_old\"", (string)(await work.QueryAsync("SELECT string_agg(note, '; ') FROM sluice.statements"))!, StringComparison.Ordinal);
        (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says("No table needs it.");

        Set(work, """{"partitions": [{"table": "nowhere"}]}""");
        (await work.RunAsync("maintain")).Ends(1).Warns("SL5701", "nowhere, of which there is none");
        Set(work, """{"partitions": [{"table": "\"Events_last\""}]}""");
        (await work.RunAsync("maintain")).Ends(1).Warns("SL5701", "not partitioned by range");
    }

    [Fact]
    public async Task Clean_up_functions_are_called_each_in_a_transaction_and_one_that_fails_stops_no_other()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: """
            CREATE TABLE done (what text);
            CREATE FUNCTION good() RETURNS int LANGUAGE sql AS 'INSERT INTO done VALUES (''good'') RETURNING 3';
            CREATE FUNCTION silent() RETURNS void LANGUAGE sql AS 'INSERT INTO done VALUES (''silent'')';
            CREATE FUNCTION rows() RETURNS SETOF int LANGUAGE sql AS 'INSERT INTO done VALUES (''rows'') RETURNING 1';
            CREATE SCHEMA jobs;
            CREATE PROCEDURE jobs."Called"() LANGUAGE sql AS 'INSERT INTO public.done VALUES (''called'')';
            CREATE FUNCTION bad() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO done VALUES (''bad''); RAISE EXCEPTION ''no: password=canary-secret''; END';
            CREATE FUNCTION slow() RETURNS void LANGUAGE sql AS 'INSERT INTO done VALUES (''slow''); SELECT pg_sleep(600)';
            """);
        Set(work, """{"cleanUp": {"functions": ["good", "bad", "slow", "silent", "rows", "jobs.\"Called\"()"], "timeLimit": "5s"}}""");
        (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says("clean-up public.good(): configured", "6 other tasks would be done.");
        var run = (await work.RunAsync("maintain")).Ends(1).Says("clean-up public.good(): it said 3", "clean-up public.bad(): skipped, no:", "clean-up public.slow(): skipped, it took longer than 5 s", "public.rows(): it said 1 rows", "4 other tasks done, 2 left for the next time.");
        Assert.DoesNotContain("canary", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Equal("called,good,rows,silent", await work.QueryAsync("SELECT string_agg(what, ',' ORDER BY what) FROM done"));
        Set(work, """{"cleanUp": {"functions": ["x(); DROP TABLE done; --"]}}""");
        (await work.RunAsync("maintain")).Ends(1);
        Assert.True(await work.HasTableAsync("done"));
        Set(work, """{"cleanUp": {"functions": ["nowhere"]}}""");
        (await work.RunAsync("maintain")).Ends(1).Warns("SL5702", "nowhere");
    }

    [Fact]
    public async Task What_the_time_does_not_suffice_for_is_left_and_a_second_one_leaves_all_to_the_first()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: "CREATE FUNCTION nap() RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(600)'; CREATE TABLE fresh (id int) WITH (autovacuum_enabled = off); INSERT INTO fresh SELECT generate_series(1, 100)");
        await work.Database.ExecuteAsync("INSERT INTO fresh SELECT generate_series(1, 100); SELECT pg_stat_force_next_flush()");
        Set(work, """{"cleanUp": {"functions": ["nap"]}}""");
        // Long enough that somebody else can come meanwhile, however long that takes here.
        for (var seconds = 3; ; seconds *= 3)
        {
            Assert.True(seconds < 600, "the first was over each time before the second came");
            var first = work.RunAsync("maintain", "--max-time", $"{seconds}s");
            await Wait.UntilAsync(async () => first.IsCompleted || await work.QueryAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')") is true, "nobody naps");
            var second = await work.RunAsync("maintain", "--max-time", "1s");
            var came = !first.IsCompleted;
            (await first).Ends(1).Says("clean-up public.nap(): skipped, no time is left", "public.fresh: skipped, no time is left", "2 left for the next time");
            if (came)
            {
                second.Ends(0).Says("Another maintenance is at work on this database: process", "Nothing was done.");
                break;
            }
        }

        (await work.RunAsync("maintain", "--url", work.Database.Url + "?pgbouncer=true")).Ends(1).Warns("SL5704", "pooler");
    }

    [Fact]
    public async Task Old_backups_and_logs_go_and_the_newest_of_each_stays()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: "CREATE TABLE rooms (id int)");
        var first = (await work.RunAsync("backup")).Ends(0).Output.Trim();
        var second = (await work.RunAsync("backup")).Ends(0).Output.Trim();
        foreach (var name in new[] { "migration_20250101T000000Z.log", "migration_20250102T000000Z.log", "migration_errors_20250101T000000Z.log", "mine.txt" })
        {
            work.Write($"logs/{name}", "x");
            File.SetLastWriteTimeUtc(Path.Combine(work.Folder, "logs", name), DateTime.UtcNow.AddDays(-100));
        }

        Set(work, """{"backups": {"keep": 1}, "logs": {"maxAge": "90d"}}""");
        (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says(Path.GetFileName(first), "migration_20250101T000000Z.log: 100 days old", "3 other tasks would be done.");
        Assert.True(File.Exists(Path.Combine(work.Folder, first)));
        (await work.RunAsync("maintain")).Ends(0);
        Assert.Equal([Path.GetFileName(second)], Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.dump").Select(Path.GetFileName));
        Assert.Equal(["migration_20250102T000000Z.log", "mine.txt"], Directory.GetFiles(Path.Combine(work.Folder, "logs"), "mi*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"reindex": {"bloat": 100}}""", "`maintain.reindex.bloat` is 100")]
    [InlineData("""{"reindex": {"minSize": "1"}}""", "`maintain.reindex.minSize`")]
    [InlineData("""{"partitions": [{"ahead": 3}]}""", "`maintain.partitions`")]
    [InlineData("""{"cleanUp": {"functions": "x"}}""", "`maintain.cleanUp.functions`")]
    [InlineData("""{"logs": {"maxAge": "long"}}""", "`maintain.logs.maxAge`")]
    [InlineData("""{"maxtime": "1h"}""", "`maintain.maxtime`")]
    public async Task A_slip_in_the_settings_is_named(string json, string what)
    {
        using var work = new Workspace();
        Set(work, json);
        (await work.RunAsync("maintain", "--url", "postgresql://x@127.0.0.1:1/x")).Ends(1).Warns(what, "Known is");
    }

    [Fact]
    public async Task A_schedule_is_printed_and_holds_no_address()
    {
        using var work = new Workspace();
        work.Environment["DATABASE_URL"] = "postgresql://x:canary-password@h/d";
        (await work.RunAsync("maintain", "--schedule", "cron", "--at", "04:05")).Ends(0).Says("5 4 * * * cd ", "maintain --max-time 2h");
        var systemd = (await work.RunAsync("maintain", "--schedule", "systemd")).Ends(0).Says("OnCalendar=*-*-* 03:30:00", "ExecStart=", "WorkingDirectory=", "sluice-maintain.timer");
        Assert.DoesNotContain("canary", systemd.Output + systemd.Error, StringComparison.Ordinal);
        (await work.RunAsync("maintain", "--schedule", "at")).Ends(1).Warns("it must be `cron` or `systemd`");
        (await work.RunAsync("maintain", "--at", "04:05")).Ends(1).Warns("--at goes with --schedule");
        (await work.RunAsync("maintain", "--schedule", "cron", "--at", "4")).Ends(1).Warns("--at is `4`");
    }

    private static void Set(Workspace work, string maintain) => work.Write("sluice.json", $"{{\"maintain\": {maintain}}}");
}
