namespace Sluice.Cli.Tests;

public sealed class DeployTests
{
    internal const string Init = "-- CreateTable\nCREATE TABLE \"User\" (\n    \"id\" SERIAL NOT NULL,\n    \"email\" TEXT NOT NULL,\n\n    CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\")\n);\n\n-- CreateIndex\nCREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(\"email\");\n";

    [Fact]
    public async Task Pending_migrations_are_applied_in_order_and_then_there_are_none()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Init);
        work.Migration("20250102000000_more", "ALTER TABLE \"User\" ADD COLUMN \"age\" INTEGER;");
        (await work.RunAsync("migrate", "deploy")).Ends(0)
            .Says("2 migrations found in migrations", "  └─ 20250101000000_init/", "  └─ 20250102000000_more/", "All migrations have been successfully applied.")
            .Warns("Applying migration `20250101000000_init`");
        (await work.RunAsync("migrate", "deploy")).Ends(0).Says("No pending migrations to apply.");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL AND applied_steps_count = 1"));
        Assert.True(await work.HasTableAsync("User"));
    }

    [Fact]
    public async Task A_missing_database_is_created()
    {
        await using var server = await LiveWorkspace.CreateAsync();
        using var work = new Workspace(Workspace.Users);
        var name = server.Database.Name + "_new";
        work.Environment["DATABASE_URL"] = server.Database.Url.Replace(server.Database.Name, name, StringComparison.Ordinal);
        work.Migration("20250101000000_init", Init);
        try
        {
            (await work.RunAsync("migrate", "status")).Ends(1).Warns("P1003");
            (await work.RunAsync("migrate", "deploy")).Ends(0).Warns($"database {name} created").Says("All migrations have been successfully applied.");
        }
        finally
        {
            await server.Database.ExecuteAsync($"DROP DATABASE IF EXISTS {name}");
        }
    }

    [Fact]
    public async Task A_failure_names_statement_place_server_message_state_and_ways_out()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Init);
        work.Migration("20250102000000_bad", "ALTER TABLE \"User\" ADD COLUMN a INT;\n\n-- the next one fails\nALTER TABLE \"User\"\n  ADD COLUMN b missing_type;\n");
        (await work.RunAsync("migrate", "deploy")).Ends(1).Warns(
            "P3018",
            "20250102000000_bad",
            "2 of 2",
            "42704",
            "type \"missing_type\" does not exist",
            "migrations/20250102000000_bad/migration.sql:5:16",
            "5 |   ADD COLUMN b missing_type;",
            "rolled back",
            "run this command again");
        (await work.RunAsync("migrate", "status")).Ends(1).Says("Following migration have failed:", "20250102000000_bad", "deploy", "--rolled-back", "--applied");
        var failed = (await work.RunAsync("migrate", "deploy", "--json", "--no-backup")).Ends(1).Json;
        Assert.Equal("P3018", failed.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("failed", failed.GetProperty("outcome").GetString());

        work.Migration("20250102000000_bad", "ALTER TABLE \"User\" ADD COLUMN a INT;");
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0).Says("All migrations have been successfully applied.");
    }

    [Fact]
    public async Task Without_a_journal_a_failure_needs_a_word_of_a_person()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_bad", "SELECT 1/0;");
        (await work.RunAsync("migrate", "deploy", "--no-journal")).Ends(1).Warns("No journal is written: it is switched off", "sluice migrate resolve --rolled-back 20250101000000_bad", "--applied 20250101000000_bad");
        (await work.RunAsync("migrate", "deploy")).Ends(1).Warns("P3009", "20250101000000_bad", "resolve --rolled-back");
        (await work.RunAsync("migrate", "resolve", "--rolled-back", "20250101000000_bad")).Ends(0).Says("Migration 20250101000000_bad marked as rolled back.");
        work.Migration("20250101000000_bad", "SELECT 1;");
        (await work.RunAsync("migrate", "deploy", "--lock-budget", "soon")).Ends(1).Warns("is no time");
        (await work.RunAsync("migrate", "deploy", "--lock-budget", "2m")).Ends(0).Says("All migrations have been successfully applied.");
    }

    [Fact]
    public async Task Tables_without_a_history_are_refused_and_can_be_taken_over()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users, Init);
        work.Migration("20250101000000_init", Init);
        (await work.RunAsync("migrate", "deploy")).Ends(1).Warns("P3005");
        (await work.RunAsync("migrate", "status")).Ends(1).Says("not managed", "sluice migrate resolve --applied");
        (await work.RunAsync("migrate", "resolve", "--applied", "20250101000000_init")).Ends(0).Says("marked as applied");
        (await work.RunAsync("migrate", "deploy")).Ends(0).Says("No pending migrations to apply.");
        (await work.RunAsync("migrate", "status")).Ends(0).Says("Database schema is up to date!");
    }

    [Fact]
    public async Task An_edited_and_a_missing_migration_are_warned_of_and_do_not_stop_it()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Init);
        work.Migration("20250102000000_more", "SELECT 1;");
        (await work.RunAsync("migrate", "deploy")).Ends(0);
        work.Migration("20250101000000_init", Init + "-- edited\n");
        Directory.Delete(Path.Combine(work.Folder, "migrations/20250102000000_more"), recursive: true);
        (await work.RunAsync("migrate", "deploy")).Ends(0).Says("No pending migrations to apply.").Warns(
            "The migration `20250101000000_init` was modified after it was applied.",
            "`20250102000000_more`",
            "missing from the local migrations directory");
        work.Migration("20250101000000_init", Init.ReplaceLineEndings("\r\n"));
        Assert.DoesNotContain("modified", (await work.RunAsync("migrate", "deploy")).Ends(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_script_and_another_provider_are_refused()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Init);
        Directory.CreateDirectory(Path.Combine(work.Folder, "migrations/20250102000000_empty"));
        (await work.RunAsync("migrate", "deploy")).Ends(1).Warns("P3015", "20250102000000_empty");
        (await work.RunAsync("migrate", "dev")).Ends(1).Warns("P3015");
        (await work.RunAsync("migrate", "status")).Ends(1).Says("20250102000000_empty");
        Directory.Delete(Path.Combine(work.Folder, "migrations/20250102000000_empty"));
        work.Write("migrations/migration_lock.toml", "provider = \"mysql\"\n");
        foreach (var command in new[] { "deploy", "status", "dev" })
        {
            (await work.RunAsync("migrate", command)).Ends(1).Warns("P3019");
        }
    }

    [Fact]
    public async Task A_server_that_is_down_is_tried_again_and_then_P1001()
    {
        using var work = new Workspace(Workspace.Users);
        work.Environment["DATABASE_URL"] = "postgresql://someone:top%20secret@127.0.0.1:9/none";
        work.Environment["DB_RETRY_DELAY_MS"] = "5";
        var run = (await work.RunAsync("migrate", "deploy", "-v")).Ends(1).Warns("P1001", "127.0.0.1:9", "trying again");
        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_ends_with_one_object()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", Init);
        var run = (await work.RunAsync("migrate", "deploy", "--json")).Ends(0);
        Assert.Single(run.Output.TrimEnd().Split('\n'));
        Assert.Equal("20250101000000_init", run.Json.GetProperty("applied")[0].GetString());
        Assert.Equal("ok", run.Json.GetProperty("outcome").GetString());
    }
}
