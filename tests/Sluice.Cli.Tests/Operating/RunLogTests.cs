using System.Text.Json;

namespace Sluice.Cli.Tests.Operating;

public sealed class RunLogTests
{
    [Fact]
    public async Task A_full_disk_ends_the_log_and_not_the_run()
    {
        Assert.SkipUnless((await Tool.InShellAsync("/", new Dictionary<string, string>(), "--version > /dev/null && unshare -rm true")).ExitCode == 0, "no mounts of one's own here");
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        for (var i = 1; i <= 20; i++)
        {
            work.Migration($"202501010000{i:00}_m", $"CREATE TABLE t{i} ();");
        }

        Directory.CreateDirectory(Path.Combine(work.Folder, "full"));

        var run = await work.InShellAsync($"--version > /dev/null && unshare -rm sh -c 'mount -t tmpfs -o size=4k none full && {Path.Combine(Repository.Root, "artifacts/sluice/sluice")} migrate deploy --log-dir full'");

        run.Ends(0).Warns("The log ends before the run does");
        Assert.Equal(1, run.Error.Split("The log ends").Length - 1);
        Assert.Equal(20L, await work.QueryAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));
    }

    [Fact]
    public async Task Every_line_has_the_correlation_id_which_the_server_saw_too()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE seen AS SELECT current_setting('application_name') AS name;");
        var id = (await work.RunAsync("up", "--json")).Ends(0).Json.GetProperty("correlationId").GetString()!;
        Assert.Equal($"sluice {id}", await work.QueryAsync("SELECT name FROM seen"));

        var log = Assert.Single(Logs(work, "migration_*.log"));
        Assert.Matches(@"^migration_\d{8}T\d{6}Z\.log$", Path.GetFileName(log));
        var lines = Lines(log);
        Assert.All(lines, l => Assert.Equal(id, l.GetProperty("correlationId").GetString()));
        Assert.Equal(["started", "connecting", "migration_started", "migration_applied", "journalled", "finished"], lines.Select(l => l.GetProperty("event").GetString()).Where(e => e is not ("notice" or "check")));
        Assert.Equal("001_a", lines.First(l => l.GetProperty("event").GetString() == "migration_started").GetProperty("migration").GetString());
        Assert.Equal("ok", lines[^1].GetProperty("outcome").GetString());
        Assert.Equal("*\n", work["logs/.gitignore"]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(work.Folder, "logs")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log));
        }
    }

    [Fact]
    public async Task A_failure_is_in_the_error_log_with_its_place_and_without_secrets()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "SELECT 1;\nALTER ROLE nobody_of_that_name PASSWORD 'hunter2hunter2';\n");
        (await work.RunAsync("up", "--log-dir", "elsewhere/deep")).Ends(1);
        var errors = Directory.GetFiles(Path.Combine(work.Folder, "elsewhere/deep"), "migration_errors_*.log");
        var line = Assert.Single(Lines(Assert.Single(errors)));
        Assert.Equal("failed", line.GetProperty("event").GetString());
        var error = line.GetProperty("error");
        Assert.Equal("P3018", error.GetProperty("code").GetString());
        Assert.Equal(2, error.GetProperty("statement").GetProperty("line").GetInt32());
        Assert.All(
            Directory.GetFiles(Path.Combine(work.Folder, "elsewhere/deep")),
            f => Assert.DoesNotContain("hunter2", File.ReadAllText(f), StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(work.Folder, "logs")));
    }

    [Fact]
    public async Task The_retry_sequence_is_logged()
    {
        using var work = new Workspace();
        work.Versioned("001_a", "SELECT 1;");
        work.Environment["DATABASE_URL"] = "postgresql://someone:s3cretword@127.0.0.1:1/none";
        work.Environment["DB_RETRY_DELAY_MS"] = "10";
        (await work.RunAsync("up")).Ends(1).Warns("P1001");
        var log = Assert.Single(Logs(work, "migration_2*.log"));
        var attempts = Lines(log).Where(l => l.GetProperty("event").GetString() == "connecting").ToList();
        Assert.Equal([0, 10, 20, 40], attempts.Select(l => l.GetProperty("afterMs").GetInt32()));
        Assert.Equal([1, 2, 3, 4], attempts.Select(l => l.GetProperty("attempt").GetInt32()));
        Assert.DoesNotContain("s3cretword", File.ReadAllText(log), StringComparison.Ordinal);
        Assert.Single(Logs(work, "migration_errors_*.log"));
    }

    [Fact]
    public async Task Commands_that_change_nothing_leave_no_log()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "SELECT 1;");
        await work.RunAsync("status");
        await work.RunAsync("up", "--dry-run");
        Assert.False(Directory.Exists(Path.Combine(work.Folder, "logs")));
    }

    private static string[] Logs(Workspace work, string pattern) =>
        Directory.Exists(Path.Combine(work.Folder, "logs")) ? Directory.GetFiles(Path.Combine(work.Folder, "logs"), pattern) : [];

    private static List<JsonElement> Lines(string file) => [.. File.ReadLines(file).Select(l => JsonDocument.Parse(l).RootElement)];
}
