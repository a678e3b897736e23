namespace Sluice.Cli.Tests.Operating;

public sealed class DoctorTests
{
    /// <summary>What is true of every throw-away server, and of whoever owns one.</summary>
    public const string ThrowAway = "durability,autovacuum,checksums,time-outs,least privilege";

    [Fact]
    public async Task A_database_in_order_has_no_findings()
    {
        await using var work = await DeployedAsync();
        (await DoctorAsync(work)).Ends(0).Says("journal", "its end is run 1", "append-only", "unfinished runs", "invalid indexes", "No findings.");
        var json = (await DoctorAsync(work, "--json")).Ends(0).Json;
        Assert.Equal(0, json.GetProperty("findings").GetInt32());
        Assert.Contains(json.GetProperty("checks").EnumerateArray(), c => c.GetProperty("name").GetString() == "journal" && c.GetProperty("verdict").GetString() == "ok");
    }

    [Fact]
    public async Task An_edited_row_of_the_journal_is_named_and_exits_1()
    {
        await using var work = await DeployedAsync();
        await work.Database.ExecuteAsync("SET session_replication_role = replica; UPDATE sluice.statements SET duration_ms = duration_ms + 1 WHERE id = 1");
        (await DoctorAsync(work)).Ends(1).Says("run 1, row 1: statement 1 of 001_a (done): it was edited", "1 finding.");
        Assert.Equal("attention", (await DoctorAsync(work, "--json")).Ends(1).Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task An_end_that_was_cut_off_is_known_from_the_logs()
    {
        await using var work = await DeployedAsync();
        work.Versioned("002_b", "CREATE TABLE b ();");
        (await work.RunAsync("up", "--no-backup")).Ends(0);
        await work.Database.ExecuteAsync("SET session_replication_role = replica; DELETE FROM sluice.statements WHERE run = 2; DELETE FROM sluice.runs WHERE id = 2; SELECT setval('sluice.runs_id_seq', 1)");
        (await DoctorAsync(work)).Ends(1).Says("run 2: a log has its end, and the journal does not have it");
        (await DoctorAsync(work, "--log-dir", "nowhere")).Ends(0).Says("not in it: 002_b");
    }

    [Fact]
    public async Task What_is_wrong_with_history_indexes_and_guards_is_said_with_what_to_do()
    {
        await using var work = await DeployedAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int, other int);");
        await work.Database.ExecuteAsync(
            """
            ALTER TABLE sluice.runs DISABLE TRIGGER ALL;
            ALTER TABLE a ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
            CREATE INDEX broken ON a (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;
            """);
        (await DoctorAsync(work)).Ends(1).Says("edited migrations", "001_a", "2 of 4 guards", "REINDEX INDEX CONCURRENTLY", "positive", "sluice doctor --fix", "4 findings.");
    }

    [Fact]
    public async Task A_backup_that_is_too_old_is_a_finding_and_none_is_unknown()
    {
        await using var work = await DeployedAsync();
        (await DoctorAsync(work)).Ends(0).Says("unknown", "none of this database in");
        (await work.RunAsync("backup")).Ends(0);
        (await DoctorAsync(work)).Ends(0).Says("last one ", "proved restore", " ago: 4 tables, 3 rows restored and compared");
        (await DoctorAsync(work, "--backup-age", "soon")).Ends(1).Warns("--backup-age is `soon`");
        var manifest = Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.json").Single();
        var text = File.ReadAllText(manifest);
        var taken = System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("takenAt").GetString()!;
        File.WriteAllText(manifest, text.Replace(taken, "2020-01-01T00:00:00+00:00", StringComparison.Ordinal));
        (await DoctorAsync(work)).Ends(1).Says("warning", "of 2020-01-01", "sluice backup");
    }

    [Fact]
    public async Task A_newer_backup_of_another_server_or_of_some_tables_is_not_taken_for_this_ones()
    {
        await using var work = await DeployedAsync();
        (await work.RunAsync("backup")).Ends(0);
        var manifest = Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.json").Single();
        var text = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(manifest))!;
        text["takenAt"] = "2020-01-01T00:00:00+00:00";
        File.WriteAllText(manifest, text.ToJsonString());
        var other = manifest.Replace(".dump", "-theirs.dump", StringComparison.Ordinal);
        (text["system"], text["takenAt"]) = ("1", DateTimeOffset.UtcNow);
        File.WriteAllText(other, text.ToJsonString());
        (await work.RunAsync("backup", "--tables", "a")).Ends(0);

        (await DoctorAsync(work)).Ends(1).Says("of 2020-01-01", "sluice backup");
        File.Delete(manifest);
        (await DoctorAsync(work)).Ends(0).Says("none of this database in", "but 1 of some tables");
    }

    [Fact]
    public async Task The_last_restore_that_a_drill_proved_is_told_by_reports_whose_signature_is_right()
    {
        await using var work = await DeployedAsync();
        (await DoctorAsync(work)).Ends(0).Says("restore drill", "none of this database", "sluice drill");
        (await work.RunAsync("backup")).Ends(0);
        (await work.RunAsync("drill", "--scenario", "restore")).Ends(0);
        var report = Directory.GetFiles(Path.Combine(work.Folder, "backups", "drills"), "*.json").Single();
        (await DoctorAsync(work)).Ends(0).Says($" ago by {Path.GetFileName(report)}, whose signature is right: the newest backup was restored");

        var file = Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.dump").Single();
        File.AppendAllText(file, "x");
        (await work.RunAsync("drill", "--scenario", "restore")).Ends(1);
        (await DoctorAsync(work)).Ends(1).Says("restore drill", "SL5104", "Mend what it says", "1 finding.");

        // A report that was changed proves nothing: the one before it is the last.
        var failed = Directory.GetFiles(Path.Combine(work.Folder, "backups", "drills"), "*.json").Single(p => p != report);
        File.WriteAllText(failed, File.ReadAllText(failed).Replace("\"Failed\"", "\"Passed\"", StringComparison.Ordinal));
        (await DoctorAsync(work)).Ends(0).Says($" ago by {Path.GetFileName(report)}, whose signature is right", "1 not counted", "is not what was signed");
    }

    [Fact]
    public async Task An_empty_database_and_one_without_history_are_told_apart()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int);");
        (await DoctorAsync(work)).Ends(1).Says("0 applied, 1 pending", "pending migrations", "001_a", "sluice up --dry-run", "none yet", "1 finding.");
        await work.Database.ExecuteAsync("CREATE TABLE stray ()");
        (await DoctorAsync(work)).Ends(1).Says("there is no history");
    }

    [Fact]
    public async Task A_change_by_hand_is_found_where_it_is_looked_for()
    {
        await using var work = await DeployedAsync();
        (await DoctorAsync(work, "--drift")).Ends(0).Says("drift");
        await work.Database.ExecuteAsync("ALTER TABLE a ADD COLUMN by_hand int");
        (await DoctorAsync(work)).Ends(0).Says("not looked for", "sluice doctor --drift");
        (await DoctorAsync(work, "--drift")).Ends(1).Says("1 changes that no migration made", "sluice status --drift");
    }

    [Fact]
    public async Task What_a_server_is_to_be_warned_of_is_said_unless_the_check_is_skipped_by_a_name_that_there_is()
    {
        await using var work = await DeployedAsync();
        (await work.RunAsync("doctor")).Ends(1).Says(
            "off: fsync, full_page_writes, synchronous_commit", "off: autovacuum", "a disk that alters pages goes unnoticed", "idle_in_transaction_session_timeout none", "postgres: SUPERUSER", "5 findings.");
        (await work.RunAsync("doctor", "--skip-check", "durability,autovacuum,time-outs,least privilege")).Ends(1).Says("skipped: off: fsync", "1 finding.");
        (await work.RunAsync("doctor", "--skip-check", "everything")).Ends(1).Warns("names `everything`, which is no check", "durability");
    }

    private static Task<ToolRun> DoctorAsync(LiveWorkspace work, params string[] more) => work.RunAsync(["doctor", "--skip-check", ThrowAway, .. more]);

    private static async Task<LiveWorkspace> DeployedAsync()
    {
        var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int);");
        (await work.RunAsync("up")).Ends(0);
        return work;
    }
}
