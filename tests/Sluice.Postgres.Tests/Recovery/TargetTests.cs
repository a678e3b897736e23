using Sluice.Postgres.Recovery;
using Xunit;

namespace Sluice.Postgres.Tests.Recovery;

/// <summary>From which base backup a target is reached, and when it is not tried at all.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class TargetTests
{
    [Fact]
    public async Task Without_any_WAL_nothing_is_gone_back_to_unless_that_is_meant()
    {
        await using var bench = await RecoveryBench.OpenAsync();
        await bench.ExecuteAsync("INSERT INTO orders (note) VALUES ('in it')");
        await bench.BaseAsync(null);
        await bench.ExecuteAsync("INSERT INTO orders (note) VALUES ('after it')");

        var now = bench.Request(new RecoveryTarget.Time(DateTimeOffset.UtcNow)) with { AllowsNoWal = false };
        var problem = await bench.RefusedAsync(now, "SL5142");
        Assert.StartsWith("No WAL was received since the base backup", problem.Message, StringComparison.Ordinal);
        Assert.Contains(problem.Remedies, r => r.Contains("`--without-wal`", StringComparison.Ordinal));

        // WAL of before it is none for it.
        await File.WriteAllBytesAsync(Path.Combine(bench.Wal, "000000010000000000000001"), new byte[16 << 20], RecoveryBench.Stop);
        await bench.RefusedAsync(now, "SL5142");
        File.Delete(Path.Combine(bench.Wal, "000000010000000000000001"));
        Assert.Equal(1, await bench.OrdersAsync(now with { AllowsNoWal = true }));
        Assert.Null((await PointInTime.PlanAsync(bench.Settings, now with { RestoreCommand = "false" }, RecoveryBench.Stop)).ReceivedUntil);
    }

    [Fact]
    public async Task A_restore_point_is_reached_from_an_older_base_backup_where_it_is_older_than_the_newest()
    {
        await using var bench = await RecoveryBench.OpenAsync();
        await using var receiving = await bench.ReceiveAsync();
        await bench.BaseAsync(null);
        await bench.ExecuteAsync("INSERT INTO orders (note) VALUES ('before')");
        await bench.ExecuteAsync("SELECT pg_create_restore_point('release')");
        await bench.ExecuteAsync("INSERT INTO orders (note) VALUES ('after')");
        await bench.BaseAsync(null);
        await bench.ExecuteAsync("INSERT INTO orders (note) VALUES ('later')");
        await bench.ExecuteAsync("SELECT pg_create_restore_point('later')");

        // A restore point alone is written out when something else is.
        await bench.ExecuteAsync("CREATE TABLE afterwards ()");
        await receiving.CatchUpAsync();

        var request = bench.Request(new RecoveryTarget.Name("release"));
        var server = await bench.RecoverAsync(request);
        Assert.Equal(1L, await bench.ScalarAsync<long>("SELECT count(*) FROM orders", server.Address));
        Assert.NotEqual((await PointInTime.PlanAsync(bench.Settings, request, RecoveryBench.Stop)).Base, server.Base);
        await server.RemoveAsync();
        Assert.Equal(3, await bench.OrdersAsync(bench.Request(new RecoveryTarget.Name("later"))));
        Assert.Contains("`nowhere` is not in the WAL", (await bench.RefusedAsync(bench.Request(new RecoveryTarget.Name("nowhere")), "SL5142")).Message, StringComparison.Ordinal);
    }
}
