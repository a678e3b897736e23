namespace Sluice.Cli.Tests;

public sealed class VerifyTests
{
    private const string Base = "CREATE TABLE a (id int PRIMARY KEY, b text);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;\n";

    [Fact]
    public async Task Each_way_back_is_tried_and_what_differs_is_said()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_base", Base);
        work.Write("migrations/20250101000000_base/down.sql", "DROP FUNCTION f();\nDROP TABLE a;\n");
        work.Migration("20250102000000_forgets_a_trigger", "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();\nALTER TABLE a ADD c int;\n");
        work.Write("migrations/20250102000000_forgets_a_trigger/down.sql", "ALTER TABLE a DROP c;\n");
        work.Migration("20250103000000_refused", "ALTER TABLE a ADD d int;\n");
        work.Write("migrations/20250103000000_refused/down.sql", "ALTER TABLE a DROP nothing;\n");
        work.Migration("20250104000000_one_way", "ALTER TABLE a ADD e int;\n");
        work.Migration("20250105000000_good", "ALTER TABLE a DROP COLUMN e;\n");
        work.Write("migrations/20250105000000_good/down.sql", "-- irreversible: the values of `e` of `a` are gone\nALTER TABLE a ADD e int;\n");

        var run = (await work.RunAsync("migrate", "verify")).Ends(1).Says(
            "proved    20250101000000_base",
            "failed    20250102000000_forgets_a_trigger: After the down script the database is not what it was before.",
            "failed    20250103000000_refused: The down script fails: 42703",
            "unproved  20250104000000_one_way",
            "proved    20250105000000_good",
            "2 proved, 1 without a way back, 2 failed.");
        run.Warns("+ trigger CREATE TRIGGER t");
        Assert.True(File.Exists(Path.Combine(work.Folder, "migrations/20250101000000_base/down.proof")));
        Assert.False(File.Exists(Path.Combine(work.Folder, "migrations/20250103000000_refused/down.proof")));

        var one = (await work.RunAsync("migrate", "verify", "-m", "20250102000000_forgets_a_trigger", "--json")).Ends(1).Json;
        var told = Assert.Single(one.GetProperty("migrations").EnumerateArray());
        Assert.Equal("failed", told.GetProperty("verdict").GetString());
        Assert.StartsWith("trigger CREATE TRIGGER t", Assert.Single(told.GetProperty("extra").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.False(await work.HasTableAsync("a"));
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task Rows_that_do_not_come_back_the_same_are_found_unless_the_script_declares_them_lost()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_base", "CREATE TYPE mood AS ENUM ('ok', 'sad');\nCREATE TABLE a (id int PRIMARY KEY, b text NOT NULL, m mood);\nCREATE TABLE c (id serial PRIMARY KEY, a int NOT NULL UNIQUE REFERENCES a, n int CHECK (n < 0));\n", "DROP TABLE c;\nDROP TABLE a;\nDROP TYPE mood;\n");
        work.Versioned("002_shouts", "UPDATE a SET b = upper(b);\nALTER TABLE a ADD d int;\n", "ALTER TABLE a DROP d;\n");
        work.Versioned("003_swaps", "ALTER TABLE a RENAME b TO x;\n", "-- irreversible: `b` of `a` is made again\nALTER TABLE a DROP x;\nALTER TABLE a ADD b text NOT NULL DEFAULT '';\nALTER TABLE a ALTER b DROP DEFAULT;\n");
        work.Versioned("004_loses_more", "ALTER TABLE a ADD e int;\n", "-- irreversible: `x` of `a`\nALTER TABLE a DROP e;\nDELETE FROM c;\n");

        var run = (await work.RunAsync("migrate", "verify")).Ends(1).Says(
            "proved    001_base, with 6 rows in 2 tables",
            "what is written to the table `c` after the migration is dropped by the down script and not kept",
            "failed    002_shouts: After the down script the rows are not what they were before, and no line `-- irreversible: …` says so: `a` has other values in `b`.",
            "proved    003_swaps, with 6 rows in 2 tables",
            "irreversible: `b` of `a` is made again",
            "failed    004_loses_more: After the down script the rows are not what they were before, and no line `-- irreversible: …` says so: `c` has 0 rows instead of 3.");
        Assert.Contains("# rows tried: 6 in 2 tables\n", work["migrations/003_swaps.down.proof"], StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(work.Folder, "migrations/002_shouts.down.proof")), run.Output);
    }

    [Fact]
    public async Task Rows_that_cannot_be_made_are_said_and_a_script_that_commits_is_tried_with_rows_too()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_base", "CREATE TABLE a (id int PRIMARY KEY, b text NOT NULL CHECK (b ~ '^[0-9]+$'));\nCREATE TABLE c (id int PRIMARY KEY);\n", "DROP TABLE a, c;\n");
        work.Versioned("002_index", "CREATE INDEX CONCURRENTLY i ON a (b);\nALTER TABLE c ADD d int NOT NULL;\n", "DROP INDEX i;\nALTER TABLE c DROP d;\n");
        work.Versioned("003_more", "CREATE TABLE e ();\n", "DROP TABLE e;\n");
        (await work.RunAsync("migrate", "verify")).Ends(0).Says(
            "rows could not be made for the table `a`: 23514",
            "where there are rows the migration is refused, so none were tried: 23502",
            "3 proved");
        var rows = (await work.RunAsync("migrate", "verify", "-m", "001", "--json")).Ends(0).Json.GetProperty("migrations")[0].GetProperty("rows");
        Assert.Equal((3, 1), (rows.GetProperty("tried").GetInt32(), rows.GetProperty("tables").GetInt32()));
        Assert.StartsWith("rows could not be made for the table `a`", rows.GetProperty("remarks")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_holds_until_a_script_changes()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_base", Base);
        work.Write("migrations/20250101000000_base/down.sql", "DROP FUNCTION f();\nDROP TABLE a;\n");
        work.Migration("20250102000000_more", "ALTER TABLE a ADD c int;\n");
        work.Write("migrations/20250102000000_more/down.sql", "ALTER TABLE a DROP c;\n");
        (await work.RunAsync("migrate", "verify", "--all-new")).Ends(0).Says("2 proved");
        (await work.RunAsync("migrate", "verify", "--all-new")).Ends(0).Says("Nothing to prove.");

        // Other line ends are the same script.
        work.Write("migrations/20250102000000_more/down.sql", "ALTER TABLE a DROP c;\r\n");
        (await work.RunAsync("migrate", "verify", "--all-new")).Ends(0).Says("Nothing to prove.");
        work.Write("migrations/20250102000000_more/down.sql", "ALTER TABLE a DROP COLUMN c;\n");
        (await work.RunAsync("migrate", "verify", "--all-new")).Ends(0).Says("proved    20250102000000_more", "1 proved");
        work.Migration("20250101000000_base", Base + "-- changed\n");
        (await work.RunAsync("migrate", "verify", "--all-new")).Ends(0).Says("2 proved");
    }

    [Fact]
    public async Task Versioned_files_are_proved_too()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("migrations/001_base.up.sql", Base);
        work.Write("migrations/001_base.down.sql", "DROP FUNCTION f();\nDROP TABLE a;\n");
        (await work.RunAsync("migrate", "verify")).Ends(0).Says("proved    001_base");
        Assert.True(File.Exists(Path.Combine(work.Folder, "migrations/001_base.down.proof")));
        (await work.RunAsync("migrate", "verify", "-m", "1", "--all-new")).Ends(0);
        (await work.RunAsync("migrate", "verify", "-m", "nowhere")).Ends(1).Warns("P3017");
    }
}
