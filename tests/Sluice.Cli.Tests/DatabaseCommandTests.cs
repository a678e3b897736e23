namespace Sluice.Cli.Tests;

public sealed class DatabaseCommandTests
{
    [Fact]
    public async Task Push_takes_the_database_to_the_schema()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("db", "push")).Ends(0).Says("Your database is now in sync with your schema.");
        (await work.RunAsync("db", "push")).Ends(0).Says("The database is already in sync with the schema.");
        Assert.False(await work.HasTableAsync("_prisma_migrations"));
    }

    [Theory]
    [InlineData("db", "pull")]
    [InlineData("db", "push")]
    [InlineData("migrate", "status")]
    public async Task A_schema_for_another_database_is_read_and_not_connected(string group, string command)
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Write("schema.prisma", "datasource crdb {\n  provider = \"cockroachdb\"\n}\n");
        (await work.RunAsync("validate")).Ends(0).Warns("SL2113", "PostgreSQL only");
        (await work.RunAsync(group, command)).Ends(1).Warns("SL2113", "provider = \"postgresql\"");
        Assert.Contains("cockroachdb", work["schema.prisma"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_loses_data_only_with_consent()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users + "model Old {\n  id Int @id\n}\n");
        (await work.RunAsync("db", "push")).Ends(0);
        await work.Database.ExecuteAsync("INSERT INTO \"Old\" VALUES (1), (2)");
        work.Schema(Workspace.Users);
        (await work.RunAsync("db", "push")).Ends(1).Warns("You are about to drop the `Old` table, which is not empty (2 rows).", "sluice db push --accept-data-loss");
        Assert.True(await work.HasTableAsync("Old"));
        (await work.RunAsync("db", "push", "--accept-data-loss")).Ends(0);
        Assert.False(await work.HasTableAsync("Old"));
        await work.Database.ExecuteAsync("INSERT INTO \"User\" (email) VALUES ('a')");
        (await work.RunAsync("db", "push", "--force-reset")).Ends(1).Warns("1 table", "sluice db push --force-reset --accept-data-loss");
        (await work.OnTerminalAsync("n\n", "db push --force-reset")).Ends(130).Says("Are you sure you want to reset your database?");
        work.Environment["NODE_ENV"] = "production";
        (await work.RunAsync("db", "push", "--force-reset", "--accept-data-loss", "--yes")).Ends(1).Warns("NODE_ENV says Production");
        Assert.Equal(1L, await work.QueryAsync("SELECT count(*) FROM \"User\""));
        work.Environment.Remove("NODE_ENV");
        (await work.RunAsync("db", "push", "--force-reset", "--accept-data-loss")).Ends(0).Says("successfully reset");
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM \"User\""));
    }

    [Fact]
    public async Task A_refused_push_shows_the_planned_sql_and_who_may_run_it()
    {
        await using var work = await LiveWorkspace.CreateAsync("model t {\n  id Int @id\n  a  Int?\n}\n", "CREATE TABLE t (id INTEGER, CONSTRAINT t_pkey PRIMARY KEY (id))");
        var role = $"{work.Database.Name}_r";
        await work.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pushing'; GRANT ALL ON SCHEMA public TO {role}; GRANT SELECT ON t TO {role}");
        try
        {
            var url = new UriBuilder(work.Database.Url) { UserName = role, Password = "pushing" };
            var run = (await work.RunAsync("db", "push", "--url", url.Uri.AbsoluteUri)).Ends(1).Warns("SL5006", "42501", "the planned SQL:2", "Push as the role that owns");
            Assert.DoesNotContain("standard input", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            await work.Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_push_beside_migrations_says_that_they_lack_the_change()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        var alone = (await work.RunAsync("db", "push")).Ends(0);
        Assert.DoesNotContain("drift", alone.Error, StringComparison.Ordinal);
        work.Migration("20250101000000_init", DeployTests.Init);
        work.Schema(Workspace.Users + "model More {\n  id Int @id\n}\n");
        (await work.RunAsync("db", "push")).Ends(0).Warns("This project has migrations, and none of them makes this change", "drift");
    }

    [Fact]
    public async Task An_address_with_blanks_around_it_is_read_and_one_in_quotes_is_named()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        var url = work.Database.Url;
        work.Environment["DATABASE_URL"] = $"  {url}\n";
        (await work.RunAsync("db", "push")).Ends(0);
        work.Environment["DATABASE_URL"] = $"\"{url}\"";
        (await work.RunAsync("db", "push")).Ends(1).Warns("P1013", "it stands in quotes");
        work.Environment["DATABASE_URL"] = url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "user=me&password=secret";
        var run = (await work.RunAsync("db", "push")).Ends(0).Warns("not read from behind the `?`");
        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_database_is_reset_unasked()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync("db", "push", "--force-reset")).Ends(0).Says("successfully reset");
        Assert.True(await work.HasTableAsync("User"));
    }

    [Fact]
    public async Task Yes_is_not_enough_for_a_database_that_others_use()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        await using (await work.Database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            (await work.RunAsync("migrate", "reset", "--yes")).Ends(1).Warns("other client", "`--yes` is not enough", "sluice migrate reset --force");
            (await work.RunAsync("db", "push", "--force-reset", "--yes")).Ends(1).Warns("other client", "`--yes` is not enough");
            Assert.True(await work.HasTableAsync("User"));
            (await work.OnTerminalAsync("y\n", "migrate reset --yes")).Ends(0).Says("Are you sure", "Database reset successful");
        }
    }

    [Fact]
    public async Task Pull_writes_and_prints_the_schema()
    {
        await using var work = await LiveWorkspace.CreateAsync("", DeployTests.Init);
        var printed = (await work.RunAsync("db", "pull", "--print")).Ends(0).Says("model User {", "@id @default(autoincrement())", "datasource db {");
        (await work.RunAsync("db", "pull")).Ends(0).Says("Introspected 1 model and wrote it into schema.prisma");
        Assert.Equal(printed.Output, work["schema.prisma"]);
        (await work.RunAsync("migrate", "diff", "--from-url", work.Database.Url, "--to-schema", "schema.prisma", "--exit-code")).Ends(0);
    }

    [Fact]
    public async Task What_the_server_takes_and_pull_writes_is_valid()
    {
        await using var work = await LiveWorkspace.CreateAsync("", """
            CREATE EXTENSION btree_gin;
            CREATE TABLE users (id int PRIMARY KEY, token uuid, price numeric UNIQUE);
            CREATE INDEX users_token_idx ON users USING gin (token);
            CREATE TABLE orders (id int PRIMARY KEY, user_id bigint REFERENCES users (id), price int REFERENCES users (price));
            """);

        (await work.RunAsync("db", "pull")).Ends(0);

        (await work.RunAsync("validate")).Ends(0).Warns("SL2634", "`orders.user_id` is of the type `BigInt`", "`orders.price` is of the type `Int`", "SL2555", "btree_gin");
        (await work.RunAsync("migrate", "diff", "--from-url", work.Database.Url, "--to-schema", "schema.prisma", "--exit-code")).Ends(0);
    }

    [Fact]
    public async Task Pull_works_without_a_project_and_says_when_there_is_nothing()
    {
        await using var database = await LiveWorkspace.CreateAsync(null, DeployTests.Init);
        using var work = new Workspace();
        (await work.RunAsync("db", "pull", "--print", "--url", database.Database.Url)).Ends(0).Says("model User {");
        await using var empty = await LiveWorkspace.CreateAsync("");
        (await empty.RunAsync("db", "pull")).Ends(1).Warns("P4001", "The introspected database was empty.");
    }

    [Fact]
    public async Task Execute_runs_a_file_or_what_comes_in()
    {
        await using var work = await LiveWorkspace.CreateAsync("");
        work.Write("a.sql", "CREATE TABLE a (id INT);\nINSERT INTO a VALUES (1);\n");
        (await work.RunAsync("db", "execute", "--file", "a.sql")).Ends(0).Says("Script executed successfully.");
        (await work.RunWithInputAsync("INSERT INTO a VALUES (2);", "db", "execute", "--stdin")).Ends(0);
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM a"));
        (await work.RunWithInputAsync("INSERT INTO a VALUES (3);\nINSERT INTO b VALUES (2);", "db", "execute", "--stdin")).Ends(1).Warns("42P01", "standard input:2:13");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM a"));
        (await work.RunAsync("db", "execute")).Ends(1).Warns("--file", "--stdin");
    }

    [Fact]
    public async Task Reset_empties_replays_and_seeds_only_in_development_and_only_when_told()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        work.Write("seed.sql", "INSERT INTO \"User\" (email) VALUES ('seeded');");
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        await work.Database.ExecuteAsync("CREATE TABLE stray (id INT); CREATE SCHEMA other; CREATE TABLE other.kept (id INT)");
        (await work.RunAsync("migrate", "reset")).Ends(1).Warns("3 tables", "sluice migrate reset --force");
        Assert.True(await work.HasTableAsync("stray"));
        work.Environment["DOTNET_ENVIRONMENT"] = "Production";
        (await work.RunAsync("migrate", "reset", "--yes")).Ends(1).Warns("DOTNET_ENVIRONMENT says Production");
        work.Environment.Remove("DOTNET_ENVIRONMENT");
        (await work.OnTerminalAsync("n\n", "migrate reset")).Ends(130).Says("Are you sure you want to reset your database?");
        Assert.True(await work.HasTableAsync("stray"));
        (await work.RunAsync("migrate", "reset", "--force")).Ends(0).Says("Database reset successful", "20250101000000_init", "The seed has been executed.");
        Assert.False(await work.HasTableAsync("stray"));
        Assert.Equal("seeded", await work.QueryAsync("SELECT email FROM \"User\""));
        Assert.Equal(true, await work.QueryAsync("SELECT to_regclass('other.kept') IS NOT NULL"));
    }
}
