using Sluice.Catalog;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Verifying;

/// <summary>What was consented to, and what is there when the steps run.</summary>
public sealed class ConsentTests
{
    private const string Before = "model T {\n  id Int @id\n  v  Int?\n}";
    private const string After = "model T {\n  id Int @id\n}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_that_came_after_the_count_stops_the_push()
    {
        await using var bench = await OpenAsync();
        var proposal = await Push.PlanAsync(bench.Settings, Wanted(After), Stop);
        Assert.Empty(proposal.Warnings);
        await bench.ExecuteAsync("""INSERT INTO "T" VALUES (1, 1)""");

        var problem = await Workbench.FailAsync(() => Push.ApplyAsync(bench.Settings, proposal, cancellation: Stop));

        Assert.Equal("SL5007", problem.Code);
        Assert.Contains("which still contains 1 non-null values", problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, await bench.ScalarAsync<int>("""SELECT v FROM "T" """));
    }

    [Fact]
    public async Task Consent_to_any_loss_covers_rows_that_came_later()
    {
        await using var bench = await OpenAsync();
        var proposal = await Push.PlanAsync(bench.Settings, Wanted(After), Stop);
        await bench.ExecuteAsync("""INSERT INTO "T" VALUES (1, 1)""");

        await Push.ApplyAsync(bench.Settings, proposal, anyLoss: true, Stop);

        Assert.True((await Push.PlanAsync(bench.Settings, Wanted(After), Stop)).IsEmpty);
    }

    [Fact]
    public async Task A_catalog_that_was_changed_meanwhile_stops_the_push()
    {
        await using var bench = await OpenAsync();
        var proposal = await Push.PlanAsync(bench.Settings, Wanted(After), Stop);
        await bench.ExecuteAsync("""ALTER TABLE "T" ADD COLUMN theirs int""");

        var problem = await Workbench.FailAsync(() => Push.ApplyAsync(bench.Settings, proposal, anyLoss: true, Stop));

        Assert.Equal("SL5007", problem.Code);
        Assert.Equal(3, await bench.ScalarAsync<long>("""SELECT count(*) FROM information_schema.columns WHERE table_name = 'T'"""));
    }

    [Theory]
    [InlineData("""INSERT INTO "T" VALUES (1, 1)""")]
    [InlineData("""DROP TABLE "T" """)]
    public async Task A_new_migration_is_taken_back_when_the_rows_are_no_longer_those_that_were_counted(string meanwhile)
    {
        await using var bench = await Workbench.OpenAsync();
        Dev.Create(bench.Settings, await ProposeAsync(bench, Before), "init");
        await bench.DeployAsync();
        var proposal = await ProposeAsync(bench, After);
        var created = Dev.Create(bench.Settings, proposal, "less");
        await bench.ExecuteAsync(meanwhile);

        var problem = await Workbench.FailAsync(() => Dev.ApplyCreatedAsync(bench.Settings, proposal, created, Stop));

        Assert.Equal("SL5007", problem.Code);
        Assert.False(Directory.Exists(Path.GetDirectoryName(created.Path)));
        Assert.True((await Status.ReadAsync(bench.Settings, false, Stop)).UpToDate);
    }

    [Fact]
    public async Task A_new_migration_is_applied_when_nothing_happened_meanwhile()
    {
        await using var bench = await Workbench.OpenAsync();
        var proposal = await ProposeAsync(bench, Before);
        var created = Dev.Create(bench.Settings, proposal, "init");

        Assert.Equal([created.Name], (await Dev.ApplyCreatedAsync(bench.Settings, proposal, created, Stop)).Applied);
    }

    private static async Task<Workbench> OpenAsync()
    {
        var bench = await Workbench.OpenAsync();
        await Push.ApplyAsync(bench.Settings, await Push.PlanAsync(bench.Settings, Wanted(Before), Stop), cancellation: Stop);
        return bench;
    }

    private static async Task<SchemaProposal> ProposeAsync(Workbench bench, string schema) =>
        await Dev.ProposeAsync(bench.Settings, await Dev.DiagnoseAsync(bench.Settings, Wanted(schema), Stop), cancellation: Stop);

    private static Database Wanted(string schema)
    {
        var text = "datasource db {\n  provider = \"postgresql\"\n  url = env(\"X\")\n}\n" + schema;
        return CatalogBuilder.Build(Migration.Read(new SourceText("schema.prisma", text)).Value);
    }
}
