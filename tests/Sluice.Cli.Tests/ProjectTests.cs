using Sluice.Cli.Projects;

namespace Sluice.Cli.Tests;

public sealed class ProjectTests
{
    [Theory]
    [InlineData("schema.prisma", "migrations")]
    [InlineData("prisma/schema.prisma", "prisma/migrations")]
    [InlineData("prisma/schema/main.prisma", "prisma/schema/migrations")]
    [InlineData("prisma/main.prisma", "prisma/migrations")]
    public void The_schema_is_found_where_Prisma_looks(string path, string migrations)
    {
        using var work = new Workspace();
        work.Write(path, Workspace.Datasource);
        var project = Project.Find(work.Folder, null, null, null);
        Assert.Equal("db", project.Datasource?.Name);
        Assert.Equal(Path.Combine(work.Folder, migrations), project.MigrationsPath);
    }

    [Fact]
    public void Migrations_beside_a_schema_folder_are_found_too()
    {
        using var work = new Workspace();
        work.Write("prisma/schema/main.prisma", Workspace.Datasource);
        work.Write("prisma/migrations/1_x/migration.sql", "");
        Assert.Equal(Path.Combine(work.Folder, "prisma/migrations"), Project.Find(work.Folder, null, null, null).MigrationsPath);
    }

    [Fact]
    public void Package_json_and_the_configuration_name_it()
    {
        using var work = new Workspace();
        work.Write("db/my.prisma", Workspace.Datasource);
        work.Write("package.json", """{ "name": "x", "prisma": { "schema": "db/my.prisma", "seed": "node seed.js" } }""");
        var project = Project.Find(work.Folder, null, null, null);
        Assert.Equal(Path.Combine(work.Folder, "db/my.prisma"), project.SchemaPath);
        Assert.Equal("node seed.js", project.Package.Seed);

        work.Write("other/schema.prisma", Workspace.Datasource);
        work.Write("prisma.config.ts", """
            import 'dotenv/config'
            import path from 'node:path'
            import { defineConfig, env } from "prisma/config"
            // schema: "wrong.prisma"
            export default defineConfig({
              schema: path.join("other", "schema.prisma"),
              migrations: {
                path: `other/history`,
                seed: 'tsx seed.ts', /* url: "no" */
              },
              views: { path: "nothing" },
              datasource: {
                url: env<Env>("MY_URL"),
                shadowDatabaseUrl: process.env.SHADOW!,
              },
            })
            """);
        var configured = Project.Find(work.Folder, null, null, null);
        Assert.Equal(Path.Combine(work.Folder, "other/schema.prisma"), configured.SchemaPath);
        Assert.Equal(Path.Combine(work.Folder, "other/history"), configured.MigrationsPath);
        Assert.Equal("tsx seed.ts", configured.Config!.Seed);
        Assert.Equal("MY_URL", configured.Config.Url?.Variable);
        Assert.Equal("SHADOW", configured.Config.ShadowUrl?.Variable);
    }

    [Theory]
    [InlineData("module.exports = { schema: 'a.prisma' }", null)]
    [InlineData("export default { schema: 'a.prisma' } satisfies PrismaConfig", "a.prisma")]
    [InlineData("export default defineConfig({ schema: `a.prisma` })", "a.prisma")]
    [InlineData("export default defineConfig({ \"schema\": 'a\\'b.prisma' })", "a'b.prisma")]
    [InlineData("export default defineConfig({ schema: cond ? 'a' : 'b' })", null)]
    [InlineData("export default defineConfig({ schema:", null)]
    [InlineData("", null)]
    public void Only_plain_text_is_taken_from_the_configuration(string text, string? schema) =>
        Assert.Equal(schema, PrismaConfig.Read("prisma.config.ts", text).Schema);

    [Fact]
    public void The_address_comes_from_the_option_then_the_schema_then_the_environment()
    {
        using var work = new Workspace("");
        work.Write(".env", "DATABASE_URL=postgresql://me@host/from_env_file\n");
        Assert.Equal("from_env_file", Project.Find(work.Folder, null, null, null).Connection.Address.Database);
        Assert.Equal("given", Project.Find(work.Folder, null, null, "postgresql://me@host/given").Connection.Address.Database);
        work.Write("schema.prisma", Workspace.Datasource.Replace("env(\"DATABASE_URL\")", "\"postgresql://me@host/in_schema\"", StringComparison.Ordinal));
        Assert.Equal("in_schema", Project.Find(work.Folder, null, null, null).Connection.Address.Database);
        work.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        Assert.Equal("from_env_file", Project.Find(work.Folder, null, null, null).Connection.Address.Database);
        work.Write(".env", "DB_HOST=somewhere\nDB_NAME=parts\nDB_USER=me\n");
        Assert.Equal("parts", Project.Find(work.Folder, null, null, null).Connection.Address.Database);
        work.Write(".env", "");
        Assert.Throws<StopException>(() => Project.Find(work.Folder, null, null, null).Connection);
    }

    [Fact]
    public async Task Another_address_than_the_schema_names_is_not_taken_silently()
    {
        using var work = new Workspace("");
        work.Write("schema.prisma", Workspace.Datasource.Replace("DATABASE_URL", "MY_URL", StringComparison.Ordinal));
        work.Environment["DATABASE_URL"] = "postgresql://x@127.0.0.1:9/y";
        work.Environment["DB_MAX_RETRIES"] = "0";
        (await work.RunAsync("migrate", "status")).Ends(1).Warns("The schema's `MY_URL` is not set; DATABASE_URL is used instead.", "P1001");
        work.Environment.Remove("DATABASE_URL");
        (await work.RunAsync("migrate", "status")).Ends(1).Warns("Environment variable not found: MY_URL.");
    }

    [Fact]
    public async Task Without_a_schema_the_person_is_told_where_it_was_looked_for()
    {
        using var work = new Workspace();
        (await work.RunAsync("migrate", "status", "--url", "postgresql://x@127.0.0.1:9/y?connect_timeout=1")).Ends(1);
        (await work.RunAsync("migrate", "dev", "--url", "postgresql://x@127.0.0.1:9/y")).Ends(1).Warns("No schema was found", "prisma/schema.prisma", "sluice init");
        (await work.RunAsync("validate")).Ends(1).Warns("No schema was found");
        (await work.RunAsync("validate", "--schema", "there.prisma")).Ends(1).Warns("There is no schema at there.prisma");
    }

    [Fact]
    public async Task A_schema_or_a_migrations_folder_that_was_named_must_be_there()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        foreach (var command in new[] { "migrate deploy", "migrate status", "migrate resolve --applied 20250101000000_init", "migrate reset --force", "db push", "db seed" })
        {
            var run = (await work.RunAsync([.. command.Split(' '), "--schema", "prsima/schema.prisma"])).Ends(1).Warns("P1012", "There is no schema at prsima/schema.prisma.");
            Assert.DoesNotContain("loaded", run.Error, StringComparison.Ordinal);
        }

        foreach (var command in new[] { "migrate deploy", "migrate status", "migrate resolve --applied 20250101000000_init", "migrate reset --force" })
        {
            (await work.RunAsync([.. command.Split(' '), "--migrations", "migratoins"])).Ends(1).Warns("There is no migrations folder at migratoins.");
        }

        Assert.False(await work.HasTableAsync("_prisma_migrations"));
        var before = work["schema.prisma"];
        await work.Database.ExecuteAsync("CREATE TABLE t (id INT PRIMARY KEY)");
        (await work.RunAsync("db", "pull", "--schema", "new/schema.prisma")).Ends(1).Warns("There is no schema at new/schema.prisma.");
        Assert.Equal(before, work["schema.prisma"]);
    }

    [Fact]
    public async Task Shared_options_stand_before_or_after_the_command()
    {
        using var work = new Workspace();
        work.Write("a/b.prisma", Workspace.Datasource);
        (await work.RunAsync("--schema", "a/b.prisma", "-v", "validate")).Ends(0).Says("a/b.prisma");
        (await work.RunAsync("validate", "--no-color", "--schema", "a/b.prisma")).Ends(0);
    }
}
