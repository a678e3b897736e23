using Sluice.Postgres.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

/// <summary>What a role that lacks a right is told, and that the remedy helps.</summary>
public sealed class RightsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_that_may_only_be_read_stops_the_run_before_it_begins_and_the_remedy_helps()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a (id int);");
        await bench.DeployAsync();
        bench.Write("2_b", "CREATE TABLE b (id int);");
        await WithRoleAsync(bench, "GRANT USAGE, CREATE ON SCHEMA public TO {0}; GRANT SELECT ON _prisma_migrations TO {0}", async role =>
        {
            var events = new List<RunEvent>();
            bench.Settings = bench.Settings with { Progress = new Heard(events) };

            var problem = await bench.DeployFailsAsync();

            Assert.Equal("P1010", problem.Code);
            Assert.Contains("No migration was applied.", problem.Message, StringComparison.Ordinal);
            Assert.Empty(events.OfType<RunEvent.MigrationStarted>());
            Assert.False(await bench.HasTableAsync("b"));
            Assert.Equal($"GRANT SELECT, INSERT, UPDATE ON \"public\".\"_prisma_migrations\" TO \"{role}\";", Assert.Single(problem.Remedies));
            await bench.ExecuteAsync(problem.Remedies[0]);
            Assert.Equal(["2_b"], (await bench.DeployAsync()).Applied);
        });
    }

    [Fact]
    public async Task A_history_that_may_not_even_be_read_is_told_by_its_table()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.DeployAsync();
        await WithRoleAsync(bench, "GRANT USAGE ON SCHEMA public TO {0}", async role =>
        {
            var problem = await bench.DeployFailsAsync();

            Assert.Equal($"GRANT SELECT, INSERT, UPDATE ON \"public\".\"_prisma_migrations\" TO \"{role}\";", Assert.Single(problem.Remedies));
        });
    }

    [Fact]
    public async Task A_schema_that_nothing_may_be_created_in_is_told_by_its_name()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        bench.Write("1_a", "SELECT 1;");
        await WithRoleAsync(bench, "GRANT USAGE ON SCHEMA public TO {0}", async role =>
        {
            var problem = await bench.DeployFailsAsync();

            Assert.Equal($"GRANT USAGE, CREATE ON SCHEMA \"public\" TO \"{role}\";", Assert.Single(problem.Remedies));
            await bench.ExecuteAsync(problem.Remedies[0]);
            Assert.Equal(["1_a"], (await bench.DeployAsync()).Applied);
        });
    }

    [Fact]
    public async Task What_only_an_owner_may_do_is_not_helped_by_a_grant_on_it()
    {
        await using var bench = await Workbench.OpenAsync();
        await WithRoleAsync(bench, "GRANT USAGE, CREATE ON SCHEMA public TO {0}", async role =>
        {
            var problem = await Workbench.FailAsync(() => Reset.RunAsync(bench.Settings, cancellation: Stop));

            Assert.StartsWith("Only its owner may do that: connect as the owner of the schema \"public\"", Assert.Single(problem.Remedies), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Rows_in_a_table_that_was_never_analysed_are_counted_before_a_reset()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE t (id int) WITH (autovacuum_enabled = off); INSERT INTO t SELECT generate_series(1, 5); CREATE TABLE nothing ()");

        var preview = await Reset.PreviewAsync(bench.Settings, Stop);

        Assert.Equal((2, 5L), (preview.Tables, preview.Rows));
        await WithRoleAsync(bench, "GRANT USAGE ON SCHEMA public TO {0}", async _ =>
            Assert.Contains((await Reset.PreviewAsync(bench.Settings, Stop)).LooksLikeProduction, r => r.Contains("nobody has counted", StringComparison.Ordinal)));
    }

    // A role that can sign in, because a remedy names the user of the address.
    private static async Task WithRoleAsync(Workbench bench, string rights, Func<string, Task> body)
    {
        var role = $"lacking_{Guid.NewGuid():N}";
        var own = bench.Settings;
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'lacking'; {string.Format(null, rights, role)}");
        try
        {
            bench.Settings = own with { Address = own.Address with { User = role, Password = "lacking" } };
            await body(role);
        }
        finally
        {
            bench.Settings = own;
            await bench.ExecuteAsync($"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    private sealed class Heard(List<RunEvent> events) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => events.Add(value);
    }
}
