namespace Sluice.Cli.Tests;

public sealed class TestCommandTests
{
    [Fact]
    public async Task The_checks_are_a_table_for_people_and_an_array_for_machines()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("test")).Ends(0).Says("server version", "prepared transactions", "[80 % / 95 %]");
        var checks = (await work.RunAsync("test", "--json")).Ends(0).Json.GetProperty("checks");
        Assert.True(checks.GetArrayLength() > 10);
        Assert.All(checks.EnumerateArray(), c => Assert.Contains(c.GetProperty("verdict").GetString(), new[] { "ok", "unknown", "warning", "critical" }));
    }

    [Fact]
    public async Task A_critical_check_exits_1()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        await work.Database.ExecuteAsync($"ALTER DATABASE {work.Database.Name} SET default_transaction_read_only = on");
        var json = (await work.RunAsync("test", "--json")).Ends(1).Json;
        Assert.Equal("attention", json.GetProperty("outcome").GetString());
        (await work.RunAsync("test")).Ends(1).Says("critical", "default_transaction_read_only is on");
        (await work.RunAsync("test", "--window", "late")).Ends(1).Warns("--window is `late`", "for example `01:00-05:00`");
        work.Environment["SLUICE_WINDOW"] = "soon";
        (await work.RunAsync("test")).Ends(1).Warns("SLUICE_WINDOW is `soon`");
    }
}
