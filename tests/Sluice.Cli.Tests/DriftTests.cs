namespace Sluice.Cli.Tests;

public sealed class DriftTests
{
    private const string Init = "CREATE TABLE \"User\" (\n    \"id\" SERIAL NOT NULL,\n    \"email\" TEXT NOT NULL,\n\n    CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\")\n);\nCREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(\"email\");\n";

    [Fact]
    public async Task Each_difference_is_said_in_words_with_who_could_have_made_it()
    {
        await using var work = await DriftedAsync("CREATE VIEW emails AS SELECT email FROM \"User\"; ALTER TABLE \"User\" ADD COLUMN age integer; DROP INDEX \"User_email_key\"");
        (await work.RunAsync("status", "--drift")).Ends(1).Says(
            "view `emails`", "column `age`", "unique index `User_email_key`", "Who could have made it:", "after `migrate deploy` (", "and no run since", "it belongs to `postgres`, the role that migrations run as too",
            "who and when cannot be known", "sluice migrate resolve --repair", "sluice migrate resolve --adopt");
        var drift = (await work.RunAsync("migrate", "status", "--drift", "--json")).Ends(1).Json.GetProperty("drift");
        Assert.Equal(3, drift.GetArrayLength());
        var view = drift.EnumerateArray().Single(d => d.GetProperty("kind").GetString() == "view").GetProperty("trace");
        Assert.Equal("migrate deploy", view.GetProperty("after").GetString());
        Assert.True(view.GetProperty("ownerMigrates").GetBoolean());
        (await work.RunAsync("migrate", "dev")).Ends(1).Warns("Drift detected", "view `emails`", "sluice migrate resolve --adopt --name keep_drift", "sluice migrate resolve --repair");
    }

    [Fact]
    public async Task What_the_tool_itself_ran_by_hand_is_named_as_such_and_another_owner_is_told()
    {
        await using var work = await DriftedAsync("SELECT 1");
        await work.RunWithInputAsync("CREATE TABLE hdb_log (id integer); ALTER TABLE hdb_log OWNER TO pg_monitor;", "db", "execute", "--stdin");
        (await work.RunAsync("status", "--drift")).Ends(1).Says("before the end of `db execute` (", "it belongs to `pg_monitor`; migrations run as `postgres`", "the name is as Hasura gives it");
    }

    [Fact]
    public async Task Who_made_it_is_told_rightly_while_others_write()
    {
        await using var work = await DriftedAsync("SELECT 1");
        (await work.RunWithInputAsync("CREATE TABLE extra (id integer)", "db", "execute", "--stdin")).Ends(0);
        using var over = new CancellationTokenSource();
        var busy = BusyAsync();
        (await work.RunAsync("status", "--drift")).Ends(1).Says("before the end of `db execute` (");
        await over.CancelAsync();
        await busy;

        async Task BusyAsync()
        {
            while (!over.IsCancellationRequested)
            {
                await work.Database.ExecuteAsync("DO $$ BEGIN FOR i IN 1..50 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$");
            }
        }
    }

    [Fact]
    public async Task Rights_are_told_and_stand_in_nobody_s_way()
    {
        await using var work = await DriftedAsync("GRANT SELECT ON \"User\" TO pg_monitor");
        (await work.RunAsync("status", "--drift")).Ends(1).Says("rights to");
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync").Warns("Not made by a migration, and left alone: rights to");
    }

    [Fact]
    public async Task Repair_shows_the_script_asks_and_takes_everything_back()
    {
        await using var work = await DriftedAsync("CREATE VIEW emails AS SELECT email FROM \"User\"; ALTER TABLE \"User\" ALTER COLUMN email DROP NOT NULL");
        (await work.RunAsync("migrate", "resolve", "--repair", "--dry-run")).Ends(0).Says("DROP VIEW \"public\".\"emails\"", "SET NOT NULL", "Dry run: nothing was changed.");
        (await work.RunAsync("migrate", "resolve", "--repair")).Ends(1).Warns("no terminal to ask on; nothing was changed", "`sluice migrate resolve --repair --yes`");
        Assert.True(await work.HasTableAsync("emails"));
        var done = (await work.RunAsync("migrate", "resolve", "--repair", "--yes", "--no-backup", "--json")).Ends(0).Json;
        Assert.True(done.GetProperty("applied").GetBoolean());
        Assert.Equal(0, done.GetProperty("left").GetArrayLength());
        Assert.False(await work.HasTableAsync("emails"));
        (await work.RunAsync("migrate", "resolve", "--repair")).Ends(0).Says("No drift");
        Assert.Equal("brought the database back to its history", await work.QueryAsync("SELECT note FROM sluice.statements ORDER BY id DESC LIMIT 1"));
    }

    [Fact]
    public async Task Rows_are_not_lost_to_a_yes_alone()
    {
        await using var work = await DriftedAsync("ALTER TABLE \"User\" ADD COLUMN age integer; INSERT INTO \"User\" (email, age) VALUES ('a', 1), ('b', 2)");
        (await work.RunAsync("migrate", "resolve", "--repair", "--yes")).Ends(1).Warns("SL5064", "the column `age` on the `User` table", "2 non-null values", "--adopt", "--accept-data-loss --yes");
        Assert.Equal(3L, await work.QueryAsync("SELECT sum(age) FROM \"User\""));
        (await work.RunAsync("migrate", "resolve", "--repair", "--yes", "--accept-data-loss", "--no-backup")).Ends(0).Says("The database is where its migrations lead.");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM \"User\""));
    }

    [Fact]
    public async Task A_backup_goes_before_a_repair()
    {
        await using var work = await DriftedAsync("INSERT INTO \"User\" (email) VALUES ('a'); ALTER TABLE \"User\" ADD COLUMN age integer DEFAULT 7");
        var backup = (await work.RunAsync("migrate", "resolve", "--repair", "--yes", "--accept-data-loss", "--json")).Ends(0).Json.GetProperty("backup");
        Assert.True(File.Exists(Path.Combine(work.Folder, backup.GetProperty("file").GetString()!)));
    }

    [Fact]
    public async Task Adopt_writes_the_migration_marks_it_and_edits_the_schema()
    {
        await using var work = await DriftedAsync("ALTER TABLE \"User\" ADD COLUMN age integer, ADD COLUMN nick varchar(20) NOT NULL DEFAULT ''; CREATE TABLE \"Extra\" (id integer PRIMARY KEY); CREATE VIEW emails AS SELECT email FROM \"User\"");
        (await work.RunAsync("migrate", "resolve", "--adopt", "--dry-run")).Ends(0).Says("ADD COLUMN     \"age\" INTEGER", "CREATE VIEW", "nothing was written");
        Assert.Single(work.Migrations);
        var run = (await work.RunAsync("migrate", "resolve", "--adopt", "--name", "hotfix")).Ends(0).Says("_hotfix/", "schema.prisma says it now too.").Warns("The schema language cannot say: view `emails`");
        Assert.Equal(2, work.Migrations.Count());
        Assert.Contains("nick  String @default(\"\") @db.VarChar(20)", work["schema.prisma"], StringComparison.Ordinal);
        Assert.Contains("model Extra", work["schema.prisma"], StringComparison.Ordinal);
        (await work.RunAsync("status", "--drift")).Ends(0).Says("up to date");
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync");

        await using var fresh = await TestDatabase.CreateAsync();
        (await work.RunAsync("migrate", "deploy", "--no-backup", "--url", fresh.Url)).Ends(0);
        (await work.RunAsync("status", "--drift", "--url", fresh.Url)).Ends(0);
        (await work.RunAsync("migrate", "diff", "--from-url", fresh.Url, "--to-url", work.Database.Url, "--exit-code")).Ends(0);
    }

    [Fact]
    public async Task Adopt_writes_what_the_schema_cannot_say_into_the_SQL_files_and_a_way_back()
    {
        await using var work = await DriftedAsync("SELECT 1");
        work.Write("sql/views.sql", "-- Whom we may write to.\nCREATE VIEW emails AS SELECT email FROM \"User\";\n");
        (await work.RunAsync("migrate", "dev", "--name", "emails")).Ends(0);
        await work.Database.ExecuteAsync("""
            ALTER TABLE "User" ADD COLUMN age integer CONSTRAINT grown CHECK (age >= 18);
            CREATE OR REPLACE VIEW emails AS SELECT email, age FROM "User";
            CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper($1) $$;
            """);

        (await work.RunAsync("migrate", "resolve", "--adopt")).Ends(0).Says("_keep_drift/", "schema.prisma says it now too.", "sql/views.sql says it now too.", "sql/functions.sql says it now too.");
        var created = work.Migrations.Last();
        Assert.Contains("shout", work[$"migrations/{created}/down.sql"], StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(work.Folder, "migrations", created, "down.proof")), "the way back was proved");
        Assert.StartsWith("-- Whom we may write to.\n", work["sql/views.sql"], StringComparison.Ordinal);
        Assert.Contains("grown", work["sql/tables.sql"], StringComparison.Ordinal);
        (await work.RunAsync("status", "--drift")).Ends(0).Says("up to date");
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync");
    }

    [Fact]
    public async Task Adopt_writes_the_next_pair_of_versioned_files()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("migrations/001_init.up.sql", Init);
        work.Write("migrations/001_init.down.sql", "DROP TABLE \"User\";\n");
        (await work.RunAsync("up", "--no-backup", "--yes")).Ends(0);
        await work.Database.ExecuteAsync("ALTER TABLE \"User\" ADD COLUMN age integer; CREATE VIEW emails AS SELECT email FROM \"User\"");

        (await work.RunAsync("migrate", "resolve", "--adopt", "--name", "hotfix")).Ends(0).Says("migrations/002_hotfix.up.sql", "migrations/002_hotfix.down.sql", "schema.prisma says it now too.");
        Assert.Contains("DROP VIEW", work["migrations/002_hotfix.down.sql"], StringComparison.Ordinal);
        (await work.RunAsync("status", "--drift")).Ends(0).Says("up to date");
        (await work.RunAsync("down", "001", "--no-backup", "--yes")).Ends(0);
        Assert.False(await work.HasTableAsync("emails"));
    }

    [Fact]
    public async Task A_schema_with_changes_of_its_own_is_left_alone()
    {
        await using var work = await DriftedAsync("ALTER TABLE \"User\" ADD COLUMN age integer");
        work.Schema(Workspace.Users + "model Planned {\n  id Int @id\n}\n");
        var before = work["schema.prisma"];
        (await work.RunAsync("migrate", "resolve", "--adopt")).Ends(1).Says("_keep_drift/").Warns("The schema was not edited");
        Assert.Equal(before, work["schema.prisma"]);
        (await work.RunAsync("status", "--drift")).Ends(0);
    }

    [Fact]
    public async Task What_was_surely_renamed_is_renamed_back_with_its_rows()
    {
        await using var work = await DriftedAsync("INSERT INTO \"User\" (email) VALUES ('a'); ALTER TABLE \"User\" RENAME TO account; ALTER TABLE account RENAME COLUMN email TO mail");
        (await work.RunAsync("status", "--drift")).Ends(1).Says("table renamed: `User` → `account`", "column renamed: `email` → `mail`");
        (await work.RunAsync("migrate", "resolve", "--repair", "--yes", "--no-backup")).Ends(0);
        Assert.Equal("a", await work.QueryAsync("SELECT email FROM \"User\""));
    }

    [Fact]
    public async Task What_may_have_been_renamed_is_asked()
    {
        await using var work = await DriftedAsync("ALTER TABLE \"User\" ADD COLUMN e_mail text; UPDATE \"User\" SET e_mail = email; ALTER TABLE \"User\" DROP COLUMN email; ALTER TABLE \"User\" ALTER COLUMN e_mail SET NOT NULL");
        (await work.RunAsync("migrate", "resolve", "--adopt")).Ends(1).Warns("SL5063", "--renamed 'User.email=e_mail'", "--not-renamed User.email");
        (await work.RunAsync("migrate", "resolve", "--adopt", "--renamed", "User.email=e_mail", "--dry-run")).Ends(0).Says("RENAME COLUMN \"email\" TO \"e_mail\"");
        (await work.RunAsync("migrate", "resolve", "--adopt", "--renamed", "User.emial=e_mail")).Ends(1).Warns("answers no question");
        (await work.RunAsync("migrate", "resolve", "--adopt", "--not-renamed", "User.email", "--dry-run")).Ends(0).Says("DROP COLUMN \"email\"");
    }

    [Fact]
    public async Task Without_a_whole_history_drift_cannot_be_told()
    {
        await using var work = await DriftedAsync("CREATE TABLE extra (id integer)");
        work.Migration("20250101000000_init", Init + "-- edited\n");
        (await work.RunAsync("migrate", "resolve", "--repair")).Ends(1).Warns("SL5060", "1 edited");
        work.Migration("20250101000000_init", Init);
        work.Migration("20250102000000_more", "CREATE TABLE more (id integer)");
        (await work.RunAsync("migrate", "resolve", "--adopt")).Ends(1).Warns("SL5060", "is pending");
    }

    private static async Task<LiveWorkspace> DriftedAsync(string sql)
    {
        var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Init);
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        await work.Database.ExecuteAsync(sql);
        return work;
    }
}
