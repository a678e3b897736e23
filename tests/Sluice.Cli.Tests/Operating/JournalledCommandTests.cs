namespace Sluice.Cli.Tests.Operating;

/// <summary>Every command that changes a database leaves a run in its journal, with how it ended and what was done.</summary>
public sealed class JournalledCommandTests
{
    [Fact]
    public async Task Each_command_has_its_run_with_outcome_and_deed()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("db", "push")).Ends(0);
        Assert.Equal("db push ok took the database to the schema", await LastAsync(work));
        work.Write("one.sql", "SELECT 1; SELECT 2;");
        (await work.RunAsync("db", "execute", "--file", "one.sql")).Ends(0);
        Assert.Equal("db execute ok executed one.sql", await LastAsync(work));
        Assert.Equal(2, await work.QueryAsync("SELECT total FROM sluice.statements ORDER BY id DESC LIMIT 1"));
        (await work.RunWithInputAsync("SELECT 1/0", "db", "execute", "--stdin")).Ends(1);
        Assert.Equal("db execute failed failed to execute standard input", await LastAsync(work));
        (await work.RunAsync("migrate", "reset", "--force")).Ends(0);
        Assert.Equal("migrate reset ok emptied public", await LastAsync(work));
        (await work.RunAsync("migrate", "dev", "--name", "init")).Ends(0);
        Assert.Equal("migrate dev ok", await LastAsync(work));
        work.Migration("20990101000000_bad", "SELECT 1/0;");
        (await work.RunAsync("migrate", "deploy")).Ends(1);
        (await work.RunAsync("migrate", "resolve", "--rolled-back", "20990101000000_bad")).Ends(0);
        Assert.Equal("migrate resolve ok marked 20990101000000_bad as rolled back", await LastAsync(work));
        (await work.RunAsync("migrate", "resolve", "--applied", "20990101000000_bad")).Ends(0);
        Assert.Equal("migrate resolve ok marked as applied", await LastAsync(work));
        work.Write("seed.sql", "SELECT 1;");
        (await work.RunAsync("db", "seed")).Ends(0);
        Assert.Equal("db seed ok executed seed.sql", await LastAsync(work));
        (await work.RunAsync("doctor", "--skip-check", DoctorTests.ThrowAway)).Ends(0).Says("No findings.", "it has every applied migration");
    }

    [Fact]
    public async Task A_restore_is_in_the_journal_of_the_restored_database()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int);");
        (await work.RunAsync("up")).Ends(0);
        (await work.RunAsync("backup")).Ends(0);
        var dump = Path.GetRelativePath(work.Folder, Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.dump").Single());
        var kept = (await work.RunAsync("restore", dump, "--yes", "--json")).Ends(0).Json.GetProperty("keptAs").GetString()!;
        Npgsql.NpgsqlConnection.ClearAllPools();
        var last = await LastAsync(work);
        Assert.StartsWith("restore ok restored ", last, StringComparison.Ordinal);
        Assert.EndsWith(kept, last, StringComparison.Ordinal);
        (await work.RunAsync("doctor", "--skip-check", DoctorTests.ThrowAway)).Ends(0);
        await work.Database.ExecuteAsync($"DROP DATABASE \"{kept}\"");
    }

    [Fact]
    public async Task What_a_reset_has_wiped_away_is_not_continued()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int);\nVACUUM;\nSELECT 1/0;");
        (await work.RunAsync("up", "--no-backup")).Ends(1);
        work.Versioned("001_a", "CREATE TABLE a (id int);\nVACUUM;\nSELECT 1;");
        (await work.RunAsync("migrate", "reset", "--force")).Ends(0);
        Assert.True(await work.HasTableAsync("a"));
    }

    private static async Task<string> LastAsync(LiveWorkspace work) => (string)(await work.QueryAsync(
        """
        SELECT concat_ws(' ', r.command, r.outcome, (SELECT s.note FROM sluice.statements s WHERE s.run = r.id ORDER BY s.id DESC LIMIT 1))
        FROM sluice.runs r ORDER BY r.id DESC LIMIT 1
        """))!;
}
