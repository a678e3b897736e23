namespace Sluice.Cli.Tests;

public sealed class CacheTests
{
    [Fact]
    public async Task What_dev_replayed_is_remembered_until_it_is_cleared()
    {
        await using var project = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await project.RunAsync("migrate", "dev", "--name", "init")).Ends(0);
        (await project.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync");

        var warm = (await project.RunAsync("migrate", "dev", "-v")).Ends(0).Says("Already in sync");
        var cold = (await project.RunAsync("migrate", "dev", "-v", "--no-cache")).Ends(0).Says("Already in sync");

        Assert.DoesNotContain("Scratch database", warm.Error, StringComparison.Ordinal);
        Assert.Contains("Scratch database", cold.Error, StringComparison.Ordinal);
        Assert.Equal("*\n", project[".sluice/cache/.gitignore"]);
        var listed = (await project.RunAsync("db", "cache", "--json")).Ends(0).Json;
        Assert.Equal(Directory.GetFiles(Path.Combine(project.Folder, ".sluice", "cache"), "*.catalog").Length, listed.GetProperty("catalogs").GetInt32());
        (await project.RunAsync("db", "cache", "--clear")).Ends(0).Says("Removed ");
        Assert.Equal(0, (await project.RunAsync("db", "cache", "--json")).Ends(0).Json.GetProperty("catalogs").GetInt32());
    }

    [Fact]
    public async Task What_dev_wrote_with_its_way_back_is_known_to_the_next_dev()
    {
        await using var project = await LiveWorkspace.CreateAsync(Workspace.Users);

        (await project.RunAsync("migrate", "dev", "--name", "init")).Ends(0);

        Assert.DoesNotContain("Scratch database", (await project.RunAsync("migrate", "dev", "-v")).Ends(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drift_is_told_from_what_is_remembered_too()
    {
        await using var project = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await project.RunAsync("migrate", "dev", "--name", "init")).Ends(0);
        (await project.RunAsync("migrate", "status", "--drift")).Ends(0);
        await project.Database.ExecuteAsync("ALTER TABLE \"User\" ADD COLUMN by_hand int");

        var run = (await project.RunAsync("migrate", "status", "--drift", "--json")).Ends(1);

        Assert.Equal(1, run.Json.GetProperty("drift").GetArrayLength());
    }

    [Fact]
    public async Task Nothing_is_remembered_where_that_is_switched_off()
    {
        await using var project = await LiveWorkspace.CreateAsync(Workspace.Users);
        project.Environment["SLUICE_CACHE"] = "off";

        (await project.RunAsync("migrate", "dev", "--name", "init")).Ends(0);

        Assert.False(Directory.Exists(Path.Combine(project.Folder, ".sluice")));
    }
}
