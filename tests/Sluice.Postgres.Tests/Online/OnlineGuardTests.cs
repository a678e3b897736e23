using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Online;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Online;

/// <summary>What keeps the two versions the same whoever writes, and nobody out who was in.</summary>
public sealed class OnlineGuardTests
{
    private static readonly string[] Spelled = ["seen timestamptz", "day date", "part interval", "raw bytea", "weight float8"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cast_means_the_same_whatever_the_settings_of_a_client_or_of_the_database()
    {
        const string Row = "'2026-01-01 12:00+00', '2026-02-01', '1 day 2:00', '\\x00ff', 0.1::float8 + 0.2::float8";
        var columns = Spelled.Select(s => s.Split(' ')[0]).ToArray();
        await using var bench = await OnlineBench.OpenAsync(
            $"CREATE TABLE t (id int PRIMARY KEY, {string.Join(", ", Spelled)}); INSERT INTO t VALUES (1, {Row});",
            $"ALTER TABLE t {string.Join(", ", columns.Select(c => $"ALTER COLUMN {c} TYPE text"))};");
        await bench.Bench.ExecuteAsync($"""
            ALTER DATABASE {bench.Bench.Settings.Address.Database} SET TimeZone = 'Asia/Tokyo';
            ALTER DATABASE {bench.Bench.Settings.Address.Database} SET DateStyle = 'SQL, DMY';
            ALTER DATABASE {bench.Bench.Settings.Address.Database} SET IntervalStyle = 'sql_standard';
            ALTER DATABASE {bench.Bench.Settings.Address.Database} SET bytea_output = 'escape';
            ALTER DATABASE {bench.Bench.Settings.Address.Database} SET extra_float_digits = 0;
            """);

        await bench.StartAsync([.. columns.Select(c => $"t.{c} = {c}::text")], [.. Spelled.Select(s => $"t.{s.Split(' ')[0]} = {s.Split(' ')[0]}::{s.Split(' ')[1]}")]);
        // What the backfill would write is what the trigger wrote.
        Assert.True(await bench.Bench.ScalarAsync<bool>("SELECT settles AND pass = 2 FROM sluice.backfills"));
        await bench.OldAsync($"SET TimeZone = 'America/Lima'; SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601'; INSERT INTO t VALUES (2, {Row.Replace("02-01", "02-28", StringComparison.Ordinal)})");

        const string Same = "2026-01-01 12:00:00+00 2026-02-{0} 1 day 02:00:00 \\x00ff 0.30000000000000004";
        Assert.Equal($"{Same.Replace("{0}", "01", StringComparison.Ordinal)},{Same.Replace("{0}", "28", StringComparison.Ordinal)}", await bench.NewAsync("SELECT seen, day, part, raw, weight FROM t ORDER BY id"));
        Assert.Equal(OnlineState.Done, (await bench.CompleteAsync()).State);
    }

    [Fact]
    public async Task Both_ways_begin_only_when_nobody_has_a_row_open_that_was_written_one_way()
    {
        await using var bench = await OnlineBench.OpenAsync("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)", "ALTER TABLE t ALTER COLUMN n TYPE bigint");
        await using var client = await bench.Bench.Source.OpenConnectionAsync(Stop);
        bench.Bench.Settings = bench.Bench.Settings with { LockBudget = TimeSpan.FromMilliseconds(300), Progress = new At($"views in public_{OnlineBench.Next}", () => Run(client, "BEGIN; UPDATE t SET n = 2")) };

        var problem = await Workbench.FailAsync(() => bench.StartAsync(), p => p.Code != "SL5126" || p.Message.Contains("pid ", StringComparison.Ordinal));

        Assert.Equal("SL5126", problem.Code);
        Assert.Contains($"pid {client.ProcessID}", problem.Message, StringComparison.Ordinal);
        Run(client, "COMMIT");
        bench.Bench.Settings = bench.Bench.Settings with { LockBudget = TimeSpan.FromMinutes(5), Progress = null };
        Assert.Equal(OnlineState.Switched, (await bench.StartAsync()).State);
    }

    [Fact]
    public async Task The_owner_of_schema_and_table_works_on_without_a_grant()
    {
        var owner = "owner_" + Guid.NewGuid().ToString("N");
        await using var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { Schema = "shop" } };
        bench.Write("20260101000000_first", "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)");
        await bench.DeployAsync();
        bench.Write("20260102000000_wider", "ALTER TABLE t ALTER COLUMN n TYPE bigint");
        await bench.ExecuteAsync($"CREATE ROLE {owner}; ALTER SCHEMA shop OWNER TO {owner}; ALTER TABLE shop.t OWNER TO {owner}");
        try
        {
            var row = await OnlineChange.StartAsync(bench.Settings, new OnlineRequest(), Stop);
            await bench.ExecuteAsync($"SET ROLE {owner}; SET search_path = \"{row.VersionSchema}\"; INSERT INTO t VALUES (2, 3000000); UPDATE t SET n = 4 WHERE id = 1; DELETE FROM t WHERE id = 2");
            Assert.Equal(4, await bench.ScalarAsync<int>("SELECT n FROM shop.t"));
            await OnlineChange.RollbackAsync(bench.Settings, cancellation: Stop);
        }
        finally
        {
            await bench.ExecuteAsync($"ALTER SCHEMA shop OWNER TO CURRENT_USER; ALTER TABLE shop.t OWNER TO CURRENT_USER; DROP OWNED BY {owner}; DROP ROLE {owner}");
        }
    }

    [Fact]
    public async Task Going_on_with_the_end_it_looks_at_every_row_again()
    {
        await using var bench = await OnlineBench.OpenAsync("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)", "ALTER TABLE t ALTER COLUMN n TYPE bigint");
        await bench.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        bench.Bench.Settings = bench.Bench.Settings with { Progress = new At("table t", stop.Cancel) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OnlineChange.CompleteAsync(bench.Bench.Settings, cancellation: stop.Token));
        bench.Bench.Settings = bench.Bench.Settings with { Progress = null };
        await bench.Bench.ExecuteAsync("ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET n = 2; ALTER TABLE t ENABLE ALWAYS TRIGGER \"~sluice_old\"; ALTER TABLE t ENABLE ALWAYS TRIGGER \"~sluice_new\"");

        Assert.Equal("SL5125", (await Workbench.FailAsync(() => bench.CompleteAsync())).Code);

        await bench.Bench.ExecuteAsync("UPDATE t SET n = 3");
        await bench.CompleteAsync();
        Assert.Equal("3", await bench.NewAsync("SELECT n FROM t"));
    }

    [Fact]
    public async Task Who_may_not_see_whether_one_is_under_way_applies_nothing()
    {
        var role = "deployer_" + Guid.NewGuid().ToString("N")[..8];
        await using var bench = await OnlineBench.OpenAsync("CREATE TABLE t (id int PRIMARY KEY, n int)", "ALTER TABLE t ALTER COLUMN n TYPE bigint");
        await bench.StartAsync();
        await bench.Bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'p'; GRANT ALL ON SCHEMA public TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}");
        var settings = bench.Bench.Settings with { JournalDisabled = true, Address = bench.Bench.Settings.Address with { User = role, Password = "p", Retry = new RetryPolicy(0, TimeSpan.Zero) } };
        try
        {
            var problem = await Workbench.FailAsync(() => Deploy.RunAsync(settings, Stop));

            Assert.Equal("SL5129", problem.Code);
            Assert.Contains("may not read `sluice.online`", problem.Message, StringComparison.Ordinal);
        }
        finally
        {
            await bench.Bench.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private sealed class At(string title, Action act) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is RunEvent.OnlineStep step && step.Title == title)
            {
                act();
            }
        }
    }
}
