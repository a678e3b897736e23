using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Objects;

public sealed class DeclarationTests
{
    private const string Author = """
        model Author {
          id    Int     @id @default(autoincrement())
          name  String
          age   Int?
          upper String? @default(dbgenerated())
          place Unsupported("place")?
        }
        """;

    private const string Sql = """
        CREATE VIEW loud AS SELECT cried, id FROM cries;
        CREATE VIEW cries AS SELECT id, cry(name) AS cried, age FROM "Author";
        CREATE FUNCTION cry(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper($1) $$;
        COMMENT ON VIEW loud IS 'what is cried';
        ALTER TABLE "Author" ADD CONSTRAINT of_age CHECK (age > 0), DROP COLUMN upper, ADD COLUMN upper text GENERATED ALWAYS AS (cry(name)) STORED;
        CREATE FUNCTION is_grown(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT n >= 18; END;
        CREATE TYPE place AS (x integer, y integer);
        CREATE INDEX by_cry ON "Author" (cry(name)) WHERE age > 18;
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_migration_makes_what_the_schema_and_the_files_say_and_then_there_is_nothing_to_do()
    {
        await using var bench = await BenchAsync(Sql);
        var (script, back) = await ChangeAsync(bench, Author);

        Assert.Contains("CREATE TABLE \"Author\"", script, StringComparison.Ordinal);
        Assert.Contains("CREATE VIEW \"public\".\"loud\"", script, StringComparison.Ordinal);
        Assert.Equal(ProofVerdict.Proved, back!.Proof.Verdict);
        await bench.ExecuteAsync("INSERT INTO \"Author\" (name, age) VALUES ('ann', 20)");
        Assert.Equal("ANN", await bench.ScalarAsync<string>("SELECT cried FROM loud"));
        Assert.Equal("ANN", await bench.ScalarAsync<string>("SELECT upper FROM \"Author\""));
        Assert.True((await ProposeAsync(bench, Author)).IsEmpty);
        Assert.Empty((await Status.ReadAsync(bench.Settings, true, Stop)).Drift!);
    }

    [Fact]
    public async Task A_column_under_a_view_changes_with_the_view_and_what_the_files_no_longer_say_goes()
    {
        await using var bench = await BenchAsync(Sql);
        await ChangeAsync(bench, Author);
        bench.Settings = bench.Settings with { SqlFiles = [Files(Sql.Replace("COMMENT ON VIEW loud IS 'what is cried';", "", StringComparison.Ordinal))] };
        var (script, _) = await ChangeAsync(bench, Author.Replace("age   Int?", "age   BigInt?", StringComparison.Ordinal));

        Assert.Contains("DROP VIEW \"public\".\"cries\"", script, StringComparison.Ordinal);
        Assert.DoesNotContain("COMMENT", script, StringComparison.Ordinal);
        Assert.True(await bench.HasTableAsync("loud"));
        Assert.True(await bench.ScalarAsync<bool>("SELECT obj_description('loud'::regclass) IS NULL"));
        Assert.True((await ProposeAsync(bench, Author.Replace("age   Int?", "age   BigInt?", StringComparison.Ordinal))).IsEmpty);
    }

    [Fact]
    public async Task Without_files_objects_are_left_alone()
    {
        const string Plain = "model Author {\n  id Int @id\n}";
        await using var bench = await BenchAsync();
        await ChangeAsync(bench, Plain);
        bench.Write("20300101000000_view", "CREATE VIEW ids AS SELECT id FROM \"Author\";");

        Assert.True((await ProposeAsync(bench, Plain)).IsEmpty);
    }

    [Fact]
    public async Task What_holds_data_is_not_dropped_unasked()
    {
        const string Plain = "model Author {\n  id Int @id\n}";
        await using var bench = await BenchAsync("CREATE MATERIALIZED VIEW ids AS SELECT id FROM \"Author\"; CREATE SEQUENCE numbers;");
        await ChangeAsync(bench, Plain);
        bench.Settings = bench.Settings with { SqlFiles = [Files("CREATE SEQUENCE numbers;")] };

        Assert.Equal(["You are about to drop the materialized view `ids`. The rows it contains will be lost."], (await ProposeAsync(bench, Plain)).Warnings);
    }

    [Fact]
    public async Task Many_statements_in_the_worst_order_find_what_they_need_wherever_they_commit()
    {
        var views = Enumerable.Range(0, 40).Reverse().Select(i => $"CREATE VIEW v{i} AS SELECT id FROM {(i == 0 ? "\"Author\"" : $"v{i - 1}")};");
        await using var bench = await BenchAsync($$"""
            {{string.Join('\n', views.Take(20))}}
            CREATE VIEW fresh AS SELECT 'b'::mood AS m;
            DO $do$ BEGIN EXECUTE 'CREATE VIEW done AS SELECT id FROM v3'; END $do$;
            ALTER TYPE mood ADD VALUE 'b';
            {{string.Join('\n', views.Skip(20))}}
            CREATE INDEX CONCURRENTLY by_half ON "Author" ((id / 2));
            CREATE TYPE mood AS ENUM ('a');
            """);
        var made = await Declaration.CatalogAsync(bench.Settings, Wanted("model Author {\n  id Int @id\n}"), Stop);

        Assert.Equal(42, made.Objects.Count(o => o.Id.Kind is ObjectKind.View));
        Assert.Contains(made.Objects, o => o.Id.Part == "by_half");
    }

    [Fact]
    public async Task What_the_files_make_is_remembered_until_they_or_the_schema_change()
    {
        await using var bench = await BenchAsync("CREATE VIEW ids AS SELECT id FROM \"Author\";");
        var cache = Directory.CreateTempSubdirectory("sluice-declared-");
        var made = 0;
        bench.Settings = bench.Settings with { CacheFolder = cache.FullName, Progress = new Counted(() => made++) };
        foreach (var (schema, databases) in new[] { ("id Int @id", 1), ("id Int @id", 1), ("id BigInt @id", 2), ("id Int @id", 2) })
        {
            var declared = await Declaration.CatalogAsync(bench.Settings, Wanted($"model Author {{\n  {schema}\n}}"), Stop);
            Assert.Contains(declared.Objects, o => o.Id.Name == "ids");
            Assert.Equal(databases, made);
        }

        cache.Delete(recursive: true);
    }

    [Fact]
    public async Task A_statement_that_cannot_be_applied_is_told_with_its_file_and_line()
    {
        await using var bench = await BenchAsync("CREATE VIEW a AS\n  SELECT id FROM b;\n\nCREATE VIEW c AS\n  SELECT nothing FROM \"Author\";\n");
        var problem = await Workbench.FailAsync(() => Declaration.CatalogAsync(bench.Settings, Wanted("model Author {\n  id Int @id\n}"), Stop));

        Assert.Equal("SL5008", problem.Code);
        Assert.Equal(("sql/objects.sql", 2, "42P01"), (problem.Statement!.File, problem.Statement.Line, problem.Statement.Error.SqlState));
        Assert.Contains("sql/objects.sql:5: 42703 column \"nothing\" does not exist", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_do_not_change_what_the_schema_says()
    {
        await using var bench = await BenchAsync("ALTER TABLE \"Author\" ADD COLUMN more text;");
        var problem = await Workbench.FailAsync(() => Declaration.CatalogAsync(bench.Settings, Wanted("model Author {\n  id Int @id\n}"), Stop));

        Assert.Equal("SL5009", problem.Code);
        Assert.Contains("[+] Added column `more`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_may_hold_tables_of_their_own_and_make_keys_what_the_language_cannot_say()
    {
        const string Schema = "model Author {\n  id Int @id\n  books Book[]\n}\nmodel Book {\n  id Int @id\n  author Author @relation(fields: [authorId], references: [id])\n  authorId Int\n  @@index([authorId])\n}";
        await using var bench = await BenchAsync("""
            CREATE TABLE event (at timestamp(3) NOT NULL, kind text) PARTITION BY RANGE (at);
            CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            ALTER TABLE "Book" ALTER CONSTRAINT "Book_authorId_fkey" DEFERRABLE;
            ALTER INDEX "Book_authorId_idx" SET (fillfactor = 70);
            """);
        await ChangeAsync(bench, Schema);

        Assert.True((await ProposeAsync(bench, Schema)).IsEmpty);
        Assert.True(await bench.HasTableAsync("event_2026"));
    }

    private static async Task<Workbench> BenchAsync(string? sql = null)
    {
        var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { SqlFiles = sql is null ? [] : [Files(sql)] };
        return bench;
    }

    private static SourceText Files(string sql) => new("sql/objects.sql", sql);

    private static async Task<(string Script, Reversal? Back)> ChangeAsync(Workbench bench, string schema)
    {
        var proposal = await ProposeAsync(bench, schema);
        var (created, back) = await Dev.CreateWithDownAsync(bench.Settings, proposal, "change", cancellation: Stop);
        try
        {
            await bench.DeployAsync();
        }
        catch (ProblemException failed)
        {
            throw new InvalidOperationException(created.Script, failed);
        }

        return (created.Script, back);
    }

    private static async Task<SchemaProposal> ProposeAsync(Workbench bench, string schema)
    {
        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Wanted(schema), Stop);
        Assert.False(diagnosis.IsBlocked, string.Join('\n', diagnosis.Drift));
        await Dev.ApplyPendingAsync(bench.Settings, diagnosis, Stop);
        return await Dev.ProposeAsync(bench.Settings, diagnosis, cancellation: Stop);
    }

    private sealed class Counted(Action made) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is RunEvent.ShadowCreated)
            {
                made();
            }
        }
    }

    private static Database Wanted(string schema) => CatalogBuilder.Build(Migration.Read(new SourceText("schema.prisma", schema)).Value);
}
