namespace Sluice.Cli.Tests;

public sealed class DevTests
{
    private const string MoreUsers = """
        model User {
          id    Int     @id @default(autoincrement())
          email String  @unique
          name  String?
        }

        """;

    [Fact]
    public async Task The_first_migration_is_written_applied_and_then_nothing_is_left_to_do()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        var created = (await work.RunAsync("migrate", "dev", "--name", "First Users!")).Ends(0).Says("Your database is now in sync with your schema.");
        var name = Assert.Single(work.Migrations);
        Assert.Matches(@"^\d{14}_first_users_?$", name);
        created.Says($"  └─ {name}/");
        Assert.Equal(DeployTests.Init, work[$"migrations/{name}/migration.sql"]);
        Assert.Contains("provider = \"postgresql\"", work["migrations/migration_lock.toml"], StringComparison.Ordinal);
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync, no schema change or pending migration was found.");
        (await work.RunAsync("migrate", "status")).Ends(0);
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM pg_database WHERE datname LIKE '%shadow%' || current_database() || '%'"));
    }

    [Fact]
    public async Task A_database_that_is_not_what_the_schema_asks_for_afterwards_is_told()
    {
        await using var work = await LiveWorkspace.CreateAsync(
            Workspace.Users,
            """
            CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF to_regclass('"User"') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('"User"') AND attname = 'meddled') THEN
                    ALTER TABLE "User" ADD COLUMN meddled int;
                END IF;
            END $$;
            CREATE EVENT TRIGGER meddles ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION meddle();
            """);
        (await work.RunAsync("migrate", "dev", "--name", "users")).Ends(1).Warns("not yet what the schema asks for (1 step to go)", "sluice migrate diff --from-url");
    }

    [Fact]
    public async Task Pending_migrations_are_applied_first()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("The following migration(s) have been applied:", "20250101000000_init", "Your database is now in sync with your schema.");
    }

    [Fact]
    public async Task Without_a_name_and_a_terminal_it_stops_with_the_command_to_run()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("migrate", "dev", "--schema", "schema.prisma")).Ends(1).Warns("sluice migrate dev --name NAME --schema schema.prisma");
        Assert.Empty(work.Migrations);
        var json = (await work.RunAsync("migrate", "dev", "--json")).Ends(1).Json;
        Assert.Equal("attention", json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Create_only_writes_and_does_not_apply()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("migrate", "dev", "-n", "init", "--create-only")).Ends(0).Says("created", "not applied");
        Assert.Single(work.Migrations);
        Assert.False(await work.HasTableAsync("User"));
        (await work.RunAsync("migrate", "dev")).Ends(0);
        Assert.True(await work.HasTableAsync("User"));
        (await work.RunAsync("migrate", "dev", "-n", "empty", "--create-only")).Ends(0);
        Assert.Equal("-- This is an empty migration.\n", work[$"migrations/{work.Migrations.Last()}/migration.sql"]);
    }

    [Fact]
    public async Task Data_loss_is_counted_and_without_a_terminal_it_stops()
    {
        await using var work = await LiveWorkspace.CreateAsync(MoreUsers);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        await work.Database.ExecuteAsync("INSERT INTO \"User\" (email, name) VALUES ('a', 'A'), ('b', 'B'), ('c', NULL)");
        work.Schema(Workspace.Users);
        (await work.RunAsync("migrate", "dev", "-n", "drop_name")).Ends(1).Warns(
            "There might be data loss", "You are about to drop the column `name` on the `User` table, which still contains 2 non-null values.",
            "sluice migrate dev --name drop_name --yes", "sluice migrate dev --name drop_name --create-only");
        Assert.Single(work.Migrations);
        (await work.RunAsync("migrate", "dev", "-n", "drop_name", "--yes")).Ends(0);
        Assert.Contains("  Warnings:\n\n  - You are about to drop the column `name`", work[$"migrations/{work.Migrations.Last()}/migration.sql"], StringComparison.Ordinal);
        Assert.Equal(3L, await work.QueryAsync("SELECT count(*) FROM \"User\""));
    }

    [Fact]
    public async Task On_a_terminal_the_person_is_asked()
    {
        await using var work = await LiveWorkspace.CreateAsync(MoreUsers);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        await work.Database.ExecuteAsync("INSERT INTO \"User\" (email, name) VALUES ('a', 'A')");
        work.Schema(Workspace.Users);
        (await work.OnTerminalAsync("n\n", "migrate dev --name drop_name")).Ends(130).Says("Are you sure");
        Assert.Single(work.Migrations);
        (await work.OnTerminalAsync("y\ndrop the name\n", "migrate dev")).Ends(0).Says("Are you sure", "Enter a name for the new migration", "in sync");
        Assert.EndsWith("_drop_the_name", work.Migrations.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_column_on_rows_cannot_be_executed_and_can_be_written()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        await work.Database.ExecuteAsync("INSERT INTO \"User\" (email) VALUES ('a')");
        work.Schema(MoreUsers.Replace("String?", "String", StringComparison.Ordinal));
        (await work.RunAsync("migrate", "dev", "-n", "name", "--yes")).Ends(1).Warns("cannot be executed", "Added the required column `name` to the `User` table without a default value. There are 1 rows in this table");
        Assert.Single(work.Migrations);
        (await work.RunAsync("migrate", "dev", "-n", "name", "--create-only")).Ends(0).Warns("cannot be executed");
        Assert.Equal(2, work.Migrations.Count());
    }

    [Fact]
    public async Task Drift_is_shown_with_both_ways_out_and_never_a_reset()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        await work.Database.ExecuteAsync("ALTER TABLE \"User\" ADD COLUMN by_hand INT");
        var run = (await work.RunAsync("migrate", "dev")).Ends(1).Warns("Drift detected", "column `by_hand`", "`sluice migrate resolve --adopt --name keep_drift`", "`sluice migrate resolve --repair`");
        Assert.DoesNotContain("reset", run.Error + run.Output, StringComparison.OrdinalIgnoreCase);

        // The way that takes it back, as printed.
        (await work.RunAsync("migrate", "resolve", "--repair", "--yes")).Ends(0);
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync");

        // The way that keeps it.
        await work.Database.ExecuteAsync("ALTER TABLE \"User\" ADD COLUMN by_hand INT");
        (await work.RunAsync("migrate", "resolve", "--adopt", "--name", "keep_drift")).Ends(0);
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync");
    }

    [Fact]
    public async Task Edited_and_missing_migrations_are_named()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        work.Migration("20250102000000_gone", "SELECT 1;");
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        work.Migration("20250101000000_init", DeployTests.Init + "-- more\n");
        Directory.Delete(Path.Combine(work.Folder, "migrations/20250102000000_gone"), recursive: true);
        (await work.RunAsync("migrate", "dev")).Ends(1).Warns(
            "The migration `20250101000000_init` was modified after it was applied.",
            "missing from the local migrations directory: 20250102000000_gone");
    }

    [Fact]
    public async Task A_migration_that_does_not_replay_is_P3006_with_its_place()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", "ALTER TABLE nowhere ADD COLUMN a INT;");
        (await work.RunAsync("migrate", "dev")).Ends(1).Warns("P3006", "20250101000000_init", "42P01", "migration.sql:1");
    }

    [Fact]
    public async Task A_failed_migration_and_an_unmanaged_database_are_told_apart()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", "SELECT 1/0;");
        (await work.RunAsync("migrate", "deploy", "--no-journal", "--no-backup")).Ends(1);
        (await work.RunAsync("migrate", "dev")).Ends(1).Warns("The migration `20250101000000_init` failed.", "--rolled-back");
        await using var other = await LiveWorkspace.CreateAsync(Workspace.Users, DeployTests.Init);
        (await other.RunAsync("migrate", "dev")).Ends(1).Warns("no history of migrations", "sluice migrate baseline");
    }

    [Fact]
    public async Task An_invalid_schema_stops_it_before_anything_is_done()
    {
        await using var work = await LiveWorkspace.CreateAsync("model A {\n  id Int @id\n  b Foo\n}\n");
        (await work.RunAsync("migrate", "dev", "-n", "x")).Ends(1).Warns("schema.prisma:8:", "nothing was done");
    }
}
