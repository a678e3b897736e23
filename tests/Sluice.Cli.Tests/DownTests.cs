namespace Sluice.Cli.Tests;

public sealed class DownTests
{
    private const string Named = """
        model User {
          id    Int     @id @default(autoincrement())
          email String  @unique
          name  String?
        }

        """;

    [Fact]
    public async Task Beside_the_migration_stands_its_way_back_which_was_tried()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        var made = (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0).Warns("down.sql takes it back");
        var name = Assert.Single(work.Migrations);
        Assert.Equal(
            """
            /*
              Warnings:

              - You are about to drop the `User` table. If the table is not empty, all the data it contains will be lost.

            */
            -- KeepData
            -- sluice: allow T11 because what is written meanwhile would be lost
            LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE;
            CREATE SCHEMA IF NOT EXISTS "sluice_archive";
            CREATE TABLE IF NOT EXISTS "sluice_archive"."VERSION_down_User" AS SELECT t."id", t."email" FROM "User" AS t WITH NO DATA;
            DELETE FROM "sluice_archive"."VERSION_down_User" AS a USING "User" AS t WHERE t."id" = a."id";
            INSERT INTO "sluice_archive"."VERSION_down_User" SELECT t."id", t."email" FROM "User" AS t;

            -- DropTable
            DROP TABLE "User";

            """.Replace("VERSION", name[..14], StringComparison.Ordinal),
            work[$"migrations/{name}/down.sql"]);
        Assert.Contains("sha256:", work[$"migrations/{name}/down.proof"], StringComparison.Ordinal);
        Assert.DoesNotContain("irreversible", made.Error, StringComparison.OrdinalIgnoreCase);
        (await work.RunAsync("migrate", "status", "--drift")).Ends(0);
    }

    [Fact]
    public async Task What_does_not_come_back_is_said_at_the_head()
    {
        await using var work = await LiveWorkspace.CreateAsync(Named);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        work.Schema(Workspace.Users);
        var json = (await work.RunAsync("migrate", "dev", "-n", "drop", "--json")).Ends(0).Json;
        Assert.True(json.GetProperty("down").GetProperty("proved").GetBoolean());
        Assert.StartsWith(
            "-- irreversible: the values of the column `name` of `User` are gone; it comes back empty.\n-- AlterTable\nALTER TABLE \"User\" ADD COLUMN     \"name\" TEXT;\n",
            work[$"migrations/{work.Migrations.Last()}/down.sql"],
            StringComparison.Ordinal);
        Assert.EndsWith("*/\n-- AlterTable\nALTER TABLE \"User\" DROP COLUMN \"name\";\n", work[$"migrations/{work.Migrations.Last()}/migration.sql"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_irreversible_migration_is_undone_only_where_the_loss_is_accepted()
    {
        await using var work = await LiveWorkspace.CreateAsync(Named);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        work.Schema(Workspace.Users);
        (await work.RunAsync("migrate", "dev", "-n", "drop")).Ends(0).Warns("Irreversible: the values of the column `name`");
        var drop = work.Migrations.Last();
        (await work.RunAsync("down", drop, "--yes", "--no-backup")).Ends(1)
            .Warns("SL5029", $"{drop}: the values of the column `name` of `User` are gone", $"sluice down {drop} --accept-data-loss");
        Assert.Equal("attention", (await work.RunAsync("down", drop, "--yes", "--json", "--no-backup")).Ends(1).Json.GetProperty("outcome").GetString());
        var dry = (await work.RunAsync("down", drop, "--dry-run", "--json")).Ends(0).Json;
        Assert.Equal(drop, Assert.Single(dry.GetProperty("irreversible").EnumerateArray()).GetProperty("migration").GetString());
        (await work.RunAsync("migrate", "status")).Ends(0).Says($"{drop} cannot be undone without loss: the values of the column `name`");
        (await work.RunAsync("migrate", "verify", "-m", drop)).Ends(0).Says($"proved    {drop}, with 3 rows in 1 table", "irreversible: the values of the column `name`");
        (await work.RunAsync("down", drop, "--yes", "--accept-data-loss", "--no-backup")).Ends(0).Says("1 migration undone.");
    }

    [Fact]
    public async Task With_keep_data_what_was_dropped_comes_back_and_what_was_written_since_as_well()
    {
        await using var work = await LiveWorkspace.CreateAsync(Named);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        await work.Database.ExecuteAsync("INSERT INTO \"User\" (email, name) VALUES ('a@x', 'Ada'), ('b@x', NULL)");
        work.Schema(Workspace.Users.Replace("}", "  age Int?\n}", StringComparison.Ordinal));
        work.Write("sluice.json", "{\"keepData\": true}");
        (await work.RunAsync("migrate", "dev", "-n", "drop", "--yes")).Ends(0).Warns("takes it back; up, down and up again were tried on a scratch database, with 3 rows in 1 table.");
        await work.Database.ExecuteAsync("UPDATE \"User\" SET age = 5 WHERE email = 'b@x'; INSERT INTO \"User\" (email, age) VALUES ('c@x', 7)");

        var drop = work.Migrations.Last();
        var down = (await work.RunAsync("down", drop, "--yes", "--no-backup")).Ends(0).Warns($"Rows are kept in \"sluice_archive\".\"{drop[..14]}_down_User\".");
        Assert.DoesNotContain("lost", down.Error, StringComparison.Ordinal);
        Assert.Equal("a@x Ada,b@x -,c@x -", await work.QueryAsync("SELECT string_agg(email || ' ' || coalesce(name, '-'), ',' ORDER BY email) FROM \"User\""));
        (await work.RunAsync("migrate", "status", "--drift")).Ends(1).Says(drop);
        Assert.DoesNotContain("still in", (await work.RunAsync("migrate", "deploy")).Ends(0).Error, StringComparison.Ordinal);
        Assert.Equal("a@x -,b@x 5,c@x 7", await work.QueryAsync("SELECT string_agg(email || ' ' || coalesce(age::text, '-'), ',' ORDER BY email) FROM \"User\""));
        (await work.RunAsync("migrate", "status", "--drift")).Ends(0).Says("up to date");
        Assert.DoesNotContain("archive", (await work.RunAsync("db", "pull", "--print")).Ends(0).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"keepDate\": true}", "it sets `keepDate`, which is no setting", "Known are: backup, keepData, lint, maintain, monitor, online, seed, sql, targets")]
    [InlineData("{\"online\": 1}", "`online` is 1", "Write true or false.")]
    [InlineData("{\"keepData\": 1}", "`keepData` is 1", "Write true or false.")]
    [InlineData("keepData", "sluice.json cannot be used", "{\"keepData\": true}")]
    public async Task A_slip_in_the_settings_is_named(string text, params string[] told)
    {
        await using var work = await LiveWorkspace.CreateAsync(Named);
        work.Write("sluice.json", text);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(1).Warns(told);
        Assert.Empty(work.Migrations);
    }

    [Fact]
    public async Task It_can_be_left_out_and_an_empty_migration_has_none()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("migrate", "dev", "-n", "init", "--no-down")).Ends(0);
        (await work.RunAsync("migrate", "dev", "-n", "empty", "--create-only")).Ends(0);
        Assert.Empty(Directory.GetFiles(work.Folder, "down.*", SearchOption.AllDirectories));
    }
}
