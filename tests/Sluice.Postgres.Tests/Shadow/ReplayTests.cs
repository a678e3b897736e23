using System.Collections.Concurrent;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Shadow;

public sealed class ReplayTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrations_are_replayed_beside_the_live_database_and_nothing_of_it_stays()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a (id int); SET search_path = '';");
        bench.Write("2_b", "CREATE TABLE b (id int);");
        var events = new ShadowNames();

        var catalog = await Replay.CatalogAsync(bench.Settings with { Progress = events }, Folder(bench).Migrations, Stop);

        Assert.Equal(["a", "b"], catalog.Tables.Items.Select(t => t.Name.Name));
        Assert.False(await bench.HasTableAsync("a"));
        Assert.False(await ExistsAsync(bench, Assert.Single(events.Created)));
    }

    [Fact]
    public async Task A_migration_that_does_not_replay_is_named_with_its_statement()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a (id int);");
        bench.Write("2_b", "SELECT 1;\nALTER TABLE nosuch ADD COLUMN x int;");
        var events = new ShadowNames();

        var problem = await Workbench.FailAsync(() => Replay.CatalogAsync(bench.Settings with { Progress = events }, Folder(bench).Migrations, Stop));

        Assert.Equal("P3006", problem.Code);
        Assert.Equal(("2_b", 2, 2, "42P01"), (problem.Statement!.Migration, problem.Statement.Ordinal, problem.Statement.Line, problem.Statement.Error.SqlState));
        Assert.False(await ExistsAsync(bench, Assert.Single(events.Created)));
    }

    [Fact]
    public async Task A_cancelled_replay_drops_its_database()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "SELECT pg_sleep(60);");
        using var ctrlC = new CancellationTokenSource();
        var events = new ShadowNames();
        var replay = Replay.CatalogAsync(bench.Settings with { Progress = events }, Folder(bench).Migrations, ctrlC.Token);
        await Wait.UntilAsync(
            () => bench.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = '{events.Created.SingleOrDefault()}' AND wait_event = 'PgSleep')"), "it is not replayed");

        await ctrlC.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replay);
        Assert.False(await ExistsAsync(bench, Assert.Single(events.Created)));
    }

    [Fact]
    public async Task A_shadow_database_that_a_killed_run_left_is_dropped_by_the_next_and_no_other()
    {
        await using var bench = await Workbench.OpenAsync();
        var old = LeftoverShadows.NewName(DateTimeOffset.UtcNow.AddHours(-1));
        var young = LeftoverShadows.NewName(DateTimeOffset.UtcNow);
        var foreign = LeftoverShadows.Prefix + Guid.NewGuid().ToString("D");
        foreach (var name in new[] { old, young, foreign })
        {
            await bench.ExecuteAsync($"CREATE DATABASE \"{name}\"");
        }

        await Replay.CatalogAsync(bench.Settings, [], Stop);

        Assert.False(await ExistsAsync(bench, old));
        Assert.True(await ExistsAsync(bench, young));
        Assert.True(await ExistsAsync(bench, foreign));
        await bench.ExecuteAsync($"DROP DATABASE \"{young}\"");
        await bench.ExecuteAsync($"DROP DATABASE \"{foreign}\"");
    }

    [Fact]
    public async Task A_configured_shadow_database_is_emptied_first_and_kept()
    {
        await using var bench = await Workbench.OpenAsync();
        await using var scratch = await TestDatabase.CreateAsync();
        await scratch.ExecuteAsync("CREATE TABLE junk (); CREATE SCHEMA more; CREATE TABLE more.junk ();");
        bench.Settings = bench.Settings with { ShadowAddress = Workbench.AddressOf(scratch.Url) };
        bench.Write("1_a", "CREATE TABLE a (id int);");

        for (var run = 0; run < 2; run++)
        {
            var catalog = await Replay.CatalogAsync(bench.Settings, Folder(bench).Migrations, Stop);
            Assert.Equal("a", Assert.Single(catalog.Tables.Items).Name.Name);
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task The_main_database_is_never_taken_for_a_shadow_whatever_its_host_is_called(string host)
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE precious ()");
        var address = bench.Settings.Address with { Host = host, ApplicationName = "other" };
        bench.Settings = bench.Settings with { ShadowAddress = address };

        var problem = await Workbench.FailAsync(() => Replay.CatalogAsync(bench.Settings, [], Stop));

        Assert.Equal("SL5005", problem.Code);
        Assert.True(await bench.HasTableAsync("precious"));
    }

    [Fact]
    public async Task A_user_who_may_not_create_databases_is_told_what_to_do()
    {
        await using var bench = await Workbench.OpenAsync();
        var role = "r_" + Guid.NewGuid().ToString("N");
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'");
        try
        {
            bench.Settings = bench.Settings with { Address = bench.Settings.Address with { User = role, Password = "x" } };
            var problem = await Workbench.FailAsync(() => Replay.CatalogAsync(bench.Settings, [], Stop));

            Assert.Equal("P3014", problem.Code);
            Assert.Contains(problem.Remedies, r => r.Contains("CREATEDB", StringComparison.Ordinal));
        }
        finally
        {
            await bench.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    private static MigrationFolder Folder(Workbench bench) => MigrationFolder.Read(bench.Settings.MigrationsPath);

    private static Task<bool> ExistsAsync(Workbench bench, string database) =>
        bench.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{database}')");

    private sealed class ShadowNames : IProgress<RunEvent>
    {
        public ConcurrentQueue<string> Created { get; } = [];

        public void Report(RunEvent value)
        {
            if (value is RunEvent.ShadowCreated created)
            {
                Created.Enqueue(created.Database);
            }
        }
    }
}
