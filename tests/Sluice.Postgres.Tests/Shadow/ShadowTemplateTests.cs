using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow.Cache;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Shadow;

/// <summary>On a server of their own: kept databases are limited per server.</summary>
public sealed class ShadowTemplateTests(ShadowTemplateTests.OwnServer server) : IClassFixture<ShadowTemplateTests.OwnServer>, IAsyncLifetime
{
    private readonly LocalCluster cluster = server.Cluster;
    private Workbench bench = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        bench = await ReplayCacheTests.RememberingAsync();
        bench.Settings = bench.Settings with
        {
            Address = Workbench.AddressOf(cluster.Url("postgres")),
            KeepsShadows = true,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await using var connection = await ConnectAsync();
        await ShadowTemplates.ClearAsync(connection, CancellationToken.None);
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task A_long_replay_stays_on_the_server_and_the_next_runs_only_what_came_after()
    {
        Write(0, ShadowTemplates.WorthAfter);
        await ReplayAsync();
        Write(ShadowTemplates.WorthAfter, 2);

        var more = await ReplayAsync();

        Assert.Equal(2, more.Replayed);
        Assert.Equal(ShadowTemplates.WorthAfter + 2, more.Catalog.Tables.Count);
        Assert.Single(await ListAsync());
        bench.Settings = bench.Settings with { CacheFolder = bench.Settings.CacheFolder + "-other", KeepsShadows = false };
        Assert.Equal((await ReplayAsync()).Catalog, more.Catalog);
    }

    [Fact]
    public async Task A_short_replay_leaves_nothing_and_neither_does_one_that_may_not()
    {
        Write(0, ShadowTemplates.WorthAfter - 1);
        await ReplayAsync();
        Assert.Empty(await ListAsync());

        Write(ShadowTemplates.WorthAfter, 1);
        bench.Settings = bench.Settings with { KeepsShadows = false };
        await ReplayAsync();
        Assert.Empty(await ListAsync());
        Assert.Empty(await ShadowsAsync());
    }

    [Fact]
    public async Task Nobody_can_connect_to_what_was_kept()
    {
        Write(0, ShadowTemplates.WorthAfter);
        await ReplayAsync();
        var name = Assert.Single(await ListAsync()).Name;

        await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var connection = new NpgsqlConnection(cluster.Connection(name).ConnectionString + ";Pooling=false");
            await connection.OpenAsync(Stop);
        });
    }

    [Fact]
    public async Task An_edited_script_begins_before_it()
    {
        Write(0, ShadowTemplates.WorthAfter + 5);
        await ReplayAsync();
        bench.Write("0003", "CREATE TABLE edited (id int)");

        var again = await ReplayAsync();

        Assert.Equal(ShadowTemplates.WorthAfter + 5, again.Replayed);
        Assert.Contains(again.Catalog.Tables.Items, t => t.Name.Name == "edited");
    }

    [Fact]
    public async Task Only_the_newest_stay_and_clearing_leaves_none()
    {
        for (var i = 0; i < ShadowTemplates.Most + 2; i++)
        {
            Write(0, ShadowTemplates.WorthAfter);
            bench.Write("0000", $"CREATE TABLE first_{i.ToString(CultureInfo.InvariantCulture)} (id int)");
            await ReplayAsync();
        }

        Assert.Equal(ShadowTemplates.Most, (await ListAsync()).Length);
        Assert.Equal(0, (await ReplayAsync()).Replayed);
        await using var connection = await ConnectAsync();
        Assert.Equal(ShadowTemplates.Most, (await ShadowTemplates.ClearAsync(connection, Stop)).Length);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Many_at_once_keep_one()
    {
        Write(0, ShadowTemplates.WorthAfter);

        var replays = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ReplayAsync()));

        Assert.Single(replays.Select(r => r.Catalog).Distinct());
        Assert.Single(await ListAsync());
        Assert.Empty(await ShadowsAsync());
    }

    [Fact]
    public async Task One_that_was_dropped_meanwhile_is_replayed_from_the_beginning()
    {
        Write(0, ShadowTemplates.WorthAfter);
        await ReplayAsync();
        await using (var connection = await ConnectAsync())
        {
            await ShadowTemplates.ClearAsync(connection, Stop);
        }

        Write(ShadowTemplates.WorthAfter, 1);
        Assert.Equal(ShadowTemplates.WorthAfter + 1, (await ReplayAsync()).Replayed);
    }

    private void Write(int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            bench.Write(i.ToString("d4", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE t{i} (id int)"));
        }
    }

    private Task<ReplayCacheTests.Outcome> ReplayAsync() => ReplayCacheTests.ReplayAsync(bench);

    private Task<NpgsqlConnection> ConnectAsync() => ServerConnection.OpenAsync(bench.Settings.Address, Stop);

    private async Task<ImmutableArray<ShadowTemplate>> ListAsync()
    {
        await using var connection = await ConnectAsync();
        return await ShadowTemplates.ListAsync(connection, Stop);
    }

    private async Task<List<string>> ShadowsAsync()
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand("SELECT datname::text FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow%'", connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var names = new List<string>();
        while (await reader.ReadAsync(Stop))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    public sealed class OwnServer : IAsyncLifetime
    {
        public LocalCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await TestCluster.StartThrowAwayAsync(30);

        public async ValueTask DisposeAsync() => await Cluster.StopAsync(CancellationToken.None);
    }
}
