namespace Sluice.Cli.Tests;

public sealed class LockTests
{
    [Fact]
    public async Task A_lock_that_is_held_is_P1002_after_the_budget_and_names_its_holder()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        await using var holder = await work.Database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var command = new Npgsql.NpgsqlCommand("SELECT pg_advisory_lock(72707369)", holder))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        (await work.RunAsync("migrate", "deploy", "--lock-budget", "2s")).Ends(1).Warns("P1002", $"process {holder.ProcessID}");
        Assert.False(await work.HasTableAsync("User"));
        work.Environment["PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK"] = "1";
        (await work.RunAsync("migrate", "deploy")).Ends(0);
    }
}
