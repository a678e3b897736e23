namespace Sluice.Cli.Tests;

public sealed class SqlFilesTests
{
    private const string Views = """
        CREATE VIEW addresses AS SELECT id, mail(email) AS email FROM "User";
        CREATE FUNCTION mail(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) $$;

        """;

    [Fact]
    public async Task Dev_writes_one_migration_for_the_schema_and_the_files_beside_it()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("sql/views.sql", Views);
        work.Write("sql/seed.sql", "INSERT INTO \"User\" (email) VALUES ('a')");
        (await work.RunAsync("migrate", "dev", "--name", "all")).Ends(0).Warns("SQL files beside it: sql/views.sql");
        var name = Assert.Single(work.Migrations);
        Assert.Contains("CREATE TABLE \"User\"", work[$"migrations/{name}/migration.sql"], StringComparison.Ordinal);
        Assert.Contains("-- CreateView\nCREATE VIEW \"public\".\"addresses\"", work[$"migrations/{name}/migration.sql"], StringComparison.Ordinal);
        Assert.Contains("DROP VIEW", work[$"migrations/{name}/down.sql"], StringComparison.Ordinal);
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync");
        await work.Database.ExecuteAsync("DROP VIEW addresses");
        (await work.RunAsync("migrate", "dev")).Ends(1).Warns("view `addresses`", "sluice migrate resolve --repair");
        (await work.RunAsync("migrate", "diff", "--from-config-datasource", "--to-migrations", "migrations", "--script", "-o", "undo.sql")).Ends(0);
        await work.Database.ExecuteAsync(work["undo.sql"]);
        (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync");
    }

    [Fact]
    public async Task A_broken_file_is_told_with_its_line_and_nothing_is_written()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("schema.sql", "\nCREATE VIEW broken AS SELECT nothing FROM \"User\";\n");
        var run = (await work.RunAsync("migrate", "dev", "--name", "all")).Ends(1).Warns("SL5008", "schema.sql:2", "nothing");
        Assert.Empty(work.Migrations);
        Assert.Equal("SL5008", (await work.RunAsync("migrate", "dev", "--name", "all", "--json")).Ends(1).Json.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_compares_what_scripts_make_beyond_the_language()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Write("sql/views.sql", Views);
        work.Write("a.sql", "CREATE VIEW v AS SELECT 1 AS one;");
        work.Write("b.sql", "CREATE VIEW v AS SELECT 1 AS one, 2 AS two;");
        var url = work.Environment["DATABASE_URL"];
        Assert.Contains("CREATE OR REPLACE VIEW \"public\".\"v\"", (await work.RunAsync("migrate", "diff", "--from-sql", "a.sql", "--to-sql", "b.sql", "--script")).Ends(0).Output, StringComparison.Ordinal);
        (await work.RunAsync("migrate", "diff", "--from-empty", "--to-schema", "schema.prisma")).Ends(0).Says("[+] Added objects", "view `addresses`", "function `mail(text)`");
        (await work.RunAsync("migrate", "diff", "--from-url", url, "--to-schema", "schema.prisma", "--exit-code")).Ends(2);
        (await work.RunAsync("db", "push")).Ends(0);
        (await work.RunAsync("migrate", "diff", "--from-url", url, "--to-schema", "schema.prisma", "--exit-code")).Ends(0);
    }

    [Fact]
    public async Task Queries_of_typed_sql_are_no_declarations()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Write("schema.prisma", Workspace.Datasource + "generator client {\n  provider        = \"prisma-client-js\"\n  previewFeatures = [\"typedSql\"]\n}\n\n" + Workspace.Users);
        work.Write("sql/getUsers.sql", "SELECT * FROM \"User\" WHERE id = $1");
        (await work.RunAsync("migrate", "dev", "--name", "users")).Ends(0);
        work.Write("sluice.json", "{\"sql\": \"elsewhere\"}");
        (await work.RunAsync("migrate", "dev")).Ends(1).Warns("elsewhere", "sluice.json");
    }

    [Fact]
    public async Task Pull_writes_what_the_schema_cannot_say_to_files_and_then_there_is_no_difference()
    {
        await using var work = await LiveWorkspace.CreateAsync("", DeployTests.Init + Views.Replace("mail(email)", "email", StringComparison.Ordinal) + """
            ALTER TABLE "User" ADD CONSTRAINT has_at CHECK (email LIKE '%@%');
            COMMENT ON TABLE "User" IS 'who signs in';
            """);
        (await work.RunAsync("db", "pull", "--print")).Ends(0).Says("model User {", "has comments in the database").Warns("4 objects", "sluice db pull");
        var before = work["schema.prisma"];
        (await work.RunAsync("db", "pull", "--dry-run")).Ends(0).Says("nothing was written", "sql/views.sql (new, 6 lines)", "schema.prisma (");
        Assert.Equal(before, work["schema.prisma"]);
        var json = (await work.RunAsync("db", "pull", "--print", "--json")).Ends(0).Json;
        (await work.RunAsync("db", "pull")).Ends(0).Says("Introspected 1 model and wrote it into schema.prisma", "sql/comments.sql (new, 3 lines)", "sql/functions.sql", "sql/tables.sql");

        Assert.DoesNotContain("///", work["schema.prisma"], StringComparison.Ordinal);
        Assert.All(json.GetProperty("files").EnumerateArray(), f => Assert.Equal(work[f.GetProperty("path").GetString()!], f.GetProperty("text").GetString()));
        Assert.Contains("CREATE VIEW \"public\".\"addresses\"", work["sql/views.sql"], StringComparison.Ordinal);
        (await work.RunAsync("db", "pull")).Ends(0).Says("No file changed.");
        (await work.RunAsync("migrate", "diff", "--from-url", work.Database.Url, "--to-schema", "schema.prisma", "--exit-code")).Ends(0);
        (await work.RunAsync("migrate", "diff", "--from-schema", "schema.prisma", "--to-url", work.Database.Url, "--exit-code")).Ends(0);

        await work.Database.ExecuteAsync("DROP VIEW addresses");
        work.Write("sql/views.sql", "-- mine\n" + work["sql/views.sql"] + "-- stays\n");
        (await work.RunAsync("db", "pull")).Ends(0).Says("sql/views.sql (4 lines removed)");
        Assert.StartsWith("-- mine\n", work["sql/views.sql"], StringComparison.Ordinal);
        Assert.EndsWith("-- stays\n", work["sql/views.sql"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_leaves_the_files_alone_where_the_project_wants_none()
    {
        await using var work = await LiveWorkspace.CreateAsync("", DeployTests.Init + "COMMENT ON TABLE \"User\" IS 'who signs in';");
        work.Write("sluice.json", "{\"sql\": \"\"}");
        (await work.RunAsync("db", "pull")).Ends(0).Warns("have comments in the database");

        Assert.False(Directory.Exists(Path.Combine(work.Folder, "sql")));
        Assert.Contains("///", work["schema.prisma"], StringComparison.Ordinal);
    }
}
