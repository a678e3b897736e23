using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

/// <summary>Runs through a pooler in transaction mode, where no session is a run's own.</summary>
public sealed class LeaseTests
{
    // A migration that lasts until the test opens its gate.
    private const string Gate = "CREATE SCHEMA gate; CREATE TABLE gate.open ()";
    private const string Waiting = "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM gate.open) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;";
    private const string Open = "INSERT INTO gate.open DEFAULT VALUES";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_a_pooler_everything_is_applied_and_nothing_is_left_in_its_sessions(bool told)
    {
        await using var pooler = TransactionPooler.Start();
        await using var bench = await Workbench.OpenAsync();
        Through(bench, pooler, told);
        bench.Write("1_a", "CREATE TABLE a (id int, s text);\nCREATE TYPE kind AS ENUM ('x');");
        bench.Write("2_mixed", """
            SET statement_timeout = '1min';
            SET search_path = pg_catalog, public;
            ALTER TYPE public.kind ADD VALUE 'y';
            CREATE TABLE public.b (k public.kind DEFAULT 'y', timeout text DEFAULT current_setting('statement_timeout'));
            INSERT INTO public.b DEFAULT VALUES;
            """);
        bench.Write("3_index", "CREATE INDEX CONCURRENTLY a_s ON a (s);\nBEGIN;\nCREATE TABLE c ();\nCOMMIT;\nVACUUM a;");

        Assert.Equal(["1_a", "2_mixed", "3_index"], (await bench.DeployAsync()).Applied);

        Assert.Equal(1, await bench.ScalarAsync<long>("SELECT token FROM sluice.leases WHERE expires_at <= now()"));
        Assert.Equal("1min", await bench.ScalarAsync<string>("SELECT timeout FROM b"));
        Assert.True(await bench.ScalarAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_s'::regclass"));
        Assert.Empty((await bench.DeployAsync()).Applied);
        await using var client = await ServerConnection.OpenAsync(bench.Settings.Address, Stop);
        for (var i = 0; i < 12; i++)
        {
            await using var left = new NpgsqlCommand("SELECT string_agg(name, ' ') FROM pg_settings WHERE source = 'session' AND name NOT IN ('application_name')", client);
            Assert.Equal(DBNull.Value, await left.ExecuteScalarAsync(Stop));
        }
    }

    [Fact]
    public async Task A_run_past_the_pooler_and_one_through_it_wait_for_each_other()
    {
        await using var pooler = TransactionPooler.Start();
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_slow", "SELECT pg_sleep(1);\nCREATE TABLE a ();");
        var direct = bench.Settings;
        Through(bench, pooler, told: false);
        var pooled = bench.Settings;

        var results = await Task.WhenAll(new[] { direct, pooled, direct, pooled }.Select(s => Deploy.RunAsync(s, Stop)));

        Assert.Equal(1, results.Sum(r => r.Applied.Length));
    }

    [Fact]
    public async Task While_the_lease_is_held_its_holder_is_named_with_its_times()
    {
        // A machine that stands still for longer than the lease lasts ends it, as it should, and does not do so each time.
        for (var attempt = 1; !await IsHeldAsync(); attempt++)
        {
            Assert.True(attempt < 5, "the heartbeat does not keep the lease");
        }
    }

    [Fact]
    public async Task A_run_whose_lease_was_taken_over_commits_nothing_more_and_says_by_whom()
    {
        await using var pooler = TransactionPooler.Start();
        await using var bench = await Workbench.OpenAsync();
        Through(bench, pooler, told: true);
        bench.Write("1_a", "CREATE TABLE a ();");
        await bench.DeployAsync();
        await bench.ExecuteAsync(Gate);
        bench.Write("2_takes_it_away", "CREATE TABLE b ();\n" + Waiting);
        bench.Write("3_c", "CREATE TABLE c ();");
        var deploy = bench.DeployFailsAsync();
        while (await bench.ScalarAsync<long>("SELECT token FROM sluice.leases") < 2)
        {
            await Task.Delay(10, Stop);
        }

        await bench.ExecuteAsync("UPDATE sluice.leases SET token = token + 1, holder = 'somebody@elsewhere', taken_at = now(), expires_at = now() + '1 minute'");
        await bench.ExecuteAsync(Open);

        var problem = await deploy;
        Assert.Equal("SL5033", problem.Code);
        Assert.Contains("by somebody@elsewhere", problem.Message, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("b"));
        Assert.Equal(1, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations"));
    }

    [Theory]
    [InlineData("SET statement_timeout = 0;\nCREATE INDEX CONCURRENTLY i ON a (id);", "", "settings before it")]
    [InlineData("CREATE INDEX CONCURRENTLY i ON a (id);", "other", "looked up in schema `public`, not in `other`")]
    public async Task A_statement_that_runs_alone_and_would_need_its_session_is_refused_with_the_way_out(string script, string schema, string reason)
    {
        await using var pooler = TransactionPooler.Start();
        await using var bench = await Workbench.OpenAsync();
        Through(bench, pooler, told: true);
        bench.Settings = schema.Length == 0 ? bench.Settings : bench.Settings with { Address = bench.Settings.Address with { Schema = schema } };
        bench.Write("1_a", "CREATE TABLE a (id int);");
        await bench.DeployAsync();
        bench.Write("2_i", script);

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("SL5035", problem.Code);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
        Assert.Contains(problem.Remedies, r => r.Contains("directUrl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_who_may_not_make_the_lease_is_told_what_to_grant()
    {
        await using var pooler = TransactionPooler.Start();
        await using var bench = await Workbench.OpenAsync();
        var role = "leaseless_" + bench.Settings.Address.Database;
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{bench.Settings.Address.Password}'; GRANT ALL ON SCHEMA public TO {role}");
        Through(bench, pooler, told: true);
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { User = role } };
        bench.Write("1_a", "CREATE TABLE a ();");

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("SL5034", problem.Code);
        Assert.Contains(problem.Remedies, r => r.Contains("GRANT CREATE ON DATABASE", StringComparison.Ordinal));
        await bench.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task A_heartbeat_whose_connection_is_dropped_goes_on_over_another_while_the_lease_is_ours_and_ends_when_it_is_not()
    {
        const string Heart = "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%heart' AND pid <> pg_backend_pid()";
        await using var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { LeaseTime = TimeSpan.FromSeconds(15), Address = bench.Settings.Address with { ApplicationName = "heart" } };
        await using (var lease = await Lease.TakeAsync(bench.Settings, Stop))
        {
            var before = await bench.ScalarAsync<DateTime>("SELECT expires_at FROM sluice.leases");
            Assert.Equal(1, await bench.ScalarAsync<long>($"SELECT count(pg_terminate_backend(pid)) {Heart}"));
            await Wait.UntilAsync(async () => await bench.ScalarAsync<DateTime>("SELECT expires_at FROM sluice.leases") > before, "the lease is not renewed");

            await bench.ExecuteAsync(lease.Fence);
            await bench.ExecuteAsync("UPDATE sluice.leases SET token = token + 1, holder = 'another'");
            await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync(lease.Fence));
            Assert.Equal(1, await bench.ScalarAsync<long>($"SELECT count(pg_terminate_backend(pid)) {Heart}"));
        }

        // Given back is only what was one's own.
        Assert.True(await bench.ScalarAsync<bool>("SELECT expires_at > now() FROM sluice.leases WHERE holder = 'another'"));
    }

    /// <returns>False when the lease ran out, and the second run had its turn.</returns>
    private static async Task<bool> IsHeldAsync()
    {
        await using var pooler = TransactionPooler.Start();
        await using var bench = await Workbench.OpenAsync();
        Through(bench, pooler, told: true);
        await bench.ExecuteAsync(Gate);
        bench.Write("1_slow", Waiting);
        bench.Settings = bench.Settings with { LeaseTime = TimeSpan.FromSeconds(3) };
        var first = bench.DeployAsync();
        await Wait.UntilAsync(
            () => bench.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%gate.open%' AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database())"), "it does not begin");

        // It waits for longer than the lease lasts: the heartbeat keeps it.
        bench.Settings = bench.Settings with { LockTimeout = TimeSpan.FromMilliseconds(100) };
        var refused = await Record.ExceptionAsync(bench.DeployAsync);
        await bench.ExecuteAsync(Open);
        if (await Record.ExceptionAsync(() => first) is ProblemException { Problem.Code: "SL5033" })
        {
            return false;
        }

        var problem = Assert.IsType<ProblemException>(refused).Problem;
        Assert.Equal("P1002", problem.Code);
        Assert.Contains($"process {Environment.ProcessId}", problem.Message, StringComparison.Ordinal);
        Assert.Contains("the lease runs out at", problem.Message, StringComparison.Ordinal);
        Assert.Single((await first).Applied);
        return true;
    }

    private static void Through(Workbench bench, TransactionPooler pooler, bool told) => bench.Settings = bench.Settings with
    {
        Address = bench.Settings.Address with { Host = "127.0.0.1", Port = pooler.Port, OtherParameters = told ? [("pgbouncer", "true")] : [] },
    };
}
