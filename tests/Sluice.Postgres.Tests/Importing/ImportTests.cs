using Sluice.Catalog;
using Sluice.Postgres.Importing;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Xunit;

namespace Sluice.Postgres.Tests.Importing;

public sealed class ImportTests
{
    // As the tools make them.
    private const string GolangTable = """CREATE TABLE IF NOT EXISTS "public"."schema_migrations" (version bigint not null primary key, dirty boolean not null);""";
    private const string DbmateTable = """create table if not exists "public"."schema_migrations" (version varchar primary key);""";
    private const string FlywayTable = """
        CREATE TABLE "public"."flyway_schema_history" (
            "installed_rank" INT NOT NULL,
            "version" VARCHAR(50),
            "description" VARCHAR(200) NOT NULL,
            "type" VARCHAR(20) NOT NULL,
            "script" VARCHAR(1000) NOT NULL,
            "checksum" INTEGER,
            "installed_by" VARCHAR(100) NOT NULL,
            "installed_on" TIMESTAMP NOT NULL DEFAULT now(),
            "execution_time" INTEGER NOT NULL,
            "success" BOOLEAN NOT NULL
        );
        ALTER TABLE "public"."flyway_schema_history" ADD CONSTRAINT "flyway_schema_history_pk" PRIMARY KEY ("installed_rank");
        CREATE INDEX "flyway_schema_history_s_idx" ON "public"."flyway_schema_history" ("success");
        """;

    private const string EfTable = """
        CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
            "MigrationId" character varying(150) NOT NULL,
            "ProductVersion" character varying(32) NOT NULL,
            CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId")
        );
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_of_golang_migrate_stay_where_they_are_and_those_up_to_its_version_are_applied()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.WriteFile("1_a.up.sql", "CREATE TABLE a (id int);");
        bench.WriteFile("1_a.down.sql", "DROP TABLE a;");
        bench.WriteFile("9_b.up.sql", "CREATE TABLE b (id int);");
        bench.WriteFile("10_c.up.sql", "CREATE TABLE c (id int);");
        await bench.ExecuteAsync(GolangTable + "CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO schema_migrations VALUES (9, false);");

        var plan = await ImportAsync(bench, ForeignTool.GolangMigrate, bench.Settings.MigrationsPath);

        Assert.Empty(plan.Drift);
        Assert.Equal([("1_a", true), ("9_b", true), ("10_c", false)], plan.Migrations.Select(m => (m.Name, m.Applied)));
        Assert.Equal(["10_c"], (await bench.DeployAsync()).Applied);
        Assert.True((await Status.ReadAsync(bench.Settings, true, Stop)).UpToDate);
        Assert.Equal(9L, await bench.ScalarAsync<long>("SELECT version FROM sluice.imported_golang_migrate"));
    }

    [Fact]
    public async Task What_was_taken_over_is_not_taken_over_again()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.WriteFile("1_a.up.sql", "CREATE TABLE a (id int);");
        await bench.ExecuteAsync(GolangTable + "CREATE TABLE a (id int); INSERT INTO schema_migrations VALUES (1, false);");
        await ImportAsync(bench, ForeignTool.GolangMigrate, bench.Settings.MigrationsPath);

        var problem = await Workbench.FailAsync(() => Import.PlanAsync(bench.Settings, ForeignTool.GolangMigrate, bench.Settings.MigrationsPath, Stop));

        Assert.Equal("SL5051", problem.Code);
        Assert.Contains("taken over already", problem.Message, StringComparison.Ordinal);
        Assert.Contains(problem.Remedies, r => r.Contains("sluice migrate status", StringComparison.Ordinal));

        await bench.ExecuteAsync(EfTable + "INSERT INTO \"__EFMigrationsHistory\" VALUES ('20240101000000_Init', '9.0.0'); CREATE TABLE sluice.imported_efcore ();");
        Assert.Equal("SL5051", (await Workbench.FailAsync(() => Import.AppliedAsync(bench.Settings, ForeignTool.EfCore, Stop))).Code);
    }

    [Fact]
    public async Task A_dirty_version_is_refused()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.WriteFile("1_a.up.sql", "CREATE TABLE a (id int);");
        await bench.ExecuteAsync(GolangTable + "INSERT INTO schema_migrations VALUES (1, true);");

        var problem = await Workbench.FailAsync(() => Import.PlanAsync(bench.Settings, ForeignTool.GolangMigrate, bench.Settings.MigrationsPath, Stop));

        Assert.Equal("SL5054", problem.Code);
        Assert.Contains(problem.Remedies, r => r.Contains("migrate force", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_of_dbmate_is_cut_in_two()
    {
        await using var bench = await Workbench.OpenAsync();
        var folder = Source(bench,
            ("20250101000000_a.sql", "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\nDROP TABLE a;\n"),
            ("20250102000000_b.sql", "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\n-- migrate:down\n"),
            ("20250103000000_c.sql", "-- migrate:up\nCREATE TABLE c (id int);"));
        await bench.ExecuteAsync(DbmateTable + "CREATE TABLE a (id int); CREATE INDEX i ON a (id); INSERT INTO schema_migrations VALUES ('20250101000000'), ('20250102000000');");

        var plan = await ImportAsync(bench, ForeignTool.Dbmate, folder);

        Assert.Empty(plan.Drift);
        Assert.Equal([true, true, false], plan.Migrations.Select(m => m.Applied));
        Assert.Equal(("CREATE TABLE a (id int);\n", "DROP TABLE a;\n"), (plan.Migrations[0].Up, plan.Migrations[0].Down));
        Assert.Null(plan.Migrations[1].Down);
        Assert.Equal(["20250103000000_c"], (await bench.DeployAsync()).Applied);
        Assert.True((await Status.ReadAsync(bench.Settings, true, Stop)).UpToDate);
    }

    [Fact]
    public async Task Versions_of_flyway_keep_their_order_and_repeatables_come_last()
    {
        await using var bench = await Workbench.OpenAsync();
        var folder = Source(bench,
            ("V1__a.sql", "CREATE TABLE a (id int);"),
            ("V1.9__b.sql", "CREATE TABLE b (id int);"),
            ("V1_10__c.sql", "CREATE TABLE c (id int);"),
            ("U1.9__b.sql", "DROP TABLE b;"),
            ("V2__d.sql", "CREATE TABLE d (id int);"),
            ("R__seen_things.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;"));
        await bench.ExecuteAsync(FlywayTable + """
            CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int); CREATE VIEW v AS SELECT 1 AS one;
            INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, installed_by, execution_time, success) VALUES
              (1, '1', 'a', 'SQL', 'V1__a.sql', 'x', 1, true),
              (2, '1.9', 'b', 'SQL', 'V1.9__b.sql', 'x', 1, true),
              (3, '1.10', 'c', 'SQL', 'V1_10__c.sql', 'x', 1, true),
              (4, '2', 'd', 'SQL', 'V2__d.sql', 'x', 1, true),
              (5, '2', 'd', 'UNDO_SQL', 'U2__d.sql', 'x', 1, true),
              (6, NULL, 'seen things', 'SQL', 'R__seen_things.sql', 'x', 1, true);
            """);

        var plan = await ImportAsync(bench, ForeignTool.Flyway, folder);

        Assert.Equal(
            [("01.00_a", true), ("01.09_b", true), ("01.10_c", true), ("02.00_d", false), ("03.00_seen_things", true)],
            plan.Migrations.Select(m => (m.Name, m.Applied)));
        Assert.Equal("DROP TABLE b;", plan.Migrations[1].Down);
        Assert.Empty(plan.Drift);
        Assert.Equal(["01.00_a", "01.09_b", "01.10_c", "02.00_d", "03.00_seen_things"], MigrationFolder.Read(bench.Settings.MigrationsPath).Names);
        Assert.Equal(["02.00_d"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task What_was_there_before_a_baseline_of_flyway_is_applied()
    {
        await using var bench = await Workbench.OpenAsync();
        var folder = Source(bench, ("V1__a.sql", "CREATE TABLE a (id int);"), ("V2__b.sql", "CREATE TABLE b (id int);"), ("V3__c.sql", "CREATE TABLE c (id int);"));
        await bench.ExecuteAsync(FlywayTable + """
            CREATE TABLE a (id int); CREATE TABLE b (id int);
            INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, installed_by, execution_time, success) VALUES (1, '2', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', 'x', 0, true);
            """);

        var plan = await ImportAsync(bench, ForeignTool.Flyway, folder);

        Assert.Equal([("1_a", true), ("2_b", true), ("3_c", false)], plan.Migrations.Select(m => (m.Name, m.Applied)));
    }

    [Theory]
    [InlineData("V1__a.sql", "CREATE TABLE ${prefix}a ()", "placeholder")]
    [InlineData("V1__a.sql", "SELECT 1", "version 7 is applied, and there is no file of it")]
    [InlineData("first.sql", "SELECT 1", "the name is none of that tool's")]
    public async Task What_cannot_be_taken_over_is_named(string file, string text, string finding)
    {
        await using var bench = await Workbench.OpenAsync();
        var folder = Source(bench, (file, text));
        await bench.ExecuteAsync(FlywayTable + "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, installed_by, execution_time, success) VALUES (1, '7', 'x', 'SQL', 'V7__x.sql', 'x', 1, true);");

        var problem = await Workbench.FailAsync(() => Import.PlanAsync(bench.Settings, ForeignTool.Flyway, folder, Stop));

        Assert.Equal("SL5055", problem.Code);
        Assert.Contains(finding, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_of_flyway_is_refused()
    {
        await using var bench = await Workbench.OpenAsync();
        var folder = Source(bench, ("V1__a.sql", "CREATE TABLE a (id int);"));
        await bench.ExecuteAsync(FlywayTable + "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, installed_by, execution_time, success) VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', 'x', 1, false);");

        Assert.Equal("SL5054", (await Workbench.FailAsync(() => Import.PlanAsync(bench.Settings, ForeignTool.Flyway, folder, Stop))).Code);
    }

    [Fact]
    public async Task A_database_that_differs_from_the_applied_files_says_how()
    {
        await using var bench = await Workbench.OpenAsync();
        var folder = Source(bench, ("1_a.sql", "-- migrate:up\nCREATE TABLE a (id int);"));
        await bench.ExecuteAsync(DbmateTable + "CREATE TABLE a (id int, by_hand text); INSERT INTO schema_migrations VALUES ('1');");

        var plan = await Import.PlanAsync(bench.Settings, ForeignTool.Dbmate, folder, Stop);

        Assert.Single(plan.Drift);
    }

    [Fact]
    public async Task What_another_tool_did_since_it_was_shown_stops_the_run()
    {
        await using var bench = await Workbench.OpenAsync();
        var folder = Source(bench, ("1_a.sql", "-- migrate:up\nCREATE TABLE a (id int);"));
        await bench.ExecuteAsync(DbmateTable);
        var plan = await Import.PlanAsync(bench.Settings, ForeignTool.Dbmate, folder, Stop);
        await bench.ExecuteAsync("CREATE TABLE a (id int); INSERT INTO schema_migrations VALUES ('1');");

        var problem = await Workbench.FailAsync(() => plan.RunAsync(bench.Settings, folder, Stop));

        Assert.Equal("SL5007", problem.Code);
        Assert.True(await bench.HasTableAsync("public.schema_migrations"));
        Assert.False(Directory.Exists(bench.Settings.MigrationsPath));
    }

    [Fact]
    public async Task Where_the_table_is_missing_or_the_folder_taken_that_is_said()
    {
        await using var bench = await Workbench.OpenAsync();
        var folder = Source(bench, ("1_a.sql", "-- migrate:up\nSELECT 1;"));
        Assert.Equal("SL5053", (await Workbench.FailAsync(() => Import.PlanAsync(bench.Settings, ForeignTool.Dbmate, folder, Stop))).Code);
        bench.WriteFile("001_x.up.sql", "SELECT 1;");
        Assert.Equal("SL5051", (await Workbench.FailAsync(() => Import.PlanAsync(bench.Settings, ForeignTool.Dbmate, folder, Stop))).Code);
        Assert.Equal("SL5051", (await Workbench.FailAsync(() => Import.PlanAsync(bench.Settings with { MigrationsPath = folder }, ForeignTool.Dbmate, folder, Stop))).Code);
    }

    [Fact]
    public async Task From_ef_core_the_live_database_is_the_first_migration()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync(EfTable + """
            CREATE TABLE "Blogs" ("Id" integer GENERATED BY DEFAULT AS IDENTITY, "Url" text NOT NULL, CONSTRAINT "PK_Blogs" PRIMARY KEY ("Id"));
            CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
            INSERT INTO "__EFMigrationsHistory" VALUES ('20240101000000_Init', '9.0.0');
            """);

        var applied = await Import.AppliedAsync(bench.Settings, ForeignTool.EfCore, Stop);
        var first = await FirstMigration.PlanAsync(bench.Settings, "0_init", new ObjectName("public", "__EFMigrationsHistory"), Stop);
        await Import.SetAsideAsync(bench.Settings, ForeignTool.EfCore, Stop);
        await first.WriteAsync(bench.Settings, Stop);

        Assert.Equal(["20240101000000_Init"], applied);
        Assert.True(first.Difference.IsEmpty, string.Join('\n', first.Difference.Missing.Concat(first.Difference.Extra)));
        Assert.DoesNotContain("EFMigrations", first.Script, StringComparison.Ordinal);
        Assert.True((await Status.ReadAsync(bench.Settings with { SeesObjects = true }, true, Stop)).UpToDate);
    }

    [Fact]
    public async Task A_live_database_is_taken_over_with_all_that_only_sql_can_say()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("""
            CREATE TYPE mood AS ENUM ('a', 'b');
            CREATE TABLE t (id serial PRIMARY KEY, m mood NOT NULL DEFAULT 'a', n int CHECK (n > 0));
            CREATE INDEX i ON t ((n + 1)) WHERE n > 1;
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
            CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
            CREATE VIEW v AS SELECT id FROM t;
            COMMENT ON TABLE t IS 'here';
            INSERT INTO t (n) VALUES (5);
            """);

        var first = await FirstMigration.PlanAsync(bench.Settings, "0_init", null, Stop);
        await first.WriteAsync(bench.Settings, Stop);

        Assert.True(first.Difference.IsEmpty, string.Join('\n', first.Difference.Missing.Concat(first.Difference.Extra)));
        Assert.True((await Status.ReadAsync(bench.Settings with { SeesObjects = true }, true, Stop)).UpToDate);
        Assert.Equal("SL5051", (await Workbench.FailAsync(() => FirstMigration.PlanAsync(bench.Settings, "0_init", null, Stop))).Code);
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task An_empty_database_is_nothing_to_take_over_and_another_schema_is_a_difference()
    {
        await using var bench = await Workbench.OpenAsync();
        Assert.Equal("SL5051", (await Workbench.FailAsync(() => FirstMigration.PlanAsync(bench.Settings, "0_init", null, Stop))).Code);
        await bench.ExecuteAsync("CREATE TABLE a (id int); CREATE SCHEMA other; CREATE TABLE other.b (id int);");

        var alone = await FirstMigration.PlanAsync(bench.Settings, "0_init", null, Stop);
        var both = await FirstMigration.PlanAsync(bench.Settings with { DeclaredSchemas = ["public", "other"] }, "0_init", null, Stop);

        Assert.Contains("schema other", alone.Difference.Missing);
        Assert.True(both.Difference.IsEmpty, string.Join('\n', both.Difference.Missing.Concat(both.Difference.Extra)));
    }

    private static string Source(Workbench bench, params (string Name, string Text)[] files)
    {
        var folder = Path.Combine(Path.GetDirectoryName(bench.Settings.MigrationsPath)!, "theirs");
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return folder;
    }

    private static async Task<Import> ImportAsync(Workbench bench, ForeignTool tool, string folder)
    {
        var plan = await Import.PlanAsync(bench.Settings, tool, folder, Stop);
        await plan.RunAsync(bench.Settings, folder, Stop);
        return plan;
    }
}
