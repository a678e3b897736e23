using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Xunit;

namespace Sluice.Postgres.Tests.History;

/// <summary>Rows written as Prisma writes them are read as what they say.</summary>
public sealed class ProtocolTests
{
    // The statement and the column order of Prisma's own table.
    private const string PrismaTable = """
        CREATE TABLE _prisma_migrations (
            id                      VARCHAR(36) PRIMARY KEY NOT NULL,
            checksum                VARCHAR(64) NOT NULL,
            finished_at             TIMESTAMPTZ,
            migration_name          VARCHAR(255) NOT NULL,
            logs                    TEXT,
            rolled_back_at          TIMESTAMPTZ,
            started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
            applied_steps_count     INTEGER NOT NULL DEFAULT 0
        );
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_that_Prisma_wrote_is_up_to_date()
    {
        await using var bench = await WithHistoryAsync("now(), 1");

        var status = await Status.ReadAsync(bench.Settings, withDrift: true, Stop);

        Assert.True(status.UpToDate);
        Assert.Empty(status.Drift!.Value);
        Assert.Empty((await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task A_baseline_that_Prisma_recorded_counts_as_applied()
    {
        await using var bench = await WithHistoryAsync("now(), 0");

        Assert.True((await Status.ReadAsync(bench.Settings, false, Stop)).UpToDate);
    }

    [Fact]
    public async Task A_failure_that_Prisma_recorded_blocks_and_is_resolved()
    {
        await using var bench = await WithHistoryAsync("NULL, 0");

        Assert.Equal("P3009", (await bench.DeployFailsAsync()).Code);
        await Resolve.AppliedAsync(bench.Settings, "1_init", Stop);
        Assert.True((await Status.ReadAsync(bench.Settings, false, Stop)).UpToDate);
        Assert.Equal(
            "rolled back|NULL/applied||0",
            await bench.ScalarAsync<string>(
                """
                SELECT string_agg(concat_ws('|', CASE WHEN rolled_back_at IS NULL THEN 'applied' ELSE 'rolled back' END, coalesce(logs, 'NULL'),
                                            CASE WHEN finished_at = started_at THEN applied_steps_count END), '/' ORDER BY started_at)
                FROM _prisma_migrations
                """));
    }

    [Fact]
    public async Task An_edited_file_is_told_and_a_changed_line_end_is_not()
    {
        await using var bench = await WithHistoryAsync("now(), 1");
        bench.Write("1_init", "CREATE TABLE a (\r\n  id int\r\n);\r\n");
        Assert.Empty((await Status.ReadAsync(bench.Settings, false, Stop)).History.Edited);

        bench.Write("1_init", "CREATE TABLE a (id bigint);");
        Assert.Equal(["1_init"], (await Status.ReadAsync(bench.Settings, false, Stop)).History.Edited);
        Assert.Equal(["1_init"], (await bench.DeployAsync()).Edited);
    }

    [Fact]
    public async Task Resolving_what_needs_no_resolving_is_refused()
    {
        await using var bench = await WithHistoryAsync("now(), 1");

        Assert.Equal("P3008", (await Workbench.FailAsync(() => Resolve.AppliedAsync(bench.Settings, "1_init", Stop))).Code);
        Assert.Equal("P3012", (await Workbench.FailAsync(() => Resolve.RolledBackAsync(bench.Settings, "1_init", Stop))).Code);
        Assert.Equal("P3011", (await Workbench.FailAsync(() => Resolve.RolledBackAsync(bench.Settings, "2_never", Stop))).Code);
        Assert.Equal("P3017", (await Workbench.FailAsync(() => Resolve.AppliedAsync(bench.Settings, "2_never", Stop))).Code);
    }

    private static async Task<Workbench> WithHistoryAsync(string finishedAndSteps)
    {
        const string Script = "CREATE TABLE a (\n  id int\n);\n";
        var bench = await Workbench.OpenAsync();
        bench.Write("1_init", Script);
        await bench.ExecuteAsync(
            $"""
            {PrismaTable}
            {Script}
            INSERT INTO _prisma_migrations (id, checksum, started_at, migration_name, finished_at, applied_steps_count)
            VALUES (gen_random_uuid()::text, '{Checksums.Of(System.Text.Encoding.UTF8.GetBytes(Script))}', now() - interval '1 s', '1_init', {finishedAndSteps})
            """);
        return bench;
    }
}
