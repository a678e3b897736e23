namespace Sluice.Cli.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BackupTests
{
    private const string Rows = DeployTests.Init + "INSERT INTO \"User\" (email) VALUES ('a'), ('b');";

    [Fact]
    public async Task A_backup_is_restored_in_place_after_a_yes_and_the_old_database_is_kept()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Rows);
        (await work.RunAsync("migrate", "deploy", "--no-journal")).Ends(0);
        var file = (await work.RunAsync("backup")).Ends(0).Warns("3 rows; restored and found equal").Output.Trim();
        Assert.Matches(@"^backups/\w+_20250101000000_init\.dump$", file);
        await work.Database.ExecuteAsync("DELETE FROM \"User\"");

        (await work.RunAsync("restore", file)).Ends(1).Warns("point of no return", "nothing was changed", $"sluice restore {file} --yes");
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM \"User\""));

        var json = (await work.RunAsync("restore", file, "--yes", "--json")).Ends(0).Json;

        var kept = json.GetProperty("keptAs").GetString();
        Assert.StartsWith(work.Database.Name + "_before_", kept, StringComparison.Ordinal);
        Npgsql.NpgsqlConnection.ClearAllPools();
        Assert.Equal(2L, await AskAsync(work, "SELECT count(*) FROM \"User\""));
        await AskAsync(work, $"DROP DATABASE \"{kept}\"");
    }

    [Fact]
    public async Task A_damaged_backup_is_refused()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        var file = (await work.RunAsync("backup")).Ends(0).Output.Trim();
        await File.AppendAllTextAsync(Path.Combine(work.Folder, file), "x", TestContext.Current.CancellationToken);
        (await work.RunAsync("restore", file, "--yes")).Ends(1).Warns("SL5104", "damaged");
    }

    [Fact]
    public async Task Deploy_takes_a_backup_first_where_something_is_pending()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Rows);
        (await work.RunAsync("migrate", "deploy", "--no-journal")).Ends(0);
        work.Migration("20250102000000_more", "DELETE FROM \"User\";");

        var backup = (await work.RunAsync("migrate", "deploy", "--json")).Ends(0).Json.GetProperty("backup");

        Assert.Equal(2, backup.GetProperty("rows").GetInt64() - 1);
        Assert.Equal("20250101000000_init", backup.GetProperty("schemaVersion").GetString());
        Assert.True(backup.GetProperty("whole").GetBoolean());
        Assert.Equal(backup.GetProperty("file").GetString(), await work.QueryAsync("SELECT backup FROM sluice.runs ORDER BY id DESC LIMIT 1"));
        Assert.False((await work.RunAsync("migrate", "deploy", "--json")).Ends(0).Json.TryGetProperty("backup", out _));
    }

    [Fact]
    public async Task A_failed_backup_stops_the_run()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Rows);
        (await work.RunAsync("migrate", "deploy")).Ends(0).Warns("A backup would hold nothing: the database has no tables yet.");
        work.Migration("20250102000000_more", "CREATE TABLE more ();");
        work.Write("backups", "a file where the folder should be");
        Assert.Equal("failed", (await work.RunAsync("migrate", "deploy", "--json")).Ends(1).Json.GetProperty("outcome").GetString());
        Assert.False(await work.HasTableAsync("more"));
    }

    [Fact]
    public async Task With_a_key_in_sluice_json_every_backup_is_encrypted_and_restored()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Rows);
        (await work.RunAsync("migrate", "deploy", "--no-journal")).Ends(0);
        work.Write("sluice.json", "{\"backup\": {\"keyFile\": \"backup.key\", \"upload\": [\"cp\", \"-t\", \"elsewhere\"]}}");
        work.Write("backup.key", new string('7', 64));
        (await work.RunAsync("backup")).Ends(1).Warns("SL5111", "chmod 600");
        Own(Path.Combine(work.Folder, "backup.key"));
        (await work.RunAsync("backup")).Ends(1).Warns("SL5112", "exit code 1");
        work.Write("elsewhere/keep", "");
        var file = (await work.RunAsync("backup", "--daily", "7")).Ends(0).Warns("encrypted with the key", ", uploaded").Output.Trim();
        Assert.Equal(File.ReadAllBytes(Path.Combine(work.Folder, file)), File.ReadAllBytes(Path.Combine(work.Folder, "elsewhere", Path.GetFileName(file))));
        await work.Database.ExecuteAsync("DELETE FROM \"User\"");

        var json = (await work.RunAsync("restore", file, "--yes", "--json")).Ends(0).Json;

        Assert.True(json.GetProperty("backup").GetProperty("encrypted").GetBoolean());
        Npgsql.NpgsqlConnection.ClearAllPools();
        Assert.Equal(2L, await AskAsync(work, "SELECT count(*) FROM \"User\""));
        await AskAsync(work, $"DROP DATABASE \"{json.GetProperty("keptAs").GetString()}\"");

        work.Write("sluice.json", "{\"backup\": {\"key\": \"backup.key\"}}");
        (await work.RunAsync("backup")).Ends(1).Warns("backup.key`, which is no setting", "Known are: keyFile, upload");
    }

    [Theory]
    [InlineData("--daily 0", "--daily must be at least 1")]
    [InlineData("--keep 0", "--keep must be at least 1")]
    [InlineData("--max-age soon", "for example `30d`")]
    [InlineData("--format tar", "`custom` or `directory`")]
    public async Task A_wrong_option_is_told_with_a_right_one(string options, string expected)
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync(["backup", .. options.Split(' ')])).Ends(1).Warns(expected);
        Assert.False(Directory.Exists(Path.Combine(work.Folder, "backups")));
    }

    private static void Own(string path) => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    // The pool's connections ended with the old database.
    private static async Task<object?> AskAsync(LiveWorkspace work, string sql)
    {
        var connection = work.Database.Connection();
        connection.Pooling = false;
        await using var source = Npgsql.NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
