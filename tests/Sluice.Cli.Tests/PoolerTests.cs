using System.Diagnostics;
using System.Globalization;

namespace Sluice.Cli.Tests;

/// <summary>Processes behind a pooler in transaction mode: one at a time, whatever becomes of the one at work.</summary>
public sealed class PoolerTests
{
    // A statement with the mark waits for as long as the test holds the lock, whoever sends it.
    private const string Gate = """
        CREATE SCHEMA gate;
        CREATE TABLE gate.stop (at text);
        CREATE FUNCTION gate.wait() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM gate.stop WHERE position(at IN current_query()) > 0) THEN
                PERFORM pg_advisory_xact_lock(4711);
            END IF;
        END $$;
        CREATE EVENT TRIGGER gate ON ddl_command_start EXECUTE FUNCTION gate.wait();
        """;

    // Of which nothing runs out by itself while a slow machine is at it; the test says when it does.
    private static readonly string[] Deploy = ["migrate", "deploy", "--no-backup", "--lease", "10m"];

    private const string RunOut = "UPDATE sluice.leases SET expires_at = clock_timestamp()";

    [Fact]
    public async Task Processes_at_once_apply_each_migration_once()
    {
        await using var pooler = TransactionPooler.Start();
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        Through(work, pooler);
        for (var i = 1; i <= 10; i++)
        {
            work.Migration($"202501010000{i:00}_m", $"CREATE TABLE t{i} ();\nSELECT pg_sleep(0.05);");
        }

        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => work.RunAsync("up", "--no-backup", "--lock-budget", "30m", "--lease", "10m")));

        Assert.All(runs, r => r.Ends(0));
        Assert.Equal(10L, await work.QueryAsync("SELECT count(*) FROM _prisma_migrations"));
        Assert.Equal(1L, await work.QueryAsync("SELECT count(DISTINCT run) FROM sluice.statements"));
    }

    [Fact]
    public async Task The_lease_of_a_killed_process_runs_out_and_the_next_one_ends_what_is_left()
    {
        await using var pooler = TransactionPooler.Start();
        await using var work = await StoppedAtAsync(pooler, "/* s4. */");
        await using var gate = await work.ShutGateAsync();
        using var process = Tool.Start(work.Folder, work.Environment, Deploy);
        await AtTheGateAsync(work, process, process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await work.QueryAsync("DELETE FROM gate.stop");
        await gate.DisposeAsync();

        // The pooler had passed on the rest of the migration, COMMIT included, so the server may finish it within the lease; else the next run goes on.
        using var next = Tool.Start(work.Folder, work.Environment, Deploy);
        var output = next.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"process {process.Id}", await Tool.SaidAsync(next, "Waiting for the migration lock, held by"), StringComparison.Ordinal);
        await work.QueryAsync(RunOut);
        (await Tool.EndAsync(next, output)).Ends(0);

        Assert.Equal("1 2 3 4", await work.QueryAsync("SELECT string_agg(ordinal::text, ' ' ORDER BY id) FROM sluice.statements WHERE migration LIKE '%long' AND outcome = 'done'"));

        Assert.Equal(true, await work.QueryAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 'b_i'::regclass"));
        (await work.RunAsync("migrate", "status")).Ends(0);
    }

    [Fact]
    public async Task A_process_that_stood_still_past_its_lease_applies_nothing_more_and_says_why()
    {
        await using var pooler = TransactionPooler.Start();
        await using var work = await StoppedAtAsync(pooler, "/* s3. */");
        await using var gate = await work.ShutGateAsync();
        using var stalled = Tool.Start(work.Folder, work.Environment, Deploy);
        var said = stalled.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await AtTheGateAsync(work, stalled, said);
        await SignalAsync(stalled, "STOP");

        // The next run takes the lease over, waits at the same gate and is let through before the stalled one goes on.
        await work.QueryAsync("DELETE FROM gate.stop");
        await work.QueryAsync(RunOut);
        var next = work.RunAsync(Deploy);
        await KilledRunTests.UntilAsync(work, "SELECT token = 3 FROM sluice.leases");
        await gate.DisposeAsync();
        await SignalAsync(stalled, "CONT");
        await stalled.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, stalled.ExitCode);
        Assert.Contains("SL5033", await said, StringComparison.Ordinal);
        Assert.Contains("the lease was taken over at", await said, StringComparison.Ordinal);
        (await next).Ends(0);
        Assert.Equal("1 2 3 4", await work.QueryAsync("SELECT string_agg(ordinal::text, ' ' ORDER BY id) FROM sluice.statements WHERE migration LIKE '%long' AND outcome = 'done'"));
        (await work.RunAsync("migrate", "status")).Ends(0);
    }

    [Fact]
    public async Task No_backup_is_taken_or_restored_through_the_pooler_because_its_settings_would_reach_others()
    {
        await using var pooler = TransactionPooler.Start();
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_first", "CREATE TABLE first (id int);");
        (await work.RunAsync("migrate", "deploy")).Ends(0);
        (await work.RunAsync("backup")).Ends(0);
        var archive = Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.dump").First();

        Through(work, pooler);
        work.Migration("20250102000000_second", "CREATE TABLE second (id int);");

        (await work.RunAsync("migrate", "deploy")).Ends(1).Warns("SL5110", "--no-backup");
        (await work.RunAsync("backup")).Ends(1).Warns("SL5110", "past the pooler");
        (await work.RunAsync("restore", archive, "--yes")).Ends(1).Warns("SL5110");
        Assert.Equal(1L, await work.QueryAsync("SELECT count(*) FROM _prisma_migrations"));
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
    }

    private static void Through(LiveWorkspace work, TransactionPooler pooler)
    {
        var direct = new UriBuilder(work.Database.Url) { Host = "127.0.0.1", Port = pooler.Port, Query = "pgbouncer=true" };
        work.Environment["DATABASE_URL"] = direct.Uri.AbsoluteUri;
    }

    private static async Task<LiveWorkspace> StoppedAtAsync(TransactionPooler pooler, string mark)
    {
        var work = await LiveWorkspace.CreateAsync(Workspace.Users, Gate);
        Through(work, pooler);
        work.Migration("20250101000000_first", "CREATE TABLE first (id int);");
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        work.Migration("20250102000000_long", """
            CREATE TABLE /* s1. */ b (id int);
            CREATE INDEX CONCURRENTLY /* s2. */ b_i ON b (id);
            CREATE TABLE /* s3. */ c (id int);
            CREATE TABLE /* s4. */ d (id int);
            """);
        await work.QueryAsync($"INSERT INTO gate.stop VALUES ('{mark}')");
        return work;
    }

    // A process that ends before it comes there says why.
    private static async Task AtTheGateAsync(LiveWorkspace work, Process process, Task<string> said)
    {
        while (await work.QueryAsync(LiveWorkspace.AtTheGate) is not true)
        {
            if (process.HasExited)
            {
                Assert.Fail($"ended with {process.ExitCode} before the gate:\n{await said}");
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
