using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Xunit;
using Cases = Sluice.Tests.Support.Conformance;

namespace Sluice.Postgres.Tests.Running;

/// <summary>An existing Prisma project works unchanged.</summary>
public sealed class RealHistoryTests
{
    [Fact]
    public async Task A_real_history_deploys_is_up_to_date_and_has_no_drift()
    {
        Assert.SkipWhen(Cases.Root is null, Cases.Absent);
        foreach (var app in Cases.RealWorld())
        {
            await using var bench = await Workbench.OpenAsync();
            bench.Settings = bench.Settings with { MigrationsPath = app.MigrationsFolder };

            var result = await Deploy.RunAsync(bench.Settings, TestContext.Current.CancellationToken);
            var status = await Status.ReadAsync(bench.Settings, withDrift: true, TestContext.Current.CancellationToken);

            Assert.Equal(result.Found, result.Applied.Length);
            Assert.True(status.UpToDate, app.Name);
            Assert.Empty(status.Drift!.Value);
        }
    }
}
