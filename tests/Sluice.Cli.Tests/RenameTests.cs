namespace Sluice.Cli.Tests;

/// <summary>Nothing that may be a rename is dropped and added unasked, and `--yes` is no answer.</summary>
public sealed class RenameTests
{
    private const string Named = """
        model User {
          id    Int     @id @default(autoincrement())
          email String  @unique
          name  String?
        }

        """;

    private static readonly string Renamed = Named.Replace("  name ", "  label", StringComparison.Ordinal);

    [Fact]
    public async Task Without_a_terminal_dev_stops_with_the_line_to_write_and_the_line_carries_the_values()
    {
        await using var work = await OpenAsync();
        (await work.RunAsync("migrate", "dev", "-n", "label", "--yes")).Ends(1).Warns(
            "SL5041", "Column `name` of `User` (2 values) goes.", "Write above schema.prisma:9:", "`/// @renamedFrom(\"name\")`",
            "`sluice migrate dev --name label --not-renamed User.name`");
        Assert.Single(work.Migrations);

        var json = (await work.RunAsync("migrate", "dev", "-n", "label", "--json")).Ends(1).Json;
        Assert.Equal("attention", json.GetProperty("outcome").GetString());
        var candidate = Assert.Single(json.GetProperty("renameCandidates").EnumerateArray());
        Assert.Equal(
            ("column", "User", "name", "label", 2, "/// @renamedFrom(\"name\")", "schema.prisma", 9, "User.name"),
            (Text("kind"), Text("of"), Text("from"), Text("to"), Number("values"), Text("hint"), Text("file"), Number("line"), Text("notRenamed")));

        var lines = work["schema.prisma"].Split('\n').ToList();
        lines.Insert(Number("line") - 1, Text("hint")!);
        work.Write("schema.prisma", string.Join('\n', lines));
        (await work.RunAsync("migrate", "dev", "-n", "label")).Ends(0).Warns("Renames the column `name` of `User` to `label`; the data stays.");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(label) FROM \"User\""));
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync");

        string? Text(string name) => candidate.GetProperty(name).GetString();
        int Number(string name) => candidate.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task What_goes_for_good_is_named_and_its_loss_still_needs_consent()
    {
        await using var work = await OpenAsync();
        (await work.RunAsync("migrate", "dev", "-n", "x", "--not-renamed", "User.nam")).Ends(1).Warns("answers no question", "`User.name`");
        (await work.RunAsync("migrate", "dev", "-n", "x", "--not-renamed", "User.name")).Ends(1).Warns(
            "which still contains 2 non-null values", "sluice migrate dev --name x --not-renamed User.name --yes");
        Assert.Single(work.Migrations);
        (await work.RunAsync("migrate", "dev", "-n", "x", "--not-renamed", "User.name", "--yes")).Ends(0);
        Assert.Equal(0L, await work.QueryAsync("SELECT count(label) FROM \"User\""));
    }

    [Fact]
    public async Task On_a_terminal_a_yes_renames_and_a_no_asks_for_consent_to_the_loss()
    {
        await using var work = await OpenAsync();
        (await work.OnTerminalAsync("n\nn\n", "migrate dev -n label")).Ends(130).Says("Is `label` the new name of `name`?", "Are you sure");
        Assert.Single(work.Migrations);
        (await work.OnTerminalAsync("y\n", "migrate dev -n label")).Ends(0).Says("Is `label` the new name of `name`?", "in sync");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(label) FROM \"User\""));
        Assert.Contains("RENAME COLUMN \"name\" TO \"label\"", work[$"migrations/{work.Migrations.Last()}/migration.sql"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_stops_too_unless_the_loss_is_accepted_or_there_is_none()
    {
        await using var work = await LiveWorkspace.CreateAsync(Named);
        (await work.RunAsync("db", "push")).Ends(0);
        work.Schema(Renamed);
        (await work.RunAsync("db", "push")).Ends(0);
        await work.Database.ExecuteAsync("INSERT INTO \"User\" (email, label) VALUES ('a', 'A')");
        work.Schema(Named);
        (await work.RunAsync("db", "push")).Ends(1).Warns("SL5041", "`sluice db push --not-renamed User.label`");
        var json = (await work.RunAsync("db", "push", "--accept-data-loss", "--json")).Ends(0);
        json.Warns("The column `label` of `User` (1 value) goes.", "/// @renamedFrom(\"label\")");
        Assert.Empty(json.Json.GetProperty("renamed").EnumerateArray());
    }

    [Fact]
    public async Task Diff_keeps_its_SQL_and_says_beside_it_what_may_be_a_rename()
    {
        using var work = new Workspace(Renamed);
        work.Write("old.prisma", Workspace.Datasource + Named);
        var run = (await work.RunAsync("migrate", "diff", "--from-schema", "old.prisma", "--to-schema", "schema.prisma", "--script")).Ends(0);
        Assert.Equal("-- AlterTable\nALTER TABLE \"User\" DROP COLUMN \"name\",\nADD COLUMN     \"label\" TEXT;\n", run.Output);
        run.Warns("The column `User.name` goes and `label` comes.", "schema.prisma:9");
        work.Schema(Renamed.Replace("  label", "  /// @renamedFrom(\"name\")\n  label", StringComparison.Ordinal));
        run = (await work.RunAsync("migrate", "diff", "--from-schema", "old.prisma", "--to-schema", "schema.prisma", "--script")).Ends(0);
        Assert.Equal("-- RenameColumn\nALTER TABLE \"User\" RENAME COLUMN \"name\" TO \"label\";\n", run.Output);
        Assert.Empty(run.Error);
    }

    private static async Task<LiveWorkspace> OpenAsync()
    {
        var work = await LiveWorkspace.CreateAsync(Named);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        await work.Database.ExecuteAsync("INSERT INTO \"User\" (email, name) VALUES ('a', 'A'), ('b', 'B')");
        work.Schema(Renamed);
        return work;
    }
}
