using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

/// <summary>What a run does about sessions in its way: name them, push them aside where it may, give up in time.</summary>
public sealed class BlockerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_blocker_is_terminated_where_that_is_asked_for_and_the_journal_says_so()
    {
        await using var bench = await BenchAsync(OnBlock.Terminate);
        var events = Record(bench);
        await using var blocker = await BlockAsync(bench, "reporting");

        Assert.Equal(["2_alter"], (await bench.DeployAsync()).Applied);

        Assert.Contains("reporting", Assert.Single(events.OfType<RunEvent.BlockerEnded>()).Blocker, StringComparison.Ordinal);
        Assert.StartsWith($"terminated pid {blocker.ProcessID} (reporting", await bench.ScalarAsync<string>("SELECT note FROM sluice.statements WHERE note LIKE 'terminated%'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_that_blocks_is_cancelled_and_its_session_lives_on()
    {
        await using var bench = await BenchAsync(OnBlock.Cancel);
        var events = Record(bench);
        await using var blocker = await ConnectAsync(bench, "reporting");
        await using var slow = new NpgsqlCommand("SELECT pg_sleep(3600) FROM t", blocker);
        var working = slow.ExecuteNonQueryAsync(Stop);
        await Wait.UntilAsync(() => bench.ScalarAsync<bool>($"SELECT wait_event IS NOT DISTINCT FROM 'PgSleep' FROM pg_stat_activity WHERE pid = {blocker.ProcessID}"), "it does not begin");

        Assert.Equal(["2_alter"], (await bench.DeployAsync()).Applied);

        Assert.Equal(PostgresErrorCodes.QueryCanceled, (await Assert.ThrowsAsync<PostgresException>(() => working)).SqlState);
        Assert.Equal(OnBlock.Cancel, Assert.Single(events.OfType<RunEvent.BlockerEnded>()).How);
        await using var alive = new NpgsqlCommand("SELECT 1", blocker);
        Assert.Equal(1, await alive.ExecuteScalarAsync(Stop));
    }

    [Theory]
    [InlineData("pg_dump", OnBlock.Terminate, "it is a dump or a restore; to include it: --block-also \"pg_dump\"")]
    [InlineData("sluice 0190", OnBlock.Terminate, "it is another migration run")]
    [InlineData("reporting", OnBlock.Cancel, "only `--on-block terminate` ends its transaction")]
    public async Task A_dump_another_run_and_an_idle_transaction_are_spared_and_the_reason_is_said(string application, OnBlock how, string reason)
    {
        await using var bench = await BenchAsync(how);
        var events = Record(bench);
        await using var blocker = await BlockAsync(bench, application);

        Assert.Equal("SL5030", (await GiveUpAsync(bench, events)).Code);

        Assert.Contains(reason, Assert.Single(events.OfType<RunEvent.BlockerSpared>()).Reason, StringComparison.Ordinal);
        Assert.Empty(events.OfType<RunEvent.BlockerEnded>());
    }

    [Fact]
    public async Task A_dump_that_is_named_is_terminated_too()
    {
        await using var bench = await BenchAsync(OnBlock.Terminate);
        bench.Settings = bench.Settings with { Blockers = bench.Settings.Blockers with { Also = ["pg_dump"] } };
        await using var blocker = await BlockAsync(bench, "pg_dump");

        Assert.Equal(["2_alter"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task A_transaction_that_is_younger_than_the_minimum_age_is_waited_for()
    {
        await using var bench = await BenchAsync(OnBlock.Terminate);
        bench.Settings = bench.Settings with { Blockers = bench.Settings.Blockers with { MinimumAge = TimeSpan.FromMinutes(5) } };
        var events = Record(bench);
        await using var blocker = await BlockAsync(bench, "reporting");

        Assert.Equal("SL5030", (await GiveUpAsync(bench, events)).Code);

        Assert.Empty(events.OfType<RunEvent.BlockerEnded>());
    }

    [Fact]
    public async Task A_user_who_may_not_signal_others_is_told_what_to_grant()
    {
        await using var bench = await BenchAsync(OnBlock.Terminate);
        var role = "unprivileged_" + bench.Settings.Address.Database;
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{bench.Settings.Address.Password}'");
        await bench.ExecuteAsync($"GRANT ALL ON SCHEMA public TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; ALTER TABLE t OWNER TO {role}; GRANT CREATE ON DATABASE {bench.Settings.Address.Database} TO {role}; DROP SCHEMA sluice CASCADE");
        await using var blocker = await BlockAsync(bench, "reporting");
        var events = Record(bench);
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { User = role } };

        Assert.Equal("SL5030", (await GiveUpAsync(bench, events)).Code);

        Assert.Contains("GRANT pg_signal_backend", Assert.Single(events.OfType<RunEvent.BlockerSpared>()).Reason, StringComparison.Ordinal);
        await RunAsync(blocker, "COMMIT");
        await bench.ExecuteAsync($"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task An_index_build_that_waits_for_an_old_transaction_names_it_and_gives_up_with_its_invalid_index_removed()
    {
        await using var bench = await BenchAsync(OnBlock.Wait, "CREATE INDEX CONCURRENTLY i ON t (id);");
        var events = Record(bench);

        // It has never seen the table; a build waits for its snapshot all the same.
        await using var old = await ConnectAsync(bench, "reporting");
        await RunAsync(old, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");

        var problem = await GiveUpAsync(bench, events, e => e is RunEvent.StatementProgress { Work: "index", Total: > 0 } p && p.Phase.StartsWith("waiting for old snapshots", StringComparison.Ordinal));

        Assert.Equal("SL5030", problem.Code);
        Assert.Contains($"pid {old.ProcessID} (reporting", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"pid {old.ProcessID} (reporting", events.OfType<RunEvent.Blocked>().First().Blocker, StringComparison.Ordinal);
        Assert.Equal("public.i", Unqualified(Assert.Single(events.OfType<RunEvent.InvalidIndexDropped>()).Index));
        Assert.False(await bench.HasTableAsync("i"));

        await RunAsync(old, "COMMIT");
        Assert.Equal(["2_alter"], (await bench.DeployAsync()).Applied);
        Assert.True(await bench.ScalarAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"));
    }

    [Fact]
    public async Task An_invalid_index_that_cannot_be_removed_is_named_and_the_next_run_removes_it()
    {
        await using var bench = await BenchAsync(OnBlock.Wait, "CREATE INDEX CONCURRENTLY i ON t (id);");
        var events = Record(bench);
        await using var old = await BlockAsync(bench, "reporting");
        await RunAsync(old, "INSERT INTO t VALUES (2)");

        Assert.Equal("SL5030", (await GiveUpAsync(bench, events)).Code);

        Assert.Equal("public.i", Unqualified(Assert.Single(events.OfType<RunEvent.InvalidIndexLeft>()).Index));
        await RunAsync(old, "COMMIT");
        Assert.Equal(["2_alter"], (await bench.DeployAsync()).Applied);
        Assert.True(await bench.ScalarAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"));
    }

    [Fact]
    public async Task VACUUM_FULL_waits_briefly_because_readers_queue_behind_it()
    {
        await using var bench = await BenchAsync(OnBlock.Wait, "VACUUM FULL t;");
        var events = Record(bench);
        await using var blocker = await BlockAsync(bench, "reporting");

        bench.Settings = bench.Settings with { LockBudget = TimeSpan.FromSeconds(2) };
        Assert.Equal("SL5030", (await bench.DeployFailsAsync()).Code);

        Assert.NotEmpty(events.OfType<RunEvent.LockRetry>());
    }

    [Fact]
    public async Task A_script_that_sets_lock_timeout_itself_keeps_its_own_in_every_segment()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_own", "SET lock_timeout = '777ms';\nCREATE TABLE a (v text);\nVACUUM;\nINSERT INTO a SELECT current_setting('lock_timeout');");
        await bench.DeployAsync();

        Assert.Equal("777ms", await bench.ScalarAsync<string>("SELECT v FROM a"));
    }

    private static string Unqualified(string index) => index == "i" ? "public.i" : index;

    private static async Task<Workbench> BenchAsync(OnBlock how, string script = "ALTER TABLE t ADD COLUMN b int;")
    {
        var bench = await Workbench.OpenAsync();
        bench.Write("1_t", "CREATE TABLE t (id int);\nINSERT INTO t VALUES (1);");
        await bench.DeployAsync();
        bench.Write("2_alter", script);
        bench.Settings = bench.Settings with
        {
            StatementLockTimeout = TimeSpan.FromMilliseconds(800),
            LockBudget = TimeSpan.FromMinutes(5),
            Blockers = new BlockerPolicy(how, TimeSpan.Zero, []),
        };
        return bench;
    }

    /// <summary>Runs until it gives up, and again until that was seen meanwhile for which it looks while it waits.</summary>
    private static Task<Problem> GiveUpAsync(Workbench bench, List<RunEvent> events, Func<RunEvent, bool>? seen = null)
    {
        var brief = bench.Settings with { LockBudget = TimeSpan.FromSeconds(1) };
        return Workbench.FailAsync(
            () =>
            {
                events.Clear();
                return Deploy.RunAsync(brief, Stop);
            },
            _ => events.Any(e => e is RunEvent.Blocked) && (seen is null || events.Any(seen)));
    }

    private static List<RunEvent> Record(Workbench bench)
    {
        var recorder = new Recorder();
        bench.Settings = bench.Settings with { Progress = recorder };
        return recorder.Seen;
    }

    private static Task<NpgsqlConnection> ConnectAsync(Workbench bench, string application) =>
        ServerConnection.OpenAsync(bench.Settings.Address with { ApplicationName = application }, Stop);

    private static async Task<NpgsqlConnection> BlockAsync(Workbench bench, string application)
    {
        var connection = await ConnectAsync(bench, application);
        await RunAsync(connection, "BEGIN; SELECT * FROM t");
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private sealed class Recorder : IProgress<RunEvent>
    {
        public List<RunEvent> Seen { get; } = [];

        public void Report(RunEvent value) => Seen.Add(value);
    }
}
