using Npgsql;

namespace Sluice.Cli.Tests.Operating;

/// <summary>The checks before and after a run, and its backup.</summary>
public sealed class GuardedRunTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_critical_check_stops_the_run_before_anything_is_changed_and_can_be_skipped_by_name()
    {
        await using var work = await PendingAsync();
        var window = DateTime.UtcNow.AddHours(12);
        work.Environment["SLUICE_WINDOW"] = $"{window:HH}:00-{window.AddHours(1):HH}:00";

        (await work.RunAsync("up")).Ends(1).Warns(
            "critical  maintenance window",
            "SL5040",
            "The check `maintenance window` failed: it is",
            "Nothing was changed.",
            "sluice up --skip-check maintenance-window");
        var stopped = (await work.RunAsync("migrate", "deploy", "--json")).Ends(1).Json;
        Assert.Equal(("attention", "SL5040"), (stopped.GetProperty("outcome").GetString(), stopped.GetProperty("error").GetProperty("code").GetString()));
        var found = stopped.GetProperty("preflight").EnumerateArray().ToList();
        Assert.Contains(found, c => c.GetProperty("name").GetString() == "disk");
        Assert.Equal("maintenance window", Assert.Single(found, c => c.GetProperty("verdict").GetString() == "critical").GetProperty("name").GetString());
        Assert.Equal("attention", (await work.RunAsync("down", "1", "--yes", "--json")).Ends(1).Json.GetProperty("outcome").GetString());
        Assert.False(await work.HasTableAsync("b"));
        Assert.False(Directory.Exists(Path.Combine(work.Folder, "backups")));
        (await work.RunAsync("up", "--skip-check", "nonsense")).Ends(1).Warns("`nonsense`, which is no check", "long-transactions");
        (await work.RunAsync("up", "--no-backup", "--skip-check", "maintenance-window")).Ends(0).Warns("`maintenance window` is critical, and does not stop the run");
        (await work.RunAsync("down", "2", "--yes", "--no-backup", "--skip-check", "all")).Ends(0).Warns("No checks are made before the run, as asked.");
        Assert.Equal("attention", (await work.RunAsync("test", "--json")).Ends(1).Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_warning_is_said_and_the_run_goes_on()
    {
        await using var work = await PendingAsync();
        await using var forgetful = await work.Database.Source.OpenConnectionAsync(Stop);
        await using (var begin = new NpgsqlCommand("CREATE TABLE broken (a int); INSERT INTO broken VALUES (1), (1)", forgetful))
        {
            await begin.ExecuteNonQueryAsync(Stop);
        }

        await using (var fails = new NpgsqlCommand("CREATE UNIQUE INDEX CONCURRENTLY twice ON broken (a)", forgetful))
        {
            await Assert.ThrowsAsync<PostgresException>(() => fails.ExecuteNonQueryAsync(Stop));
        }

        (await work.RunAsync("up", "--no-backup")).Ends(0).Warns("1 warning", "warning  invalid indexes  public.twice", "→ What a failed CREATE INDEX CONCURRENTLY leaves");
    }

    [Fact]
    public async Task Every_check_is_in_the_answer_for_machines_and_in_the_log()
    {
        await using var work = await PendingAsync();
        var json = (await work.RunAsync("up", "--json")).Ends(0).Json;

        var names = json.GetProperty("preflight").EnumerateArray().Select(c => c.GetProperty("name").GetString()).ToList();
        Assert.Empty(new[] { "server version", "privileges", "disk", "long transactions", "running dumps", "connections", "replica lag" }.Except(names));
        var after = json.GetProperty("postVerify").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!, c => (c.GetProperty("value").GetString(), c.GetProperty("verdict").GetString()));
        Assert.Equal(("all validated", "ok"), after["constraints"]);
        Assert.Equal(("none", "ok"), after["invalid indexes"]);
        Assert.Equal(("as planned", "ok"), after["catalog"]);
        Assert.Equal(("3 → 1 (-2)", "warning"), after["rows of public.a"]);
        Assert.Equal(("new, 0", "ok"), after["rows of public.b"]);

        var lines = await File.ReadAllLinesAsync(Directory.GetFiles(Path.Combine(work.Folder, "logs"), "migration_2*.log").Order(StringComparer.Ordinal).Last(), Stop);
        var events = lines.Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(json.GetProperty("backup").GetProperty("file").GetString(), events.Single(l => l.GetProperty("event").GetString() == "backup_taken").GetProperty("file").GetString());
        var logged = events.Where(l => l.GetProperty("event").GetString() == "check").ToList();
        Assert.Equal(names.Count + after.Count, logged.Count);
        Assert.Equal("warning", logged.Single(l => l.GetProperty("name").GetString() == "rows of public.a").GetProperty("level").GetString());
    }

    [Fact]
    public async Task Without_a_scratch_database_the_catalog_is_said_not_to_be_checked()
    {
        await using var work = await PendingAsync();
        var catalog = (await work.RunAsync("up", "--no-backup", "--json")).Ends(0).Json.GetProperty("postVerify").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "catalog");
        Assert.Equal("unknown", catalog.GetProperty("verdict").GetString());
        Assert.Equal("sluice status --drift", catalog.GetProperty("advice").GetString());
    }

    [Fact]
    public async Task A_catalog_that_is_not_as_planned_is_a_warning()
    {
        await using var work = await PendingAsync();
        await work.Database.ExecuteAsync("ALTER TABLE a ADD COLUMN by_hand int");
        (await work.RunAsync("up")).Ends(0).Warns("warning  catalog", "1 difference to the plan", "→ sluice status --drift");
    }

    [Fact]
    public async Task Down_saves_what_it_undoes_and_the_journal_names_the_backup()
    {
        await using var work = await PendingAsync();
        var run = (await work.RunAsync("down", "1", "--yes")).Ends(0).Warns("Pre-flight", "Backup of the whole database", "The way back: `sluice restore backups/", "rows of public.a  3 → dropped");
        var file = Assert.Single(Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.dump"));
        Assert.Equal(file, await work.QueryAsync("SELECT backup FROM sluice.runs ORDER BY id DESC LIMIT 1"));
        Assert.True(
            run.Error.IndexOf("Pre-flight", StringComparison.Ordinal) < run.Error.IndexOf("Backup of", StringComparison.Ordinal)
            && run.Error.IndexOf("restored and found equal", StringComparison.Ordinal) < run.Error.IndexOf("Point of no return", StringComparison.Ordinal)
            && run.Error.IndexOf("Point of no return", StringComparison.Ordinal) < run.Error.IndexOf("Undoing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_saved()
    {
        await using var work = await PendingAsync();
        (await work.RunAsync("up", "--dry-run")).Ends(0).Says("after a backup of the whole database (");
        (await work.RunAsync("--dry-run", "down", "1", "--backup-scope", "affected")).Ends(0).Says("after a backup of every definition, and the rows of public.a, of a database of");
        Assert.StartsWith("every definition, and the rows of public.a", (await work.RunAsync("up", "--dry-run", "--json", "--backup-scope", "affected")).Ends(0).Json.GetProperty("backupScope").GetString(), StringComparison.Ordinal);
        (await work.RunAsync("up", "--backup-scope", "some")).Ends(1).Warns("`whole`, `affected` or `auto`");
    }

    [Fact]
    public async Task A_backup_of_what_is_affected_is_restored_beside_the_database()
    {
        await using var work = await PendingAsync();
        await work.Database.ExecuteAsync("CREATE TABLE large AS SELECT 1 AS n");
        var run = (await work.RunAsync("up", "--backup-scope", "affected", "--format", "directory", "--jobs", "2", "--json")).Ends(0);
        run.Warns("--into NAME");
        var backup = run.Json.GetProperty("backup");
        Assert.Equal((false, 1, 3L), (backup.GetProperty("whole").GetBoolean(), backup.GetProperty("tables").GetInt32(), backup.GetProperty("rows").GetInt64()));
        Assert.True(Directory.Exists(backup.GetProperty("file").GetString()));
    }

    [Fact]
    public async Task On_a_terminal_bars_tell_how_far_it_is_and_redirected_there_is_a_line_a_phase()
    {
        await using var work = await PendingAsync();
        var live = (await work.OnTerminalAsync("", "backup --no-color")).Ends(0);
        Assert.Contains("\r\e[2K[                    ] 0/", live.Output, StringComparison.Ordinal);
        Assert.Contains("Restoring into a new database: public.a", live.Output, StringComparison.Ordinal);
        Assert.Matches(@"\r\e\[2K\[=+\] (\d)/\1 Comparing rows and definitions …", live.Output);
        Assert.DoesNotMatch(@"\e\[\d+(;\d+)?m", live.Output);
        var plain = (await work.RunAsync("backup")).Ends(0).Warns("Dumping …\n", "Restoring into a new database …\n", "Comparing rows and definitions …\n");
        Assert.DoesNotContain("[=", plain.Error, StringComparison.Ordinal);
    }

    /// <summary>One migration applied with a table of three rows, and one pending that deletes two of them and makes another table.</summary>
    private static async Task<LiveWorkspace> PendingAsync()
    {
        var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a AS SELECT generate_series(1, 3) AS n;", "DROP TABLE a;");
        (await work.RunAsync("up")).Ends(0);
        work.Versioned("002_b", "DELETE FROM a WHERE n > 1; CREATE TABLE b (id int);", "DROP TABLE b;");
        return work;
    }
}
