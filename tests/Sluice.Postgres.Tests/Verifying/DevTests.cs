using Sluice.Catalog;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Verifying;

public sealed class DevTests
{
    private const string Users = """
        model User {
          id    Int    @id @default(autoincrement())
          email String @unique
        }
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_nothing_to_a_first_migration_and_then_nothing_to_do()
    {
        await using var bench = await Workbench.OpenAsync();

        var created = await ChangeAsync(bench, Users, "first one");

        Assert.EndsWith("_first_one", created, StringComparison.Ordinal);
        Assert.True(await bench.HasTableAsync("\"User\""));
        var again = await Dev.DiagnoseAsync(bench.Settings, Wanted(Users), Stop);
        Assert.False(again.IsBlocked);
        Assert.True((await Dev.ProposeAsync(bench.Settings, again, cancellation: Stop)).IsEmpty);
        Assert.True((await Status.ReadAsync(bench.Settings, true, Stop)).UpToDate);
    }

    [Fact]
    public async Task A_step_that_loses_data_is_told_with_its_rows()
    {
        await using var bench = await Workbench.OpenAsync();
        await ChangeAsync(bench, Users, "init");
        await bench.ExecuteAsync("""INSERT INTO "User" (email) VALUES ('a'), ('b'), ('c')""");

        var proposal = await ProposeAsync(bench, """
            model User {
              id  Int    @id @default(autoincrement())
              age Int
            }
            """);

        Assert.Equal(["You are about to drop the column `email` on the `User` table, which still contains 3 non-null values."], proposal.Warnings);
        Assert.Equal(["Added the required column `age` to the `User` table without a default value. There are 3 rows in this table, it is not possible to execute this step."], proposal.Unexecutable);
        Assert.StartsWith("/*\n  Warnings:\n\n  - You are about to drop the column `email` on the `User` table. All the data in the column will be lost.\n", proposal.Script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_step_on_an_empty_table_is_no_loss()
    {
        await using var bench = await Workbench.OpenAsync();
        await ChangeAsync(bench, Users, "init");

        var proposal = await ProposeAsync(bench, "model User {\n  id Int @id @default(autoincrement())\n  age Int\n}");

        Assert.Empty(proposal.Warnings);
        Assert.Empty(proposal.Unexecutable);
        Assert.Contains("Warnings", proposal.Script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_a_policy_hides_from_the_owner_are_not_lost_unasked()
    {
        await using var bench = await Workbench.OpenAsync();
        var owner = $"owner_{Guid.NewGuid():N}";
        await bench.ExecuteAsync($"CREATE ROLE {owner}");
        try
        {
            await ChangeAsync(bench, Users, "init");
            await bench.ExecuteAsync($"""
                INSERT INTO "User" (email) VALUES ('a');
                ALTER TABLE "User" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                GRANT ALL ON ALL TABLES IN SCHEMA public TO {owner};
                ALTER TABLE "User" OWNER TO {owner};
                """);
            var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Wanted("model Other {\n  id Int @id\n}"), Stop);
            var asOwner = bench.Settings with { Address = bench.Settings.Address with { Options = $"-c role={owner}" } };

            var proposal = await Dev.ProposeAsync(asOwner, diagnosis, cancellation: Stop);

            Assert.Equal(["You are about to drop the `User` table. If the table is not empty, all the data it contains will be lost."], proposal.Warnings);
        }
        finally
        {
            await bench.ExecuteAsync($"DROP OWNED BY {owner}; DROP ROLE {owner}");
        }
    }

    [Fact]
    public async Task Drift_is_what_the_database_has_beyond_its_history()
    {
        await using var bench = await Workbench.OpenAsync();
        await ChangeAsync(bench, Users, "init");
        await bench.ExecuteAsync("""ALTER TABLE "User" ADD COLUMN hotfix text; CREATE TABLE extra (id int PRIMARY KEY)""");

        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Wanted(Users), Stop);

        Assert.True(diagnosis.IsBlocked);
        Assert.NotEmpty(diagnosis.Drift);
        Assert.Empty(diagnosis.History.Edited);
        Assert.Equal(diagnosis.Drift.Length, (await Status.ReadAsync(bench.Settings, true, Stop)).Drift!.Value.Length);
    }

    [Fact]
    public async Task Edited_missing_and_failed_migrations_are_told_apart_from_drift()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a (id int);");
        bench.Write("2_b", "CREATE TABLE b (id int);");
        await bench.DeployAsync();
        bench.Write("1_a", "CREATE TABLE a (id bigint);");
        Directory.Delete(Path.Combine(bench.Settings.MigrationsPath, "2_b"), recursive: true);

        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Wanted(Users), Stop);
        Assert.Equal((["1_a"], ["2_b"]), (diagnosis.History.Edited.ToArray(), diagnosis.History.Missing.ToArray()), TupleOfLists);
        Assert.Empty(diagnosis.Drift);

        bench.Settings = bench.Settings with { JournalDisabled = true };
        bench.Write("3_c", "SELECT 1/0;");
        await bench.DeployFailsAsync();
        Assert.Equal("3_c", Assert.Single((await Dev.DiagnoseAsync(bench.Settings, Wanted(Users), Stop)).Unproved).MigrationName);
    }

    [Fact]
    public async Task Tables_without_history_are_unmanaged_and_not_drift()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE legacy (id int)");

        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Wanted(Users), Stop);

        Assert.True(diagnosis.Unmanaged);
        Assert.Empty(diagnosis.Drift);
        Assert.False(await bench.HasTableAsync("_prisma_migrations"));
    }

    [Fact]
    public async Task Pending_migrations_are_applied_and_count_as_done_in_the_proposal()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_users", """
            CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
            CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
            """);

        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Wanted(Users), Stop);

        Assert.False(diagnosis.IsBlocked);
        Assert.Equal(["1_users"], (await Dev.ApplyPendingAsync(bench.Settings, diagnosis, Stop)).Applied);
        Assert.True((await Dev.ProposeAsync(bench.Settings, diagnosis, cancellation: Stop)).IsEmpty);
    }

    [Fact]
    public async Task A_late_pending_migration_must_also_replay_in_its_own_place()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("2_users", """CREATE TABLE "User" (id int);""");
        await bench.DeployAsync();
        bench.Write("1_before", """ALTER TABLE "User" ADD COLUMN x int;""");

        var problem = await Workbench.FailAsync(() => Dev.DiagnoseAsync(bench.Settings, Wanted(Users), Stop));

        Assert.Equal(("P3006", "1_before"), (problem.Code, problem.Statement!.Migration));
    }

    [Fact]
    public async Task A_push_takes_the_database_to_the_schema_and_is_then_empty()
    {
        await using var bench = await Workbench.OpenAsync();

        var first = await Push.PlanAsync(bench.Settings, Wanted(Users), Stop);
        await Push.ApplyAsync(bench.Settings, first, cancellation: Stop);

        Assert.True((await Push.PlanAsync(bench.Settings, Wanted(Users), Stop)).IsEmpty);
        Assert.False(await bench.HasTableAsync("_prisma_migrations"));
    }

    [Fact]
    public async Task A_reset_empties_the_datasources_schemas_and_no_others()
    {
        await using var bench = await Workbench.OpenAsync();
        await ChangeAsync(bench, Users, "init");
        await bench.ExecuteAsync("""CREATE SCHEMA theirs; CREATE TABLE theirs.kept (); CREATE TABLE junk (); INSERT INTO "User" (email) VALUES ('a')""");

        var preview = await Reset.PreviewAsync(bench.Settings, Stop);
        Assert.Equal((3, 1), (preview.Tables, preview.Schemas.Length));
        var result = await Reset.RunAsync(bench.Settings, cancellation: Stop);

        Assert.Single(result.Applied);
        Assert.False(await bench.HasTableAsync("junk"));
        Assert.True(await bench.HasTableAsync("theirs.kept"));
        Assert.Equal(0, await bench.ScalarAsync<long>("""SELECT count(*) FROM "User" """));
    }

    private static readonly IEqualityComparer<(string[], string[])> TupleOfLists = EqualityComparer<(string[], string[])>.Create(
        (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2));

    private static async Task<string> ChangeAsync(Workbench bench, string schema, string title)
    {
        var proposal = await ProposeAsync(bench, schema);
        var created = Dev.Create(bench.Settings, proposal, title);
        await bench.DeployAsync();
        return created.Name;
    }

    private static async Task<SchemaProposal> ProposeAsync(Workbench bench, string schema)
    {
        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Wanted(schema), Stop);
        Assert.False(diagnosis.IsBlocked);
        await Dev.ApplyPendingAsync(bench.Settings, diagnosis, Stop);
        return await Dev.ProposeAsync(bench.Settings, diagnosis, cancellation: Stop);
    }

    private static Database Wanted(string schema)
    {
        var text = "datasource db {\n  provider = \"postgresql\"\n  url = env(\"X\")\n}\n" + schema;
        var read = Migration.Read(new SourceText("schema.prisma", text));
        Assert.False(read.HasErrors, string.Join('\n', read.Diagnostics.Select(d => d.Message)));
        return CatalogBuilder.Build(read.Value);
    }
}
