using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

public sealed class VersionedRunTests
{
    [Fact]
    public async Task Rows_that_a_down_kept_are_named_by_the_next_up_as_long_as_they_are_there()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.WriteFile("001_t.up.sql", "CREATE TABLE t (id int);");
        bench.WriteFile("001_t.down.sql", """
            CREATE SCHEMA IF NOT EXISTS "sluice_archive";
            CREATE TABLE IF NOT EXISTS "sluice_archive"."001_down_t" AS SELECT t."id" FROM t WITH NO DATA;
            INSERT INTO "sluice_archive"."001_down_t" SELECT id FROM t;
            DROP TABLE t;
            """);
        Assert.Empty((await bench.DeployAsync()).Kept);
        await bench.ExecuteAsync("INSERT INTO t VALUES (1)");
        await Down.RunAsync(bench.Settings, await Down.PlanAsync(bench.Settings, "001", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

        Assert.Equal(["\"sluice_archive\".\"001_down_t\""], (await bench.DeployAsync()).Kept);

        await Down.RunAsync(bench.Settings, await Down.PlanAsync(bench.Settings, "001", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await bench.ExecuteAsync("DELETE FROM sluice_archive.\"001_down_t\"");
        Assert.Empty((await bench.DeployAsync()).Kept);
    }

    [Fact]
    public async Task The_history_says_what_was_applied_by_whom_and_how_long_it_took()
    {
        await using var bench = await Workbench.OpenAsync();
        Write(bench, "001_first", "CREATE TABLE a (); SELECT pg_sleep(2);");
        bench.WriteFile("002_second.up.sql", "CREATE TABLE b ();");

        Assert.Equal(["001_first", "002_second"], (await bench.DeployAsync()).Applied);
        Assert.Equal(
            "001|first|001_first.up.sql|true|true|true,002|second|002_second.up.sql|true|false|true",
            await bench.ScalarAsync<string>("""
                SELECT string_agg(concat_ws('|', version, description, filename, (length(checksum) = 64)::text,
                       (execution_time_ms >= 2000)::text, (applied_by = current_user AND applied_at > now() - interval '1 minute')::text), ',' ORDER BY version)
                FROM schema_migrations
                """));
        Assert.Empty((await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task A_failure_leaves_nothing_and_the_corrected_file_goes_on_without_repair()
    {
        await using var bench = await Workbench.OpenAsync();
        for (var i = 1; i <= 100; i++)
        {
            bench.WriteFile($"{i}_m.up.sql", $"CREATE TABLE t{i} ();\nINSERT INTO t1 DEFAULT VALUES;\n{(i == 50 ? "SELECT 1/0;" : "SELECT 1;")}\n");
        }

        var problem = await bench.DeployFailsAsync();
        Assert.Equal(("50_m", 3, 3), (problem.Statement!.Migration, problem.Statement.Ordinal, problem.Statement.Line));
        Assert.EndsWith("50_m.up.sql", problem.Statement.File, StringComparison.Ordinal);
        Assert.Contains("sluice up", Assert.Single(problem.Remedies), StringComparison.Ordinal);
        Assert.Equal(49L, await bench.ScalarAsync<long>("SELECT count(*) FROM schema_migrations"));
        Assert.False(await bench.HasTableAsync("t50"));

        bench.WriteFile("50_m.up.sql", "CREATE TABLE t50 ();");
        Assert.Equal(51, (await bench.DeployAsync()).Applied.Length);
    }

    [Fact]
    public async Task Up_to_a_version_applies_that_and_what_is_below()
    {
        await using var bench = await Workbench.OpenAsync();
        foreach (var version in new[] { 1, 2, 10 })
        {
            bench.WriteFile($"{version}_m.up.sql", $"CREATE TABLE t{version} ();");
        }

        Assert.Equal(["1_m", "2_m"], (await Deploy.RunAsync(bench.Settings, "2", TestContext.Current.CancellationToken)).Applied);
        Assert.Equal("P3017", (await Workbench.FailAsync(() => Deploy.RunAsync(bench.Settings, "7", TestContext.Current.CancellationToken))).Code);
        Assert.Equal(["10_m"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task Edited_missing_renamed_and_late_files_are_named()
    {
        await using var bench = await Workbench.OpenAsync();
        foreach (var name in new[] { "2_edited", "3_gone", "4_described", "5_moved" })
        {
            bench.WriteFile($"{name}.up.sql", $"CREATE TABLE t{name} ();");
        }

        await bench.DeployAsync();
        bench.WriteFile("2_edited.up.sql", "CREATE TABLE other ();");
        bench.WriteFile("1_late.up.sql", "CREATE TABLE late ();");
        File.Delete(Path.Combine(bench.Settings.MigrationsPath, "3_gone.up.sql"));
        Move(bench, "4_described", "4_better_described");
        Move(bench, "5_moved", "6_moved");

        var report = await Status.ReadAsync(bench.Settings, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(MigrationLayout.Versioned, report.Layout);
        Assert.Equal(["2_edited", "3_gone", "4_better_described", "5_moved"], report.History.Applied);
        Assert.Equal(["2_edited"], report.History.Edited);
        Assert.Equal(["3_gone", "5_moved"], report.History.Missing);
        Assert.Equal(["1_late", "6_moved"], report.History.Pending);
        Assert.Equal(["1_late"], report.History.OutOfOrder);
        Assert.Equal([("4_described", "4_better_described"), ("5_moved", "6_moved")], report.History.Renamed.Select(r => (r.From, r.To)));
        Assert.False(report.UpToDate);

        var problem = await bench.DeployFailsAsync();
        Assert.Equal("SL5022", problem.Code);
        Assert.Contains("5_moved is now 6_moved", problem.Message, StringComparison.Ordinal);

        Move(bench, "6_moved", "5_moved");
        var result = await bench.DeployAsync();
        Assert.Equal(["1_late"], result.Applied);
        Assert.Equal(["1_late"], result.OutOfOrder);
    }

    [Fact]
    public async Task Down_undoes_the_version_and_all_above_it_newest_first()
    {
        await using var bench = await Workbench.OpenAsync();
        Write(bench, "1_a", "CREATE TABLE a (id int PRIMARY KEY);", "DROP TABLE a;");
        Write(bench, "2_b", "CREATE TABLE b (a int REFERENCES a);", "DROP TABLE b;");
        Write(bench, "10_c", "CREATE VIEW c AS TABLE b;", "DROP VIEW c;");
        await bench.DeployAsync();

        var plan = await Down.PlanAsync(bench.Settings, "2", TestContext.Current.CancellationToken);
        Assert.Equal(["10_c", "2_b"], plan.Migrations.Select(m => m.Name));
        await Down.RunAsync(bench.Settings, plan, TestContext.Current.CancellationToken);
        Assert.Equal("1", await bench.ScalarAsync<string>("SELECT string_agg(version, ',') FROM schema_migrations"));
        Assert.False(await bench.HasTableAsync("b"));
        Assert.Equal("SL5026", (await Workbench.FailAsync(() => Down.PlanAsync(bench.Settings, "2", TestContext.Current.CancellationToken))).Code);
        Assert.Equal(["2_b", "10_c"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task Down_refuses_where_a_down_file_is_missing_and_names_it()
    {
        await using var bench = await Workbench.OpenAsync();
        Write(bench, "1_a", "CREATE TABLE a ();", "DROP TABLE a;");
        bench.WriteFile("2_b.up.sql", "CREATE TABLE b ();");
        await bench.DeployAsync();

        var problem = await Workbench.FailAsync(() => Down.PlanAsync(bench.Settings, "1", TestContext.Current.CancellationToken));
        Assert.Equal("SL5025", problem.Code);
        Assert.Contains("2_b.down.sql", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1_a.down.sql", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_down_script_leaves_its_migration_applied()
    {
        await using var bench = await Workbench.OpenAsync();
        Write(bench, "1_a", "CREATE TABLE a ();", "DROP TABLE a; SELECT 1/0;");
        await bench.DeployAsync();

        var plan = await Down.PlanAsync(bench.Settings, "1", TestContext.Current.CancellationToken);
        var problem = await Workbench.FailAsync(() => Down.RunAsync(bench.Settings, plan, TestContext.Current.CancellationToken));
        Assert.Equal("SL5027", problem.Code);
        Assert.EndsWith("1_a.down.sql", problem.Statement!.File, StringComparison.Ordinal);
        Assert.True(await bench.HasTableAsync("a"));
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM schema_migrations"));
    }

    [Fact]
    public async Task Nothing_is_undone_when_the_history_moved_on_after_the_question()
    {
        await using var bench = await Workbench.OpenAsync();
        Write(bench, "1_a", "CREATE TABLE a ();", "DROP TABLE a;");
        await bench.DeployAsync();
        var plan = await Down.PlanAsync(bench.Settings, "1", TestContext.Current.CancellationToken);
        Write(bench, "2_b", "CREATE TABLE b ();", "DROP TABLE b;");
        await bench.DeployAsync();

        Assert.Equal("SL5028", (await Workbench.FailAsync(() => Down.RunAsync(bench.Settings, plan, TestContext.Current.CancellationToken))).Code);
        Assert.True(await bench.HasTableAsync("a"));
    }

    [Fact]
    public async Task A_folder_migration_that_is_undone_is_pending_again()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a ();");
        File.WriteAllText(Path.Combine(bench.Settings.MigrationsPath, "1_a", "down.sql"), "DROP TABLE a;");
        await bench.DeployAsync();
        await Down.RunAsync(bench.Settings, await Down.PlanAsync(bench.Settings, "1_a", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

        Assert.False(await bench.HasTableAsync("a"));
        Assert.Equal(["1_a"], (await Status.ReadAsync(bench.Settings, cancellation: TestContext.Current.CancellationToken)).History.Pending);
        Assert.Equal(["1_a"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task Versioned_history_is_no_drift_and_a_changed_database_is()
    {
        await using var bench = await Workbench.OpenAsync();
        Write(bench, "1_a", "CREATE TABLE a (id int PRIMARY KEY);", "DROP TABLE a;");
        await bench.DeployAsync();

        Assert.True((await Status.ReadAsync(bench.Settings, withDrift: true, TestContext.Current.CancellationToken)).UpToDate);
        await bench.ExecuteAsync("ALTER TABLE a ADD COLUMN by_hand int");
        Assert.Single((await Status.ReadAsync(bench.Settings, withDrift: true, TestContext.Current.CancellationToken)).Drift!.Value);
    }

    [Fact]
    public async Task Another_tools_table_of_the_same_name_is_left_alone()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
        Write(bench, "1_a", "CREATE TABLE a ();", "DROP TABLE a;");

        Assert.Equal("SL5023", (await bench.DeployFailsAsync()).Code);
        Assert.False(await bench.HasTableAsync("a"));
    }

    [Fact]
    public async Task Tables_that_are_there_already_are_taken_over_by_a_baseline()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE a ()");
        Write(bench, "001_a", "CREATE TABLE a ();", "DROP TABLE a;");
        bench.WriteFile("002_b.up.sql", "CREATE TABLE b ();");

        var problem = await bench.DeployFailsAsync();
        Assert.Equal("P3005", problem.Code);
        Assert.Contains("    sluice migrate resolve --applied 001_a", problem.Remedies);
        await Resolve.AppliedAsync(bench.Settings, "001", TestContext.Current.CancellationToken);
        Assert.Equal(["002_b"], (await bench.DeployAsync()).Applied);
    }

    private static void Write(Workbench bench, string name, string up, string down = "SELECT 1;")
    {
        bench.WriteFile($"{name}.up.sql", up);
        bench.WriteFile($"{name}.down.sql", down);
    }

    private static void Move(Workbench bench, string from, string to) =>
        File.Move(Path.Combine(bench.Settings.MigrationsPath, from + ".up.sql"), Path.Combine(bench.Settings.MigrationsPath, to + ".up.sql"));
}
