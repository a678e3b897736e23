using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Cli.Tests.Operating;

public sealed class UpTests
{
    [Fact]
    public async Task Versioned_files_are_applied_shown_and_then_there_are_none()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_initial_schema", "CREATE TABLE a ();");
        work.Versioned("002_more", "CREATE TABLE b ();");
        (await work.RunAsync("status")).Ends(1).Says("2 migrations found in migrations", "001_initial_schema", "sluice up");
        (await work.RunAsync("up", "--to", "1")).Ends(0).Says("  └─ 001_initial_schema.up.sql").Warns("Applying migration `001_initial_schema`");
        (await work.RunAsync("up", "--no-backup")).Ends(0).Says("002_more.up.sql", "All migrations have been successfully applied.").Warns("No backup is taken, as asked.");
        (await work.RunAsync("up")).Ends(0).Says("No pending migrations to apply.");
        (await work.RunAsync("status")).Ends(0).Says("Database schema is up to date!");
        var json = (await work.RunAsync("status", "--json")).Ends(0).Json;
        Assert.Equal("versioned", json.GetProperty("layout").GetString());
        Assert.Equal(["001_initial_schema", "002_more"], json.GetProperty("applied").EnumerateArray().Select(e => e.GetString()));
        Assert.True(json.GetProperty("upToDate").GetBoolean());
    }

    [Fact]
    public async Task Up_works_on_folders_too_and_deploy_on_versioned_files()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Migration("20250101000000_init", "CREATE TABLE a ();");
        (await work.RunAsync("up")).Ends(0).Says("  └─ 20250101000000_init/");
        Assert.Equal(1L, await work.QueryAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));

        await using var other = await LiveWorkspace.CreateAsync();
        other.Versioned("1_a", "CREATE TABLE a ();");
        (await other.RunAsync("migrate", "deploy")).Ends(0).Says("1_a.up.sql");
        Assert.Equal(1L, await other.QueryAsync("SELECT count(*) FROM schema_migrations"));
    }

    [Fact]
    public async Task A_database_with_a_history_is_backed_up_before_it_is_changed()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a AS SELECT 1 AS id;", "DROP TABLE a;");
        (await work.RunAsync("up")).Ends(0);
        Assert.False(Directory.Exists(Path.Combine(work.Folder, "backups")));
        work.Versioned("002_b", "CREATE TABLE b ();");
        var backup = (await work.RunAsync("up", "--json")).Ends(0).Json.GetProperty("backup").GetProperty("file").GetString();
        Assert.True(File.Exists(backup));
        Assert.Equal(backup, await work.QueryAsync("SELECT backup FROM sluice.runs ORDER BY id DESC LIMIT 1"));
        Assert.False((await work.RunAsync("up", "--json")).Ends(0).Json.TryGetProperty("backup", out _));
    }

    [Fact]
    public async Task Options_may_stand_before_the_command()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a ();");
        (await work.RunAsync("--dry-run", "up")).Ends(0).Says("Dry run: nothing was changed.");
        (await work.RunAsync("-v", "--no-backup", "up")).Ends(0).Warns("Applied `001_a` in", "as asked");
        (await work.RunAsync("--help", "up")).Ends(0).Says("sluice up", "--dry-run", "--no-backup", "--log-dir", "--to");
    }

    [Theory]
    [InlineData("migrate reset --force --dry-run", "--dry-run")]
    [InlineData("--no-backup status", "--no-backup")]
    [InlineData("--log-dir x format", "--log-dir")]
    public async Task A_command_that_would_ignore_the_option_refuses_it(string command, string option)
    {
        using var work = new Workspace();
        (await work.RunAsync(command.Split(' '))).Ends(1).Warns($"does not know `{option}`");
    }

    [Fact]
    public async Task The_DB_variables_say_which_database()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        var server = work.Database.Connection();
        work.Environment.Remove("DATABASE_URL");
        work.Environment["DB_HOST"] = server.Host!;
        work.Environment["DB_PORT"] = server.Port.ToString(CultureInfo.InvariantCulture);
        work.Environment["DB_NAME"] = work.Database.Name;
        work.Environment["DB_USER"] = server.Username!;
        work.Environment["DB_PASSWORD"] = server.Password ?? "none";
        work.Environment["DB_SSL_MODE"] = "prefer";
        work.Versioned("001_a", "CREATE TABLE a ();");
        (await work.RunAsync("up")).Ends(0);
        Assert.True(await work.HasTableAsync("a"));
    }

    [Fact]
    public async Task A_dry_run_prints_each_statement_with_its_segment_and_changes_nothing()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n", "DROP TABLE a;\n");
        (await work.RunAsync("up")).Ends(0);
        work.Versioned("002_b", "ALTER TABLE a ADD COLUMN b int;\n\nCREATE INDEX CONCURRENTLY ON a (b);\nDELETE FROM a;\n");
        var before = await EverythingAsync(work);
        var files = Directory.GetFiles(work.Folder, "*", SearchOption.AllDirectories);
        (await work.RunAsync("up", "--dry-run")).Ends(0).Says(
            "002_b  migrations/002_b.up.sql, 3 statements",
            "segment 1 of 3: one transaction",
            "      1  line 1    ALTER TABLE a ADD COLUMN b int",
            "segment 2 of 3: outside any transaction",
            "      2  line 3    CREATE INDEX CONCURRENTLY ON a (b)",
            "1 migration would be applied");
        var json = (await work.RunAsync("up", "--dry-run", "--json")).Ends(0).Json;
        Assert.Equal(
            ["transaction", "alone", "transaction"],
            json.GetProperty("pending")[0].GetProperty("segments").EnumerateArray().Select(s => s.GetProperty("kind").GetString()));
        (await work.RunAsync("migrate", "deploy", "--dry-run", "--no-backup")).Ends(0).Says("without a backup");
        (await work.RunAsync("down", "001", "--dry-run")).Ends(0).Says("DROP TABLE a", "1 migration would be undone");
        Assert.Equal(before, await EverythingAsync(work));
        Assert.Equal(files, Directory.GetFiles(work.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_dry_run_creates_neither_a_database_nor_a_history()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a ();");
        var before = await EverythingAsync(work);
        (await work.RunAsync("up", "--dry-run")).Ends(0).Says("CREATE TABLE a ()");
        Assert.Equal(before, await EverythingAsync(work));
        work.Environment["DATABASE_URL"] = work.Database.Url + "_absent";
        (await work.RunAsync("up", "--dry-run")).Ends(0).Says("does not exist; it would be created");
        Assert.Equal(false, await work.QueryAsync("SELECT EXISTS (SELECT FROM pg_database WHERE datname = current_database() || '_absent')"));
    }

    [Fact]
    public async Task Six_processes_at_once_apply_a_hundred_migrations_once_each()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        for (var i = 1; i <= 100; i++)
        {
            work.Versioned($"{i}_step", $"CREATE TABLE t{i} (id int); INSERT INTO t{i} VALUES ({i});");
        }

        var runs = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => work.RunAsync("up", "--json", "--lock-budget", "30m")));
        Assert.All(runs, r => r.Ends(0));
        Assert.Equal(100, runs.Sum(r => r.Json.GetProperty("applied").GetArrayLength()));
        Assert.Equal(100L, await work.QueryAsync("SELECT count(*) FROM schema_migrations"));
        Assert.Equal(6, Directory.GetFiles(Path.Combine(work.Folder, "logs"), "migration_*.log").Length);
    }

    [Fact]
    public async Task An_up_with_nothing_to_do_takes_little_work()
    {
        await using var one = await AppliedAsync(1);
        await using var many = await AppliedAsync(1000);
        var (least, most) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < 3; i++)
        {
            (least, most) = (Math.Min(least, await SpentAsync(one, "1 migration found")), Math.Min(most, await SpentAsync(many, "1000 migrations found")));
        }

        // Of the same program on the same machine, whatever else that does meanwhile: starting it is most of the work.
        Assert.True(most < 3 * least, $"{most:0.00} s of processor time for a thousand migrations, {least:0.00} for one");

        static async Task<LiveWorkspace> AppliedAsync(int count)
        {
            var work = await LiveWorkspace.CreateAsync();
            for (var i = 1; i <= count; i++)
            {
                work.Versioned($"{i}_step", "SELECT 1;");
            }

            (await work.RunAsync("up")).Ends(0);
            return work;
        }

        // The shell's second line is the processor time of what it ran; what it takes on the wall is for bench/commands to say.
        static async Task<double> SpentAsync(LiveWorkspace work, string found) =>
            Regex.Matches((await work.InShellAsync("up && times")).Ends(0).Says(found, "No pending migrations").Output.TrimEnd().Split('\n')[^1], @"(\d+)m([\d.]+)s").Sum(m => (60 * Number(m.Groups[1])) + Number(m.Groups[2]));

        static double Number(Group digits) => double.Parse(digits.Value, CultureInfo.InvariantCulture);
    }

    // Every row of every table and catalog of the database, but for what the server's own upkeep writes.
    private static async Task<object?> EverythingAsync(LiveWorkspace work) => await work.QueryAsync("""
        SELECT string_agg(c.oid::regclass || ' ' || query_to_xml(
            format('SELECT md5(coalesce(string_agg(x, chr(10) ORDER BY x), '''')) FROM (SELECT %s FROM %s t) rows(x)',
                   CASE WHEN c.oid = 'pg_class'::regclass THEN '(to_jsonb(t) - ARRAY[''relpages'', ''reltuples'', ''relallvisible'', ''relfrozenxid'', ''relminmxid''])::text' ELSE 't::text' END,
                   c.oid::regclass),
            true, true, '')::text, E'\n' ORDER BY c.oid)
        FROM pg_class c
        WHERE c.relkind = 'r' AND NOT c.relisshared AND c.relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')
        """);
}
