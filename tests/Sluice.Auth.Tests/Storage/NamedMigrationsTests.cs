using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Storage;

/// <summary>The library's migrations in the names of the options.</summary>
public sealed class NamedMigrationsTests
{
    private const string Shape = """
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
          SELECT format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) AS line
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
          UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
          UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace) l
        """;

    [Fact]
    public async Task Under_default_names_they_make_what_the_plain_ones_make()
    {
        await using var plain = await TestNode.NewDatabaseAsync();
        await using var named = await TestDatabase.CreateAsync(Script(new TableOptions()));

        Assert.Equal(await plain.QueryAsync(Shape), await named.QueryAsync(Shape));
    }

    [Fact]
    public async Task A_schema_of_its_own_with_snake_case_other_names_and_cuids_carries_the_whole_story()
    {
        await using var database = await TestDatabase.CreateAsync("CREATE TABLE users (id int); CREATE TABLE audit_logs (id int)");
        await using var node = await TestNode.StartAsync(database, o =>
        {
            o.MigrateOnStart = true;
            o.Tables.Schema = "au\"th";
            o.Tables.Ids = IdKind.Cuid;
            o.Tables.Columns = ColumnStyle.SnakeCase;
            o.Tables.Names["users"] = "accounts";
            o.Tables.Names["users.email"] = "mail";
            o.Tables.Names["auth_attempts.email"] = "address";
        });

        await Story.RunAsync(node, "ada");

        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM \"au\"\"th\".accounts WHERE mail = 'ada@example.com' AND id LIKE 'c%' AND password_hash IS NULL"));
        Assert.Equal("auth_history", ((string)(await database.QueryAsync("SELECT string_agg(schemaname, '') FROM pg_tables WHERE tablename = '_prisma_migrations'"))!).Replace("\"", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_nodes_that_start_at_the_same_moment_one_makes_the_tables_and_all_start()
    {
        await using var database = await TestDatabase.CreateAsync("CREATE TABLE of_the_application (id int)");

        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TestNode.StartAsync(database, o => o.MigrateOnStart = true)));

        var ada = await nodes[0].RegisterAsync();
        Assert.All(await Task.WhenAll(nodes.Select(n => n.StatusAsync(ada.Access))), status => Assert.Equal(System.Net.HttpStatusCode.OK, status));
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Written_to_a_folder_they_are_migrations_that_migrate_deploy_takes()
    {
        await using var database = await TestDatabase.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-auth-test-").FullName;
        var options = new TableOptions { Columns = ColumnStyle.SnakeCase };
        var migrations = new NamedMigrations(Names.Resolve(options), new HashSet<string>());
        try
        {
            Assert.NotEmpty(await migrations.WriteAsync(folder, CancellationToken.None));
            Assert.Empty(await migrations.WriteAsync(folder, CancellationToken.None));
            await Deploy.RunAsync(new RunSettings { Address = DatabaseAddress.Parse(database.Url), MigrationsPath = folder });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await using var node = await TestNode.StartAsync(database, o => o.Tables.Columns = ColumnStyle.SnakeCase);
        await node.RegisterAsync();
    }

    private static string Script(TableOptions options) => string.Join('\n', new NamedMigrations(Names.Resolve(options), new HashSet<string>()).All().Select(m => m.Sql));
}
