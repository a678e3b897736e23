using System.Diagnostics;

namespace Sluice.Cli.Tests;

public sealed class KilledRunTests
{
    [Fact]
    public async Task After_kill_9_in_a_single_transaction_the_next_deploy_goes_on()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        work.Migration("20250102000000_slow", "ALTER TABLE \"User\" ADD COLUMN a INT;\nSELECT pg_sleep(600);\n");
        using (var process = Tool.Start(work.Folder, work.Environment, "migrate", "deploy", "--no-backup"))
        {
            await UntilAsync(work, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database())");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await work.QueryAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid() AND datname = current_database()");
        await UntilAsync(work, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid() AND datname = current_database())");
        (await work.RunAsync("migrate", "status")).Ends(1).Says("Following migration have not yet been applied:", "20250102000000_slow");
        work.Migration("20250102000000_slow", "ALTER TABLE \"User\" ADD COLUMN a INT;\n");
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0).Says("All migrations have been successfully applied.");
        (await work.RunAsync("migrate", "status")).Ends(0);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_run_that_is_asked_to_stop_ends_with_130_and_drops_the_scratch_database(string signal)
    {
        if (signal is "INT")
        {
            SkipWhereInterruptsAreIgnored();
        }

        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_slow", "SELECT pg_sleep(601);\n");
        using var process = Tool.Start(work.Folder, work.Environment, "migrate", "dev");
        var said = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        const string Sleeping = "SELECT datname::text FROM pg_stat_activity WHERE query LIKE '%pg_sleep(601)%' AND state = 'active' AND datname <> current_database() LIMIT 1";
        await UntilAsync(work, $"SELECT EXISTS ({Sleeping})");
        var shadow = (string)(await work.QueryAsync(Sleeping))!;
        using var interrupt = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 130, $"{process.ExitCode}: {await said}");
        Assert.Equal(false, await work.QueryAsync($"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{shadow}')"));
    }

    [Fact]
    public async Task Two_deploys_at_once_apply_everything_once()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        work.Migration("20250102000000_slow", "SELECT pg_advisory_xact_lock(4711);\nCREATE TABLE once (id INT);\n");
        await using var gate = await work.ShutGateAsync();
        string[] deploy = ["migrate", "deploy", "--no-backup", "--lock-budget", "30m"];
        var (first, second) = (work.RunAsync(deploy), work.RunAsync(deploy));
        await UntilAsync(work, LiveWorkspace.AtTheGate);

        // Whoever comes now finds the lock taken, and says so before it has it.
        using var late = Tool.Start(work.Folder, work.Environment, deploy);
        var output = late.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Waiting for the migration lock, held by process", await Tool.SaidAsync(late, "Waiting for the migration lock"), StringComparison.Ordinal);
        await gate.DisposeAsync();
        ToolRun[] runs = [await first, await second, await Tool.EndAsync(late, output)];
        Assert.All(runs, r => r.Ends(0));
        Assert.Single(runs, r => r.Output.Contains("All migrations have been successfully applied.", StringComparison.Ordinal));
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM _prisma_migrations"));
    }

    // proc(5): the set of ignored signals, a bit each from SIGHUP on.
    internal static void SkipWhereInterruptsAreIgnored() => Assert.SkipWhen(
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").Single(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line
        && (Convert.ToUInt64(line[7..].Trim(), 16) & 0b10) != 0,
        "the tests were started with SIGINT ignored, as a script's `… &` does, and what they start inherits it");

    internal static Task UntilAsync(LiveWorkspace work, string question) =>
        Wait.UntilAsync(async () => await work.QueryAsync(question) is true, $"never came true: {question}");
}
