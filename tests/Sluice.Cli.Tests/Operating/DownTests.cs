namespace Sluice.Cli.Tests.Operating;

public sealed class DownTests
{
    [Fact]
    public async Task Without_a_terminal_it_prints_the_command_that_says_yes()
    {
        await using var work = await TwoAsync();
        (await work.RunAsync("down", "2")).Ends(1).Warns(
            "This undoes 1 migration", "002_b  migrations/002_b.down.sql", "Unproved", "no terminal to ask on; nothing was changed", "sluice down 002_b --yes");
        Assert.True(await work.HasTableAsync("b"));
        Assert.Equal("attention", (await work.RunAsync("down", "2", "--json")).Ends(1).Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task With_yes_it_undoes_the_version_and_all_above_it()
    {
        await using var work = await TwoAsync();
        (await work.RunAsync("--no-backup", "down", "001", "--yes")).Ends(0)
            .Warns("newest first", "Unproved", "Undoing migration `002_b`", "Undoing migration `001_a`", "as asked")
            .Says("2 migrations undone.");
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM schema_migrations"));
        Assert.False(await work.HasTableAsync("a"));
        (await work.RunAsync("up")).Ends(0).Says("001_a", "002_b");
    }

    [Fact]
    public async Task On_a_terminal_it_asks()
    {
        await using var work = await TwoAsync();
        Assert.Equal(130, (await work.OnTerminalAsync("n\n", "down 2")).Says("Run them?", "Nothing was changed.").ExitCode);
        Assert.True(await work.HasTableAsync("b"));
        (await work.OnTerminalAsync("y\n", "down 2 --no-backup")).Ends(0).Says("1 migration undone.");
        Assert.False(await work.HasTableAsync("b"));
    }

    [Fact]
    public async Task What_cannot_be_undone_is_named_and_nothing_is_begun()
    {
        await using var work = await TwoAsync();
        File.Delete(Path.Combine(work.Folder, "migrations/001_a.down.sql"));
        (await work.RunAsync("down", "1", "--yes", "--no-backup")).Ends(1).Warns("SL5025", "migrations/001_a.down.sql");
        (await work.RunAsync("down", "9", "--yes", "--no-backup")).Ends(1).Warns("SL5026", "There is no applied migration `9`.", "002_b, 001_a");
        Assert.True(await work.HasTableAsync("b"));
        (await work.RunAsync("down", "2", "--yes", "--json", "--no-backup")).Ends(0);
    }

    [Fact]
    public async Task A_changed_up_file_is_warned_of()
    {
        await using var work = await TwoAsync();
        work.Versioned("002_b", "CREATE TABLE b (id int);", "DROP TABLE b;");
        (await work.RunAsync("down", "2", "--yes", "--no-backup")).Ends(0).Warns("`002_b` was modified after it was applied");
    }

    [Fact]
    public async Task A_proved_down_file_is_not_called_unproved()
    {
        await using var work = await TwoAsync();
        (await work.RunAsync("migrate", "verify")).Ends(0);
        var run = (await work.RunAsync("down", "2", "--yes", "--no-backup")).Ends(0).Warns("All of them were proved on a scratch database");
        Assert.DoesNotContain("Unproved", run.Error, StringComparison.Ordinal);
    }

    private static async Task<LiveWorkspace> TwoAsync()
    {
        var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a ();", "DROP TABLE a;");
        work.Versioned("002_b", "CREATE TABLE b ();", "DROP TABLE b;");
        (await work.RunAsync("up")).Ends(0);
        return work;
    }
}
