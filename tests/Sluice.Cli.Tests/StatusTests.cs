using System.Text.Json;

namespace Sluice.Cli.Tests;

public sealed class StatusTests
{
    [Fact]
    public async Task Up_to_date_is_said_and_exits_0()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        (await work.RunAsync("migrate", "deploy")).Ends(0);
        (await work.RunAsync("migrate", "status")).Ends(0).Says("1 migration found in migrations", "Database schema is up to date!");
        (await work.RunAsync("-v", "migrate", "status", "--drift")).Ends(0).Says("Database schema is up to date!");
    }

    [Fact]
    public async Task Pending_ones_are_listed_with_what_to_run()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        (await work.RunAsync("migrate", "status")).Ends(1).Says(
            "Following migration have not yet been applied:", "20250101000000_init", "sluice migrate dev", "sluice migrate deploy");
    }

    [Fact]
    public async Task Everything_that_needs_attention_is_told_apart_in_json()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250102000000_init", DeployTests.Init);
        work.Migration("20250103000000_gone", "SELECT 1;");
        (await work.RunAsync("migrate", "deploy")).Ends(0);
        work.Migration("20250102000000_init", DeployTests.Init + "\n");
        Directory.Delete(Path.Combine(work.Folder, "migrations/20250103000000_gone"), recursive: true);
        work.Migration("20250101000000_late", "SELECT 2;");
        var json = (await work.RunAsync("migrate", "status", "--json")).Ends(1).Json;
        Assert.Equal("folder", json.GetProperty("layout").GetString());
        Assert.Equal(["20250102000000_init", "20250103000000_gone"], Strings(json, "applied"));
        Assert.Equal(["20250101000000_late"], Strings(json, "pending"));
        Assert.Empty(Strings(json, "failed"));
        Assert.Equal(["20250102000000_init"], Strings(json, "edited"));
        Assert.Equal(["20250103000000_gone"], Strings(json, "missing"));
        Assert.Equal(["20250101000000_late"], Strings(json, "outOfOrder"));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("drift").ValueKind);
        Assert.False(json.GetProperty("upToDate").GetBoolean());
        Assert.Equal("attention", json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Drift_is_found_when_asked_for()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        (await work.RunAsync("migrate", "deploy")).Ends(0);
        await work.Database.ExecuteAsync("ALTER TABLE \"User\" ADD COLUMN by_hand INT");
        (await work.RunAsync("migrate", "status")).Ends(0);
        (await work.RunAsync("migrate", "status", "--drift")).Ends(1).Says("Drift", "by_hand");
        var json = (await work.RunAsync("migrate", "status", "--drift", "--json")).Ends(1).Json;
        Assert.Equal("ColumnAdded", json.GetProperty("drift")[0].GetProperty("change").GetString());
        Assert.False(json.GetProperty("upToDate").GetBoolean());
    }

    private static IEnumerable<string> Strings(JsonElement json, string name) => json.GetProperty(name).EnumerateArray().Select(e => e.GetString()!);
}
