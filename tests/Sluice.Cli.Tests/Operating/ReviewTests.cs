using System.Diagnostics;

namespace Sluice.Cli.Tests.Operating;

/// <summary>`docs/operations/review`, as a pipeline starts it: in a clone, with a database of its own and that of the service.</summary>
public sealed class ReviewTests : IAsyncLifetime
{
    private LiveWorkspace work = null!;
    private TestDatabase shadow = null!;

    public async ValueTask InitializeAsync()
    {
        work = await LiveWorkspace.CreateAsync(Workspace.Users);
        shadow = await TestDatabase.CreateAsync();
        (work.Environment["BASE"], work.Environment["FORMAT"], work.Environment["SHADOW_DATABASE_URL"]) = ("main", "github", shadow.Url);
        Git("init", "--quiet", "--initial-branch=main");
        Git("config", "user.email", "ann@example.com");
        Git("config", "user.name", "Ann");
        work.Migration("20260101000000_init", "CREATE TABLE users (id int PRIMARY KEY, email text);");
        work.Write("migrations/20260101000000_init/down.sql", "DROP TABLE users;");
        (await work.RunAsync("migrate", "verify")).Ends(0);
        Commit();
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        Git("checkout", "--quiet", "-b", "next");
    }

    public async ValueTask DisposeAsync()
    {
        await work.DisposeAsync();
        await shadow.DisposeAsync();
    }

    [Fact]
    public async Task What_harms_nobody_and_leads_back_is_let_through_with_its_plan()
    {
        work.Migration("20260201000000_note", "ALTER TABLE users ADD COLUMN note text;");
        work.Write("migrations/20260201000000_note/down.sql", "ALTER TABLE users DROP COLUMN note;");
        Commit();
        var run = (await ReviewAsync()).Ends(0).Says("They can be merged in this order.", "1 proved", "Nobody changed the database by hand.");
        Assert.DoesNotContain("::error", run.Output, StringComparison.Ordinal);
        Assert.Contains("ALTER TABLE users ADD COLUMN note text", work["sluice-plan.md"], StringComparison.Ordinal);
        Assert.DoesNotContain(work.Database.Name, work["sluice-plan.md"], StringComparison.Ordinal);
        Assert.Equal(1L, await work.QueryAsync("SELECT count(*) FROM _prisma_migrations"));
    }

    [Fact]
    public async Task What_stops_others_does_not_lead_back_or_is_not_there_any_more_is_told_each_by_its_part()
    {
        work.Migration("20260201000000_index", "CREATE INDEX users_email ON users (email);");
        work.Write("migrations/20260201000000_index/down.sql", "SELECT 1;");
        Commit();
        await work.Database.ExecuteAsync("CREATE TABLE by_hand ()");
        (await ReviewAsync()).Ends(1).Says("::error file=migrations/20260201000000_index/migration.sql,line=1", "1 failed", "by_hand", "CREATE INDEX users_email");
    }

    [Fact]
    public async Task Without_the_database_the_scripts_are_looked_over_and_findings_are_code_quality_where_that_is_asked()
    {
        work.Migration("20260201000000_index", "CREATE INDEX users_email ON users (email);");
        Commit();
        work.Environment["DATABASE_URL"] = "";
        work.Environment["FORMAT"] = "gitlab";
        (await ReviewAsync()).Ends(1).Says("1 without a way back");
        Assert.Contains("\"check_name\":\"I01\"", work["gl-code-quality-report.json"], StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(work.Folder, "sluice-plan.md")));
    }

    [Fact]
    public async Task On_a_branch_that_is_behind_its_own_migrations_are_looked_over_and_a_plan_that_lies_there_is_not_kept()
    {
        work.Migration("20260201000000_index", "CREATE INDEX users_email ON users (email);");
        work.Write("sluice-plan.md", "of somebody else");
        Commit();
        Git("checkout", "--quiet", "main");
        work.Migration("20260301000000_later", "SELECT 1;");
        Commit();
        Git("checkout", "--quiet", "next");
        work.Environment["DATABASE_URL"] = "";
        (await ReviewAsync()).Ends(1).Says("::error file=migrations/20260201000000_index/migration.sql,line=1");
        Assert.False(File.Exists(Path.Combine(work.Folder, "sluice-plan.md")));
    }

    [Fact]
    public async Task The_manifests_around_it_can_be_read()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl"), "no `kubectl`");
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/kubectl", ["kustomize", Path.Combine(Repository.Root, "docs/operations/kubernetes")]) { RedirectStandardOutput = true })!;
        var read = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(["CronJob", "Deployment", "Job", "Service"], read.Split('\n').Where(l => l.StartsWith("kind: ", StringComparison.Ordinal)).Select(l => l[6..]).Order(StringComparer.Ordinal));
    }

    private Task<ToolRun> ReviewAsync() => Tool.ScriptAsync(work.Folder, work.Environment, Path.Combine(Repository.Root, "docs/operations/review"));

    private void Commit()
    {
        Git("add", "--all");
        Git("commit", "--quiet", "--message", "next");
    }

    private void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = work.Folder })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
