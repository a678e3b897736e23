namespace Sluice.Cli.Tests;

public sealed class SquashTests
{
    [Fact]
    public async Task Many_become_one_that_the_database_knows_already()
    {
        await using var project = await LiveWorkspace.CreateAsync(Workspace.Users);
        project.Migration("20250101000000_a", "CREATE TABLE a (id int PRIMARY KEY);");
        project.Migration("20250102000000_b", "CREATE TABLE b (id int PRIMARY KEY);");
        (await project.RunAsync("migrate", "deploy")).Ends(0);

        var dry = (await project.RunAsync("migrate", "squash", "--dry-run")).Ends(0).Says("2 migrations, 20250101000000_a to 20250102000000_b, become 20250102000000_squashed.", "Proved", "CREATE TABLE \"a\"");
        Assert.Equal(2, project.Migrations.Count());
        (await project.RunAsync("migrate", "squash")).Ends(1).Warns("`sluice migrate squash --yes`".Trim('`'));
        Assert.Equal(2, project.Migrations.Count());
        var done = (await project.RunAsync("migrate", "squash", "--yes", "--json")).Ends(0).Json;

        Assert.Equal(["20250102000000_squashed"], project.Migrations);
        Assert.Equal("generated", done.GetProperty("form").GetString());
        Assert.Equal("CREATE TABLE a (id int PRIMARY KEY);", project[".sluice/squashed/20250102000000_squashed/20250101000000_a/migration.sql"]);
        (await project.RunAsync("migrate", "status")).Ends(1).Warns("stands for migrations that are applied here");
        (await project.RunAsync("migrate", "deploy", "--dry-run")).Ends(0).Says("would be marked as applied");
        (await project.RunAsync("migrate", "deploy")).Ends(0).Warns("it was marked as applied, and nothing of it was run");
        (await project.RunAsync("migrate", "status", "--drift")).Ends(0).Says("up to date");
        Assert.DoesNotContain("--yes", dry.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_are_asked_about()
    {
        await using var project = await LiveWorkspace.CreateAsync(Workspace.Users);
        project.Migration("20250101000000_a", "CREATE TABLE a (id int PRIMARY KEY);");
        project.Migration("20250102000000_b", "INSERT INTO a VALUES (1);");

        (await project.RunAsync("migrate", "squash", "--yes")).Ends(1).Warns("table public.a: 1 row", "migration.sql:1: INSERT INTO a VALUES (1)", "--data keep");
        (await project.RunAsync("migrate", "squash", "--data", "nonsense")).Ends(1);
        (await project.RunAsync("migrate", "squash", "--yes", "--data", "keep")).Ends(0).Says("their scripts, one after another");
        (await project.RunAsync("migrate", "deploy")).Ends(0);
        Assert.Equal(1L, await project.QueryAsync("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task A_squash_that_is_killed_while_it_moves_files_is_brought_to_its_end_by_the_next()
    {
        await using var project = await LiveWorkspace.CreateAsync(Workspace.Users);
        for (var i = 1; i <= 100; i++)
        {
            project.Migration($"20250101000{i:000}_m", $"CREATE TABLE t{i} ();");
        }

        (await project.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        using var process = Tool.Start(project.Folder, project.Environment, "migrate", "squash", "--yes");
        var squash = Path.Combine(project.Folder, "migrations", "20250101000100_squashed", "migration.sql");
        while (!File.Exists(squash) && !process.HasExited)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        // Again, until nothing is left to do; a kill that came too late left nothing to do at once.
        Assert.Contains((await project.RunAsync("migrate", "squash", "--yes")).ExitCode, new[] { 0, 1 });

        Assert.Equal(["20250101000100_squashed"], project.Migrations);
        Assert.Equal(100, Directory.GetDirectories(Path.Combine(project.Folder, ".sluice/squashed/20250101000100_squashed")).Length);
        (await project.RunAsync("migrate", "deploy")).Ends(0);
        (await project.RunAsync("migrate", "status", "--drift")).Ends(0).Says("up to date");
        Assert.Equal(100L, await project.QueryAsync("SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$'"));
    }
}
