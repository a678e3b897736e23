using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

public sealed class LockTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lock_that_another_session_holds_is_waited_for_and_its_holder_named()
    {
        await using var bench = await Workbench.OpenAsync();
        var events = new Recorder();
        bench.Settings = bench.Settings with { LockTimeout = TimeSpan.FromMilliseconds(500), Progress = events };
        bench.Write("1_a", "CREATE TABLE a ();");
        await using var holder = await HoldAsync(bench);

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("P1002", problem.Code);
        Assert.Contains($"process {holder.ProcessID} (somebody", problem.Message, StringComparison.Ordinal);
        Assert.Contains(events.Seen, e => e is RunEvent.WaitingForLock);
        Assert.False(await bench.HasTableAsync("a"));
    }

    [Fact]
    public async Task The_lock_can_be_switched_off()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { LockTimeout = TimeSpan.Zero, LockDisabled = true };
        bench.Write("1_a", "CREATE TABLE a ();");
        await using var holder = await HoldAsync(bench);

        Assert.Single((await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task Many_deploys_at_once_apply_each_migration_once()
    {
        await using var bench = await Workbench.OpenAsync();
        for (var i = 1; i <= 5; i++)
        {
            bench.Write($"{i}_m", $"CREATE TABLE t{i} (); SELECT pg_sleep(0.02);");
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bench.DeployAsync()));

        Assert.Equal(5, results.Sum(r => r.Applied.Length));
        Assert.Equal(5, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations"));
    }

    [Fact]
    public async Task A_connection_that_is_ended_in_the_middle_leaves_a_failure_that_the_next_run_gets_over()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_slow", "CREATE TABLE a ();\nSELECT pg_sleep(60);");
        var deploy = bench.DeployFailsAsync();
        await EndScriptAsync(bench, "pg_terminate_backend");

        var problem = await deploy;

        Assert.Equal("P3018", problem.Code);
        Assert.Equal(2, problem.Statement!.Ordinal);
        Assert.False(await bench.HasTableAsync("a"));
        bench.Write("1_slow", "CREATE TABLE a ();");
        Assert.Equal(["1_slow"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task A_cancelled_run_that_left_nothing_leaves_no_row_and_runs_again()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_slow", "CREATE TABLE a ();\nSELECT pg_sleep(60);");
        using var ctrlC = new CancellationTokenSource();
        var deploy = Deploy.RunAsync(bench.Settings, ctrlC.Token);
        await ScriptIsAtWorkAsync(bench);
        await ctrlC.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deploy);

        bench.Write("1_slow", "CREATE TABLE a ();");
        Assert.Single((await bench.DeployAsync()).Applied);
        Assert.Equal(1, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations"));
        Assert.Equal("cancelled,ok", await bench.ScalarAsync<string>("SELECT string_agg(outcome, ',' ORDER BY id) FROM sluice.runs"));
    }

    [Fact]
    public async Task A_run_that_loses_its_lock_commits_nothing_more_and_the_next_goes_on()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_first", "CREATE TABLE a ();");
        bench.Write("2_ends_all", "CREATE TABLE b (); DO $$ BEGIN PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sluice' AND pid <> pg_backend_pid(); END $$;");

        var problem = await bench.DeployFailsAsync();
        Assert.Equal("P1017", problem.Code);
        Assert.Contains("holds the lock", problem.Message, StringComparison.Ordinal);
        Assert.Equal((true, false), (await bench.HasTableAsync("a"), await bench.HasTableAsync("b")));

        bench.Write("2_ends_all", "CREATE TABLE b ();");
        Assert.Equal(["2_ends_all"], (await bench.DeployAsync()).Applied);
    }

    private static async Task<NpgsqlConnection> HoldAsync(Workbench bench)
    {
        var connection = await ServerConnection.OpenAsync(bench.Settings.Address with { ApplicationName = "somebody" }, Stop);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(72707369)", connection);
        await take.ExecuteNonQueryAsync(Stop);
        return connection;
    }

    private static async Task ScriptIsAtWorkAsync(Workbench bench)
    {
        while (!await bench.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid())"))
        {
            await Task.Delay(20, Stop);
        }
    }

    private static async Task EndScriptAsync(Workbench bench, string function)
    {
        await ScriptIsAtWorkAsync(bench);
        await bench.ExecuteAsync($"SELECT {function}(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()");
    }

    private sealed class Recorder : IProgress<RunEvent>
    {
        public List<RunEvent> Seen { get; } = [];

        public void Report(RunEvent value) => Seen.Add(value);
    }
}
