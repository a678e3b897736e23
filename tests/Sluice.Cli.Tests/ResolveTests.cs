namespace Sluice.Cli.Tests;

public sealed class ResolveTests
{
    [Fact]
    public async Task Each_wrong_use_has_its_code()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        (await work.RunAsync("migrate", "resolve")).Ends(1).Warns("--applied", "--rolled-back");
        (await work.RunAsync("migrate", "resolve", "--rolled-back", "20250101000000_init")).Ends(1).Warns("P3011");
        (await work.RunAsync("migrate", "resolve", "--applied", "nowhere")).Ends(1).Warns("P3017");
        (await work.RunAsync("migrate", "deploy")).Ends(0);
        (await work.RunAsync("migrate", "resolve", "--applied", "20250101000000_init")).Ends(1).Warns("P3008");
        (await work.RunAsync("migrate", "resolve", "--rolled-back", "20250101000000_init")).Ends(1).Warns("P3012");
    }
}
