using System.Diagnostics;

namespace Sluice.Cli.Tests;

public sealed class BranchTests : IDisposable
{
    private readonly Workspace project = new(Workspace.Users);

    [Fact]
    public async Task Branches_that_fit_together_are_told_to()
    {
        Begin();
        On("theirs", () => project.Migration("20250102000000_theirs", "SELECT 2;"));
        On("ours", () => project.Migration("20250103000000_ours", "SELECT 3;"));

        (await project.RunAsync("migrate", "status", "--base", "theirs")).Ends(0).Says("1 migration added here, 1 in theirs", "can be merged");
    }

    [Fact]
    public async Task One_that_sorts_before_the_others_is_told_its_new_name()
    {
        Begin();
        On("theirs", () => project.Migration("20250103000000_theirs", "SELECT 2;"));
        On("ours", () => project.Migration("20250102000000_ours", "SELECT 3;"));

        var run = (await project.RunAsync("migrate", "status", "--base", "theirs")).Ends(1)
            .Warns("`20250102000000_ours` comes before 20250103000000_theirs", "git mv migrations/20250102000000_ours migrations/20250103000001_ours");
        var json = (await project.RunAsync("migrate", "status", "--base", "theirs", "--json")).Ends(1).Json;

        Assert.Equal("order", json.GetProperty("collisions")[0].GetProperty("kind").GetString());
        Git("mv", "migrations/20250102000000_ours", "migrations/20250103000001_ours");
        (await project.RunAsync("migrate", "status", "--base", "theirs")).Ends(0);
        Assert.DoesNotContain("Datasource", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_name_with_another_text_an_edit_and_a_removal_are_named()
    {
        Begin();
        On("theirs", () =>
        {
            project.Migration("20250102000000_both", "SELECT 2;");
            project.Migration("20250101000000_a", "SELECT 'edited';");
        });
        On("ours", () =>
        {
            project.Migration("20250102000000_both", "SELECT 3;");
            Directory.Delete(Path.Combine(project.Folder, "migrations", "20250101000001_b"), recursive: true);
        });

        (await project.RunAsync("migrate", "status", "--base", "theirs")).Ends(1).Warns(
            "`20250102000000_both` both branches added it, each with another text",
            "`20250101000000_a` was edited on the other branch",
            "`20250101000001_b` was removed on this branch");
    }

    [Fact]
    public async Task Versions_of_files_collide_by_number()
    {
        project.Versioned("001_a", "SELECT 1;");
        Repository();
        On("theirs", () => project.Versioned("002_theirs", "SELECT 2;"));
        On("ours", () => project.Versioned("2_ours", "SELECT 3;"));

        (await project.RunAsync("status", "--base", "theirs")).Ends(1).Warns("`2_ours` has the same version as 002_theirs", "3_ours.up.sql");
    }

    [Fact]
    public async Task A_squash_on_one_side_removes_nothing()
    {
        await using var live = await LiveWorkspace.CreateAsync();
        foreach (var (name, value) in live.Environment)
        {
            project.Environment[name] = value;
        }

        Begin();
        On("theirs", () => project.Migration("20250102000000_theirs", "SELECT 2;"));
        Git("checkout", "-q", "-b", "ours", "main");
        (await project.RunAsync("migrate", "squash", "--yes")).Ends(0);

        (await project.RunAsync("migrate", "status", "--base", "theirs")).Ends(1).Warns("`20250101000001_squashed` comes before 20250102000000_theirs");
    }

    [Fact]
    public async Task Where_there_is_no_repository_or_no_such_branch_that_is_said()
    {
        project.Migration("20250101000000_a", "SELECT 1;");
        (await project.RunAsync("migrate", "status", "--base", "main")).Ends(1).Warns("not a git repository");

        Repository();
        (await project.RunAsync("migrate", "status", "--base", "nosuch")).Ends(1).Warns("git could not tell what nosuch is");

        project.Environment["PATH"] = project.Folder;
        (await project.RunAsync("migrate", "status", "--base", "main")).Ends(1).Warns("There is no `git` on the PATH");
    }

    public void Dispose() => project.Dispose();

    private void Begin()
    {
        project.Migration("20250101000000_a", "SELECT 1;");
        project.Migration("20250101000001_b", "SELECT 1;");
        Repository();
    }

    private void Repository()
    {
        Git("init", "-q", "-b", "main");
        Git("config", "user.email", "test@example.com");
        Git("config", "user.name", "test");
        project.Write(".gitignore", ".sluice/\n");
        Git("add", "-A");
        Git("commit", "-q", "-m", "base");
    }

    private void On(string branch, Action change)
    {
        Git("checkout", "-q", "-b", branch, "main");
        change();
        Git("add", "-A");
        Git("commit", "-q", "-m", branch);
    }

    private void Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = project.Folder, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, error);
    }
}
