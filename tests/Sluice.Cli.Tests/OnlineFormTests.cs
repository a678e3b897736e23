namespace Sluice.Cli.Tests;

/// <summary>`--online`: migrations that keep nobody waiting, written, applied, taken back, and killed half way.</summary>
public sealed class OnlineFormTests
{
    private const string Orders = """
        model Order {
          id   Int     @id @default(autoincrement())
          note String?
        }

        """;

    private const string More = """
        model Order {
          id      Int     @id @default(autoincrement())
          note    String
          code    String? @unique
          lines   Line[]
        }

        model Line {
          id    Int   @id
          order Order @relation(fields: [orderId], references: [id])
          orderId Int @default(1)
        }

        """;

    private const string Lines = "CREATE TABLE \"Order\" (\"id\" SERIAL PRIMARY KEY, \"note\" TEXT); CREATE TABLE \"Line\" (\"id\" INT PRIMARY KEY);";

    [Fact]
    public async Task A_migration_and_its_way_back_are_written_online_and_proved()
    {
        await using var work = await LiveWorkspace.CreateAsync(Orders);
        work.Write("sluice.json", "{\"online\": true}");
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        await work.QueryAsync("INSERT INTO \"Order\" (note) VALUES ('a'), ('b')");
        work.Schema(More.Replace("orderId Int @default(1)", "orderId Int", StringComparison.Ordinal));

        (await work.RunAsync("migrate", "dev", "-n", "more", "--yes")).Ends(0).Warns("down.sql takes it back").Says("Your database is now in sync with your schema.");

        var up = work[$"migrations/{work.Migrations.Last()}/migration.sql"];
        Assert.Contains("CREATE UNIQUE INDEX CONCURRENTLY \"Order_code_key\" ON \"Order\"(\"code\");", up, StringComparison.Ordinal);
        Assert.Contains("CHECK (\"note\" IS NOT NULL) NOT VALID;\nCOMMIT;\nALTER TABLE \"Order\" VALIDATE CONSTRAINT \"note_set\";\nCOMMIT;\n", up, StringComparison.Ordinal);
        Assert.Contains("NOT VALID;\nCOMMIT;\nALTER TABLE \"Line\" VALIDATE CONSTRAINT \"Line_orderId_fkey\";\n", up, StringComparison.Ordinal);
        Assert.Contains("DROP INDEX CONCURRENTLY \"Order_code_key\";", work[$"migrations/{work.Migrations.Last()}/down.sql"], StringComparison.Ordinal);
        (await work.RunAsync("down", work.Migrations.Last(), "--yes", "--no-backup")).Ends(0);
        (await work.RunAsync("up", "--yes", "--no-backup")).Ends(0);
        (await work.RunAsync("migrate", "status", "--drift")).Ends(0);
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM \"Order\""));

        work.Schema(More.Replace("orderId Int @default(1)", "orderId Int", StringComparison.Ordinal).Replace("note    String", "note    String @default(\"\")", StringComparison.Ordinal));
        (await work.RunAsync("migrate", "dev", "-n", "plain", "--online", "false")).Ends(0);
        Assert.StartsWith("-- AlterTable\nALTER TABLE \"Order\" ALTER COLUMN \"note\" SET DEFAULT '';\n", work[$"migrations/{work.Migrations.Last()}/migration.sql"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_rows_lack_is_filled_before_the_next_migration_requires_it()
    {
        await using var work = await LiveWorkspace.CreateAsync(Orders);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        await work.QueryAsync("INSERT INTO \"Order\" (note) VALUES ('a'), ('b')");
        work.Schema(Orders.Replace("note String?", "note String?\n  code String @default(dbgenerated(\"gen_random_uuid()\")) @db.Uuid", StringComparison.Ordinal));

        var json = (await work.RunAsync("migrate", "dev", "-n", "code", "--online", "--json")).Ends(0).Json;

        Assert.Equal("sluice migrate backfill --table Order --set '\"code\" = gen_random_uuid()' --where '\"code\" IS NULL'", Assert.Single(json.GetProperty("backfills").EnumerateArray()).GetString());
        (await work.RunAsync("migrate", "dev", "-n", "required", "--online")).Ends(1).Warns("there are 2 existing NULL values");
        (await work.RunAsync("migrate", "backfill", "--table", "Order", "--set", "\"code\" = gen_random_uuid()", "--where", "\"code\" IS NULL")).Ends(0);
        (await work.RunAsync("migrate", "dev", "-n", "required", "--online")).Ends(0).Says("Your database is now in sync with your schema.");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(DISTINCT code) FROM \"Order\""));
    }

    [Fact]
    public async Task What_no_migration_does_online_is_named_with_what_does()
    {
        await using var work = await LiveWorkspace.CreateAsync(Orders);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        work.Schema(Orders.Replace("@default(autoincrement())", "@default(autoincrement()) @db.BigInt", StringComparison.Ordinal).Replace("Int ", "BigInt ", StringComparison.Ordinal).Replace(" @db.BigInt", "", StringComparison.Ordinal));

        (await work.RunAsync("migrate", "dev", "-n", "wide", "--online", "--create-only")).Ends(0).Warns("Not online: Order is closed while every row is written anew", "sluice migrate online start");

        Assert.StartsWith("-- Not online: Order is closed", work[$"migrations/{work.Migrations.Last()}/migration.sql"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_kept_closes_its_table_and_that_is_said_too()
    {
        await using var work = await LiveWorkspace.CreateAsync(Orders);
        (await work.RunAsync("migrate", "dev", "-n", "init")).Ends(0);
        work.Schema(Orders.Replace("  note String?\n", "", StringComparison.Ordinal));

        (await work.RunAsync("migrate", "dev", "-n", "less", "--online", "--keep-data", "--create-only")).Ends(0).Warns("Not online: Order is closed while what goes is kept: LOCK TABLE");

        Assert.Contains("LOCK TABLE \"Order\" IN ACCESS EXCLUSIVE MODE;", work[$"migrations/{work.Migrations.Last()}/migration.sql"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versioned_files_take_it_from_migrate_diff_up_and_down()
    {
        await using var work = await LiveWorkspace.CreateAsync(More, Lines);
        work.Write("before.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\n" + Orders + "model Line {\n  id Int @id\n}\n");
        work.Write("migrations/1_init.up.sql", Lines);
        work.Write("migrations/1_init.down.sql", "DROP TABLE \"Order\", \"Line\";");
        (await work.RunAsync("migrate", "resolve", "--applied", "1_init")).Ends(0);
        (await work.RunAsync("migrate", "diff", "--from-schema", "before.prisma", "--to-schema", "schema.prisma", "--script", "--online", "-o", "migrations/2_more.up.sql")).Ends(0);
        (await work.RunAsync("migrate", "diff", "--from-schema", "schema.prisma", "--to-schema", "before.prisma", "--script", "--online", "-o", "migrations/2_more.down.sql")).Ends(0);

        (await work.RunAsync("migrate", "lint", "migrations/2_more.up.sql")).Ends(0);
        (await work.RunAsync("up", "--yes", "--no-backup")).Ends(0);
        Assert.Equal("NO", await work.QueryAsync("SELECT is_nullable::text FROM information_schema.columns WHERE table_name = 'Order' AND column_name = 'note'"));
        (await work.RunAsync("down", "2_more", "--yes", "--accept-data-loss", "--no-backup")).Ends(0);
        (await work.RunAsync("migrate", "diff", "--from-url", work.Database.Url, "--to-schema", "before.prisma", "--exit-code")).Ends(0);
    }

    [Theory]
    [InlineData("VALIDATE CONSTRAINT \"note_set\"")]
    [InlineData("SET NOT NULL")]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY")]
    [InlineData("VALIDATE CONSTRAINT \"Line_orderId_fkey\"")]
    public async Task After_kill_9_before_a_statement_the_next_run_goes_on_to_the_same_end(string statement)
    {
        await using var work = await LiveWorkspace.CreateAsync(More, ContinuedRunTests.Gate + Lines + "INSERT INTO \"Order\" (note) SELECT n::text FROM generate_series(1, 20) n; INSERT INTO \"Line\" VALUES (1);");
        work.Write("before.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\n" + Orders + "model Line {\n  id Int @id\n}\n");
        var script = (await work.RunAsync("migrate", "diff", "--from-schema", "before.prisma", "--to-schema", "schema.prisma", "--script", "--online")).Ends(0).Output;
        work.Migration("20250101000000_init", Lines);
        (await work.RunAsync("migrate", "resolve", "--applied", "20250101000000_init")).Ends(0);
        work.Migration("20250102000000_more", script);
        await work.QueryAsync($"INSERT INTO gate.stop VALUES ('{statement}')");

        await ContinuedRunTests.KillAtGateAsync(work, "migrate", "deploy", "--no-backup");

        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0).Says("20250102000000_more");
        (await work.RunAsync("migrate", "diff", "--from-url", work.Database.Url, "--to-schema", "schema.prisma", "--exit-code")).Ends(0);
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE t.relname IN ('Order', 'Line') AND (NOT convalidated OR conname LIKE '%\\_set')"));
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
    }
}
