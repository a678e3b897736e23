using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

/// <summary>A run that stopped in the middle of a migration, upwards or downwards, and what each command makes of it.</summary>
public sealed class HalfDoneTests
{
    private const string Broken = "DROP TABLE b;\nVACUUM;\nSELECT 1/0;\nDROP TABLE a;";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_down_that_stopped_half_way_is_named_keeps_up_away_and_goes_on(bool versioned)
    {
        await using var bench = await HalfUndoneAsync(versioned);

        var half = new HalfDone("1_m", Undoing: true, 2, 4);
        var status = await Status.ReadAsync(bench.Settings, cancellation: Stop);
        Assert.Equal((half, false), (Assert.Single(status.HalfDone), status.UpToDate));
        foreach (var run in new Func<Task>[] { bench.DeployAsync, () => Rehearsal.RunAsync(bench.Settings, null, Stop) })
        {
            var problem = await Workbench.FailAsync(run);
            Assert.Equal("SL5036", problem.Code);
            Assert.Contains("partly undone", problem.Message, StringComparison.Ordinal);
            Assert.Contains("Go on undoing it: sluice down 1_m", problem.Remedies);
        }

        Down1(bench, versioned, Broken.Replace("1/0", "1", StringComparison.Ordinal));
        var plan = await PlanAsync(bench);
        Assert.Equal(half, Assert.Single(plan.Continued));
        await Down.RunAsync(bench.Settings, plan, Stop);

        Assert.False(await bench.HasTableAsync("a"));
        Assert.Empty((await Status.ReadAsync(bench.Settings, cancellation: Stop)).HalfDone);
        Assert.Equal(["1_m"], (await bench.DeployAsync()).Applied);
        await Down.RunAsync(bench.Settings, await PlanAsync(bench), Stop);
        Assert.False(await bench.HasTableAsync("b"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_undone_can_be_brought_back_by_hand_and_the_next_down_begins_anew(bool versioned)
    {
        await using var bench = await HalfUndoneAsync(versioned);
        await bench.ExecuteAsync("CREATE TABLE b ()");

        await Resolve.AppliedAsync(bench.Settings, "1_m", Stop);

        Assert.True((await Status.ReadAsync(bench.Settings, cancellation: Stop)).UpToDate);
        Assert.Empty((await bench.DeployAsync()).Applied);
        Down1(bench, versioned, "DROP TABLE b;\nDROP TABLE a;");
        await Down.RunAsync(bench.Settings, await PlanAsync(bench), Stop);
        Assert.False(await bench.HasTableAsync("b"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_rest_can_be_undone_by_hand(bool versioned)
    {
        await using var bench = await HalfUndoneAsync(versioned);
        await bench.ExecuteAsync("DROP TABLE a");

        await Resolve.RolledBackAsync(bench.Settings, "1_m", Stop);

        Assert.Equal(["1_m"], (await Status.ReadAsync(bench.Settings, cancellation: Stop)).History.Pending);
        Assert.Equal(["1_m"], (await bench.DeployAsync()).Applied);
        Assert.Empty((await PlanAsync(bench)).Continued);
    }

    [Fact]
    public async Task What_was_undone_and_is_edited_in_the_file_stops_the_run_and_the_ways_out_fit_the_direction()
    {
        await using var bench = await HalfUndoneAsync(versioned: true);
        Down1(bench, true, "DROP TABLE b CASCADE;\nVACUUM;");

        var problem = await Workbench.FailAsync(async () => await Down.RunAsync(bench.Settings, await PlanAsync(bench), Stop));

        Assert.Equal("SL5031", problem.Code);
        Assert.Contains("If you undid the rest of it by hand: sluice migrate resolve --rolled-back 1_m", problem.Remedies);
    }

    [Fact]
    public async Task A_half_applied_migration_keeps_down_away_until_it_is_finished_or_taken_back()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.WriteFile("1_m.up.sql", "CREATE TABLE a ();");
        bench.WriteFile("1_m.down.sql", "DROP TABLE a;");
        await bench.DeployAsync();
        bench.WriteFile("2_n.up.sql", "CREATE TABLE c ();\nVACUUM;\nSELECT 1/0;");
        await bench.DeployFailsAsync();

        var problem = await Workbench.FailAsync(() => PlanAsync(bench));
        Assert.Equal("SL5036", problem.Code);
        Assert.Contains("`2_n` is partly applied: an earlier run was stopped after 2 of its 3 statements", problem.Message, StringComparison.Ordinal);
        Assert.Equal(new HalfDone("2_n", false, 2, 3), Assert.Single((await Status.ReadAsync(bench.Settings, cancellation: Stop)).HalfDone));

        await bench.ExecuteAsync("DROP TABLE c");
        await Resolve.RolledBackAsync(bench.Settings, "2_n", Stop);
        Assert.Single((await PlanAsync(bench)).Migrations);
        bench.WriteFile("2_n.up.sql", "CREATE TABLE c ();");
        Assert.Equal(["2_n"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task A_failure_that_left_nothing_keeps_neither_down_nor_dev_away()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_m", "CREATE TABLE a (id int PRIMARY KEY);");
        File.WriteAllText(Path.Combine(bench.Settings.MigrationsPath, "1_m", "down.sql"), "DROP TABLE a;");
        bench.Write("2_n", "CREATE TABLE b (id int PRIMARY KEY); SELECT 1/0;");
        await bench.DeployFailsAsync();
        Assert.Single((await PlanAsync(bench)).Migrations);

        bench.Write("2_n", "CREATE TABLE b (id int PRIMARY KEY);");
        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Database.Empty, Stop);
        Assert.False(diagnosis.IsBlocked);
        Assert.Equal(["2_n"], (await Dev.ApplyPendingAsync(bench.Settings, diagnosis, Stop)).Applied);
    }

    [Fact]
    public async Task Dev_goes_on_in_a_half_applied_migration_before_it_looks_for_drift()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_m", "CREATE TABLE a (id int PRIMARY KEY);\nVACUUM;\nSELECT 1/0;");
        await bench.DeployFailsAsync();
        bench.Write("1_m", "CREATE TABLE a (id int PRIMARY KEY);\nVACUUM;\nCREATE TABLE b (id int PRIMARY KEY);");

        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Database.Empty, Stop);
        Assert.False(diagnosis.IsBlocked);
        Assert.Equal("1_m", Assert.Single(diagnosis.HalfApplied).Migration);
        Assert.Equal(["1_m"], (await Dev.ApplyPendingAsync(bench.Settings, diagnosis, Stop)).Applied);

        var whole = await Dev.DiagnoseAsync(bench.Settings, Database.Empty, Stop);
        Assert.Empty(whole.Drift);
        Assert.Empty(whole.HalfApplied);
    }

    [Fact]
    public async Task A_failure_that_only_its_row_tells_of_still_keeps_dev_and_down_away()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { JournalDisabled = true };
        bench.Write("1_m", "SELECT 1/0;");
        await bench.DeployFailsAsync();

        Assert.True((await Dev.DiagnoseAsync(bench.Settings, Database.Empty, Stop)).IsBlocked);
        Assert.Equal("P3009", (await Workbench.FailAsync(() => PlanAsync(bench))).Code);
    }

    private static async Task<Workbench> HalfUndoneAsync(bool versioned)
    {
        var bench = await Workbench.OpenAsync();
        const string Up = "CREATE TABLE a ();\nCREATE TABLE b ();";
        if (versioned)
        {
            bench.WriteFile("1_m.up.sql", Up);
        }
        else
        {
            bench.Write("1_m", Up);
        }

        Down1(bench, versioned, Broken);
        await bench.DeployAsync();
        var plan = await PlanAsync(bench);
        Assert.Equal("SL5027", (await Workbench.FailAsync(() => Down.RunAsync(bench.Settings, plan, Stop))).Code);
        return bench;
    }

    private static void Down1(Workbench bench, bool versioned, string script) => bench.WriteFile(versioned ? "1_m.down.sql" : "1_m/down.sql", script);

    private static Task<DownPlan> PlanAsync(Workbench bench) => Down.PlanAsync(bench.Settings, "1_m", Stop);
}
