using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Doctor;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Doctor;

/// <summary>What may be so by the time that a statement is run, and was not when it was planned and agreed to.</summary>
public sealed class MendingTests
{
    private const string Table = "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1); CREATE TABLE other (n int); CREATE INDEX by_n ON other (n); CREATE INDEX by_n_ccnew ON other (n); CREATE INDEX broken ON t (n)";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_refused_rebuild_leaves_is_dropped_and_nothing_that_nobody_agreed_to()
    {
        await using var bench = await Workbench.OpenAsync(Table);
        await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY twice ON t (n)"));
        await bench.ExecuteAsync("UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('by_n_ccnew'::regclass)");

        var mended = Assert.Single(await MendAsync(bench, "invalid indexes", "REINDEX INDEX CONCURRENTLY public.twice"));
        Assert.Contains("could not create unique index", mended.Refused, StringComparison.Ordinal);
        Assert.Equal("by_n_ccnew twice", await bench.ScalarAsync<string>("SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE NOT indisvalid"));
        Assert.Equal(
            "fixed: DROP INDEX CONCURRENTLY public.twice_ccnew",
            await bench.ScalarAsync<string>("SELECT note FROM sluice.statements WHERE note LIKE 'fixed:%ccnew%'"));
    }

    [Fact]
    public async Task What_is_in_order_by_now_is_left_alone()
    {
        await using var bench = await Workbench.OpenAsync(Table);
        foreach (var sql in new[] { "DROP INDEX CONCURRENTLY public.by_n_ccnew", "REINDEX INDEX CONCURRENTLY public.broken" })
        {
            Assert.Equal("there is no need of it any more", Assert.Single(await MendAsync(bench, "invalid indexes", sql)).Refused);
        }

        Assert.True(await bench.HasTableAsync("by_n_ccnew"));
    }

    [Fact]
    public async Task A_rebuild_waits_for_a_transaction_as_long_as_that_takes()
    {
        await using var bench = await Workbench.OpenAsync(Table);
        await bench.ExecuteAsync("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass");
        await using var writer = await ServerConnection.OpenAsync(bench.Settings.Address, Stop);
        await ExecuteAsync(writer, "BEGIN; INSERT INTO t VALUES (2)");
        var mending = MendAsync(bench, "invalid indexes", "REINDEX INDEX CONCURRENTLY public.broken");
        await Task.WhenAny(mending, Task.Delay(TimeSpan.FromSeconds(6), Stop));
        Assert.False(mending.IsCompleted);
        await ExecuteAsync(writer, "COMMIT");
        Assert.Null(Assert.Single(await mending).Refused);
        Assert.True(await bench.ScalarAsync<bool>("SELECT bool_and(indisvalid) FROM pg_index"));
    }

    [Fact]
    public async Task A_table_that_is_held_or_anothers_is_not_called_mended()
    {
        await using var bench = await Workbench.OpenAsync(Table);
        await bench.ExecuteAsync("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass");
        await using (var holder = await ServerConnection.OpenAsync(bench.Settings.Address, Stop))
        {
            await ExecuteAsync(holder, "BEGIN; LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE");
            Assert.Equal("somebody holds it", Assert.Single(await MendAsync(bench, "invalid indexes", "REINDEX INDEX CONCURRENTLY public.broken")).Refused);
            Assert.Equal("somebody holds it", Assert.Single(await MendAsync(bench, "statistics", "ANALYZE (SKIP_LOCKED) public.t")).Refused);
        }

        var role = "r_" + Guid.NewGuid().ToString("N");
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'");
        try
        {
            bench.Settings = bench.Settings with { Address = bench.Settings.Address with { User = role, Password = "x" }, JournalDisabled = true };
            Assert.Contains("only table or database owner", Assert.Single(await MendAsync(bench, "statistics", "ANALYZE (SKIP_LOCKED) public.t")).Refused, StringComparison.Ordinal);
        }
        finally
        {
            await bench.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task What_is_left_of_an_index_with_a_long_name_is_known_by_what_the_server_cut()
    {
        await using var bench = await Workbench.OpenAsync(Table);
        foreach (var name in new[] { new string('a', 60), string.Concat(Enumerable.Repeat("ü", 30)) })
        {
            await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync($"CREATE UNIQUE INDEX CONCURRENTLY {name} ON t (n)"));
            await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync($"REINDEX INDEX CONCURRENTLY {name}"));
            var plan = (await Mending.PlanAsync(bench.Settings, extensions: false, HealthLimits.Default, Stop)).Select(r => r.Sql.Replace("\"", "", StringComparison.Ordinal)).ToList();
            Assert.Equal(2, plan.Count);
            Assert.Matches($"^DROP INDEX CONCURRENTLY public.{name[..25]}.*_ccnew$", plan[0]);
            Assert.Equal($"REINDEX INDEX CONCURRENTLY public.{name}", plan[1]);
            await bench.ExecuteAsync($"DROP TABLE t; CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1)");
        }
    }

    private static Task<ImmutableArray<Mended>> MendAsync(Workbench bench, string check, string sql) =>
        Mending.RunAsync(bench.Settings, [new Remedy(check, sql)], new Progress<Mended>(), Stop);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
