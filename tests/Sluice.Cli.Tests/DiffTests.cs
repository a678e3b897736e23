namespace Sluice.Cli.Tests;

public sealed class DiffTests
{
    [Fact]
    public async Task From_empty_the_script_alone_is_on_stdout()
    {
        using var work = new Workspace(Workspace.Users);
        var run = (await work.RunAsync("migrate", "diff", "--from-empty", "--to-schema", "schema.prisma", "--script")).Ends(0);
        Assert.StartsWith("-- CreateTable\nCREATE TABLE \"User\" (", run.Output, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task The_exit_code_tells_differences_when_asked()
    {
        using var work = new Workspace(Workspace.Users);
        (await work.RunAsync("migrate", "diff", "--from-empty", "--to-schema", "schema.prisma", "--exit-code")).Ends(2).Says("[+]", "User");
        (await work.RunAsync("migrate", "diff", "--from-schema", "schema.prisma", "--to-schema", "schema.prisma", "--exit-code")).Ends(0).Says("No difference detected.");
        (await work.RunAsync("migrate", "diff", "--from-schema", "missing.prisma", "--to-empty", "--exit-code")).Ends(1).Warns("missing.prisma");
    }

    [Fact]
    public async Task An_empty_script_is_empty()
    {
        using var work = new Workspace(Workspace.Users);
        var run = (await work.RunAsync("migrate", "diff", "--from-schema", "schema.prisma", "--to-schema", "schema.prisma", "--script")).Ends(0).Warns("No difference detected.");
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task The_older_spellings_and_a_folder_are_understood()
    {
        using var work = new Workspace();
        work.Write("schema/a.prisma", Workspace.Datasource);
        work.Write("schema/b.prisma", Workspace.Users);
        (await work.RunAsync("migrate", "diff", "--from-empty", "--to-schema-datamodel", "schema", "--script", "-o", "out/up.sql")).Ends(0).Warns("out/up.sql");
        Assert.Contains("CREATE TABLE \"User\"", work["out/up.sql"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_holds_changes_and_script()
    {
        using var work = new Workspace(Workspace.Users);
        var json = (await work.RunAsync("--json", "migrate", "diff", "--from-empty", "--to-schema", "schema.prisma")).Ends(0).Json;
        Assert.True(json.GetProperty("differs").GetBoolean());
        Assert.Equal("ok", json.GetProperty("outcome").GetString());
        Assert.Equal("TableAdded", json.GetProperty("changes")[0].GetProperty("change").GetString());
        Assert.Contains("CREATE TABLE", json.GetProperty("script").GetString(), StringComparison.Ordinal);
        Assert.True(json.GetProperty("durationMs").GetInt64() >= 0);
        Assert.True(Guid.TryParse(json.GetProperty("correlationId").GetString(), out _));
    }

    [Theory]
    [InlineData("--to-empty", "The from side is missing")]
    [InlineData("--from-empty", "The to side is missing")]
    [InlineData("--from-empty --from-url x --to-empty", "The from side is given twice")]
    public async Task A_side_must_be_given_once(string arguments, string message)
    {
        using var work = new Workspace(Workspace.Users);
        (await work.RunAsync(["migrate", "diff", .. arguments.Split(' ')])).Ends(1).Warns(message);
    }

    [Fact]
    public async Task Migrations_a_database_and_a_script_are_ends_too()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", "CREATE TABLE \"User\" (\"id\" SERIAL NOT NULL, CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\"));");
        work.Write("x.sql", "CREATE TABLE \"Other\" (\"id\" INTEGER NOT NULL, CONSTRAINT \"Other_pkey\" PRIMARY KEY (\"id\"));");
        await work.Database.ExecuteAsync(work["x.sql"]);
        (await work.RunAsync("migrate", "diff", "--from-migrations", "migrations", "--to-schema", "schema.prisma", "--script")).Ends(0).Says("ADD COLUMN     \"email\" TEXT NOT NULL");
        (await work.RunAsync("migrate", "diff", "--from-url", work.Database.Url, "--to-sql", "x.sql", "--exit-code")).Ends(0).Says("No difference detected.");
        (await work.RunAsync("migrate", "diff", "--from-url", work.Database.Url, "--to-empty", "--script")).Ends(0).Says("DROP TABLE \"Other\"");
        (await work.RunAsync("migrate", "diff", "--from-schema-datasource", "schema.prisma", "--to-empty", "--exit-code")).Ends(2);
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM pg_database WHERE datname LIKE '%shadow%' AND age(datfrozenxid) < 0"));
    }

    [Fact]
    public async Task A_migrations_folder_that_is_not_there_is_a_slip_and_no_empty_history()
    {
        using var work = new Workspace(Workspace.Users);
        (await work.RunAsync("migrate", "diff", "--from-migrations", "migrashuns", "--to-schema", "schema.prisma")).Ends(1).Warns("no migrations folder at migrashuns", "--from-empty");
    }

    [Fact]
    public async Task A_scratch_database_that_is_named_is_used_and_never_the_one_that_is_compared()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        await using var scratch = await TestDatabase.CreateAsync("CREATE TABLE left_over (id INT)");
        work.Migration("20250101000000_init", DeployTests.Init);
        string[] command = ["migrate", "diff", "--from-migrations", "migrations", "--to-schema", "schema.prisma", "--exit-code", "--shadow-database-url"];
        (await work.RunAsync([.. command, scratch.Url])).Ends(0);
        (await work.RunAsync([.. command, work.Database.Url])).Ends(1).Warns("SL5005");
        work.Environment.Remove("DATABASE_URL");
        (await work.RunAsync([.. command, scratch.Url])).Ends(0);
        (await work.RunAsync(command[..^1])).Ends(1).Warns("DATABASE_URL");
    }
}
