using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

public sealed class ContinuedTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_fiftieth_of_a_hundred_fails_in_its_last_statement_and_the_corrected_file_goes_on()
    {
        await using var bench = await Workbench.OpenAsync();
        for (var i = 1; i <= 100; i++)
        {
            bench.Write($"{i:000}_m", $"CREATE TABLE t{i} ();\n{(i == 50 ? "SELECT 1/0;" : "")}\n");
        }

        var problem = await bench.DeployFailsAsync();

        Assert.Equal(("050_m", 2, "22012"), (problem.Statement!.Migration, problem.Statement.Line, problem.Statement.Error.SqlState));
        Assert.Equal((true, false), (await bench.HasTableAsync("t49"), await bench.HasTableAsync("t50")));
        bench.Write("050_m", "CREATE TABLE t50 ();");
        Assert.Equal(51, (await bench.DeployAsync()).Applied.Length);
        Assert.Equal(100, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL"));
        Assert.Equal(1, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NOT NULL AND logs LIKE '%division%'"));
        Assert.Equal("failed,ok", await bench.ScalarAsync<string>("SELECT string_agg(outcome, ',' ORDER BY id) FROM sluice.runs"));
    }

    [Fact]
    public async Task An_index_that_failed_to_build_is_dropped_and_built_again_even_with_IF_NOT_EXISTS()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_table", "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);");
        bench.Write("2_index", "SET search_path = public; CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON t (a);\nALTER TABLE t ADD COLUMN b int;");
        Assert.Equal("23505", (await bench.DeployFailsAsync()).Statement!.Error.SqlState);
        Assert.False(await bench.ScalarAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'u'::regclass"));

        await bench.ExecuteAsync("DELETE FROM t");
        var events = new Recorder();
        bench.Settings = bench.Settings with { Progress = events };
        Assert.Equal(["2_index"], (await bench.DeployAsync()).Applied);

        Assert.True(await bench.ScalarAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'u'::regclass"));
        Assert.Contains(new RunEvent.InvalidIndexDropped("u"), events.Seen);
        Assert.Contains(new RunEvent.Resuming("2_index", 1, 3), events.Seen);
        Assert.Equal(0, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NULL OR logs IS NOT NULL"));
    }

    [Fact]
    public async Task A_done_part_that_was_edited_stops_the_run_and_a_rest_that_was_edited_does_not()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_half", "CREATE TABLE a ();\nVACUUM;\nSELECT 1/0;");
        await bench.DeployFailsAsync();

        bench.Write("1_half", "CREATE TABLE a (id int);\nVACUUM;\nSELECT 1;");
        var problem = await bench.DeployFailsAsync();
        Assert.Equal("SL5031", problem.Code);
        Assert.Contains(problem.Remedies, r => r.Contains("resolve --applied 1_half", StringComparison.Ordinal));

        bench.Write("1_half", "CREATE TABLE a ();\r\nVACUUM;\r\nCREATE TABLE b ();\r\nCREATE TABLE c ();");
        Assert.Equal(["1_half"], (await bench.DeployAsync()).Applied);
        Assert.True(await bench.HasTableAsync("c"));
        Assert.Empty((await bench.DeployAsync()).Edited);
    }

    [Fact]
    public async Task A_versioned_script_is_continued_too()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.WriteFile("1_half.up.sql", "CREATE TABLE a ();\nVACUUM;\nSELECT 1/0;");
        await bench.DeployFailsAsync();
        bench.WriteFile("1_half.up.sql", "CREATE TABLE a ();\nVACUUM;\nSELECT 1;");

        Assert.Equal(["1_half"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task A_user_who_may_not_make_the_journal_goes_without_and_is_told()
    {
        await using var bench = await Workbench.OpenAsync();
        var role = "journalless_" + bench.Settings.Address.Database;
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{bench.Settings.Address.Password}'; GRANT ALL ON SCHEMA public TO {role}; REVOKE ALL ON DATABASE {bench.Settings.Address.Database} FROM PUBLIC; GRANT CONNECT ON DATABASE {bench.Settings.Address.Database} TO {role}");
        var events = new Recorder();
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { User = role }, Progress = events };
        bench.Write("1_a", "CREATE TABLE a ();");

        Assert.Single((await bench.DeployAsync()).Applied);

        Assert.Contains("may not create schema", Assert.Single(events.Seen.OfType<RunEvent.WithoutJournal>()).Reason, StringComparison.Ordinal);
        await bench.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task A_blocker_is_named_and_readers_get_through_while_the_run_tries_and_gives_up()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_t", "CREATE TABLE t (id int);");
        await bench.DeployAsync();
        bench.Write("2_alter", "CREATE TABLE other ();\nALTER TABLE t ADD COLUMN b int;");
        var events = new Recorder();
        bench.Settings = bench.Settings with { Progress = events, StatementLockTimeout = TimeSpan.FromMilliseconds(500), LockBudget = TimeSpan.FromSeconds(4) };
        await using var blocker = await ServerConnection.OpenAsync(bench.Settings.Address with { ApplicationName = "reporting" }, Stop);
        await using (var open = new NpgsqlCommand("BEGIN; SELECT * FROM t", blocker))
        {
            await open.ExecuteNonQueryAsync(Stop);
        }

        // Without its care a reader would wait as long as it does; a machine that stands still makes readers wait too, but not each time.
        var longest = TimeSpan.MaxValue;
        var problem = await Workbench.FailAsync(
            async () =>
            {
                events.Seen.Clear();
                var deploy = bench.DeployAsync();
                longest = await ReadAsync(deploy);
                await deploy;
            },
            _ => longest < TimeSpan.FromSeconds(2) && events.Seen.Any(e => e is RunEvent.Blocked) && events.Seen.Count(e => e is RunEvent.LockRetry) >= 2);
        Assert.Equal("SL5030", problem.Code);
        Assert.Contains("reporting", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"pid {blocker.ProcessID} (reporting", Assert.IsType<RunEvent.Blocked>(events.Seen.First(e => e is RunEvent.Blocked)).Blocker, StringComparison.Ordinal);
        Assert.True(events.Seen.Count(e => e is RunEvent.LockRetry) >= 2);
        Assert.False(await bench.HasTableAsync("other"));
        Assert.Equal(1, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations"));
        Assert.True(longest < TimeSpan.FromSeconds(2), $"a reader waited {longest}");

        await using (var end = new NpgsqlCommand("COMMIT", blocker))
        {
            await end.ExecuteNonQueryAsync(Stop);
        }

        bench.Settings = bench.Settings with { LockBudget = TimeSpan.FromMinutes(5) };
        Assert.Equal(["2_alter"], (await bench.DeployAsync()).Applied);

        async Task<TimeSpan> ReadAsync(Task deploy)
        {
            var most = TimeSpan.Zero;
            while (!deploy.IsCompleted)
            {
                var asked = System.Diagnostics.Stopwatch.GetTimestamp();
                await bench.ScalarAsync<long>("SELECT count(*) FROM t");
                var took = System.Diagnostics.Stopwatch.GetElapsedTime(asked);
                most = took > most ? took : most;
                await Task.Delay(5, Stop);
            }

            return most;
        }
    }

    // As measured without the run's care: the waiter that comes first makes the build the victim, the one that comes later is it.
    [Theory]
    [InlineData("2_slow", "SELECT pg_sleep(1.5);", "3_index", "CREATE INDEX CONCURRENTLY i ON t (id);", "%pg_sleep(1.5)%")]
    [InlineData("2_index", "CREATE INDEX CONCURRENTLY i ON t (slowly(id));", "3_b", "CREATE TABLE b ();", "CREATE INDEX CONCURRENTLY%")]
    public async Task An_index_build_and_a_session_waiting_for_the_lock_do_not_end_in_a_deadlock(string first, string script, string second, string next, string atWork)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_t", """
            CREATE TABLE t (id int);
            INSERT INTO t SELECT generate_series(1, 10);
            CREATE FUNCTION slowly(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN $1; END $$;
            """);
        await bench.DeployAsync();
        bench.Write(first, script);
        bench.Write(second, next);
        var deploy = bench.DeployAsync();
        while (!await bench.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '{atWork}' AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database())"))
        {
            await Task.Delay(20, Stop);
        }

        await using var prisma = await ServerConnection.OpenAsync(bench.Settings.Address with { ApplicationName = "prisma" }, Stop);
        // As Prisma's, which give up after ten seconds.
        await using var wait = new NpgsqlCommand("SET statement_timeout = '3s'; SELECT pg_advisory_lock(72707369)", prisma);
        var waiting = wait.ExecuteNonQueryAsync(Stop);

        Assert.Equal([first, second], (await deploy).Applied);

        Assert.True(await bench.ScalarAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"));
        try
        {
            await waiting;
        }
        catch (PostgresException ended)
        {
            Assert.Equal(PostgresErrorCodes.QueryCanceled, ended.SqlState);
        }
    }

    [Theory]
    [InlineData("CREATE TABLE a ();\nSELECT pg_sleep(0.3);\nDO $$ BEGIN PERFORM pg_sleep(0.5); END $$;", 2)]
    [InlineData("CREATE TABLE a ();\nDO $$ BEGIN PERFORM pg_sleep(0.5); END $$;", 0)]
    [InlineData("BEGIN;\nCREATE TABLE a ();\nDO $$ BEGIN PERFORM pg_sleep(0.5); END $$;\nCOMMIT;", 0)]
    [InlineData("VACUUM;\nCREATE TABLE a ();\nDO $$ BEGIN PERFORM pg_sleep(0.5); END $$;", 1)]
    public async Task What_is_sent_in_one_message_is_measured_by_the_server_and_chained_all_the_same(string script, int measuredBefore)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_slow", script);
        bench.Write("2_next", "CREATE TABLE next ();");
        await bench.DeployAsync();

        const string Own = "FROM sluice.statements WHERE migration = '1_slow' AND outcome = 'done' AND duration_ms IS NOT NULL";
        Assert.Equal(measuredBefore + 1, await bench.ScalarAsync<long>("SELECT count(*) " + Own));
        Assert.InRange(await bench.ScalarAsync<long>("SELECT duration_ms " + Own + " ORDER BY id DESC LIMIT 1"), 450, 60_000);
        Assert.True(await bench.ScalarAsync<bool>("SELECT finished_at - started_at >= interval '0.5 s' FROM _prisma_migrations WHERE migration_name = '1_slow'"));
        await using var connection = await ServerConnection.OpenAsync(bench.Settings.Address, Stop);
        Assert.Empty((await JournalAudit.ReadAsync(connection, [], Stop))!.Findings);
    }

    private sealed class Recorder : IProgress<RunEvent>
    {
        public List<RunEvent> Seen { get; } = [];

        public void Report(RunEvent value) => Seen.Add(value);
    }
}
