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
            -- DropTable
            DROP TABLE "User";

            """,
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
            "-- sluice: irreversible — the values of the column `name` of `User` are gone; it comes back empty.\n-- AlterTable\nALTER TABLE \"User\" ADD COLUMN     \"name\" TEXT;\n",
            work[$"migrations/{work.Migrations.Last()}/down.sql"],
            StringComparison.Ordinal);
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
