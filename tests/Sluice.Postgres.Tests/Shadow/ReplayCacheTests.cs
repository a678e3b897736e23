using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Shadow.Cache;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Shadow;

public sealed class ReplayCacheTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_replayed_once_is_not_replayed_again()
    {
        await using var bench = await RememberingAsync();
        bench.Write("1_a", "CREATE TABLE a (id serial PRIMARY KEY, at timestamptz DEFAULT now()); CREATE INDEX i ON a (at DESC);");
        bench.Write("2_b", "CREATE TYPE mood AS ENUM ('x'); CREATE TABLE b (m mood DEFAULT 'x', v mood[]);");

        var first = await ReplayAsync(bench);
        var second = await ReplayAsync(bench);

        Assert.Equal((1, 2), (first.Shadows, first.Replayed));
        Assert.Equal((0, 0), (second.Shadows, second.Replayed));
        Assert.Equal(first.Catalog, second.Catalog);
    }

    [Fact]
    public async Task An_edited_script_is_replayed_and_so_is_everything_after_it()
    {
        await using var bench = await RememberingAsync();
        bench.Write("1_a", "CREATE TABLE a (id int);");
        bench.Write("2_b", "CREATE TABLE b (id int);");
        await ReplayAsync(bench);
        bench.Write("1_a", "CREATE TABLE a (id bigint);");

        var again = await ReplayAsync(bench);

        Assert.Equal(2, again.Replayed);
        Assert.Equal("BigInt", again.Catalog.Tables[0].Columns[0].Type is ColumnType.Native(var type) ? type.Kind.ToString() : null);
    }

    [Fact]
    public async Task The_order_counts_and_the_names_do_not()
    {
        await using var bench = await RememberingAsync();
        bench.Write("1_a", "CREATE TABLE a (id int);");
        bench.Write("2_b", "CREATE TABLE b (id int);");
        await ReplayAsync(bench);
        var files = Folder(bench);

        Assert.Equal(0, (await ReplayAsync(bench, [.. files.Select(f => f with { Name = "renamed_" + f.Name })])).Replayed);
        Assert.Equal(2, (await ReplayAsync(bench, [.. files.Reverse()])).Replayed);
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("cut short")]
    [InlineData("empty")]
    [InlineData("another's")]
    public async Task A_file_that_is_not_whole_counts_as_absent_and_is_written_anew(string harm)
    {
        await using var bench = await RememberingAsync();
        bench.Write("1_a", "CREATE TABLE a (id int);");
        var first = await ReplayAsync(bench);
        var file = Assert.Single(Directory.GetFiles(bench.Settings.CacheFolder!, "*.catalog"));
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        switch (harm)
        {
            case "damaged":
                bytes[bytes.Length / 2] ^= 1;
                break;
            case "cut short":
                bytes = bytes[..^5];
                break;
            case "empty":
                bytes = [];
                break;
            default:
                bench.Write("1_a", "CREATE TABLE other (id int);");
                await ReplayAsync(bench);
                bytes = await File.ReadAllBytesAsync(Directory.GetFiles(bench.Settings.CacheFolder!, "*.catalog").Single(f => f != file), Stop);
                bench.Write("1_a", "CREATE TABLE a (id int);");
                break;
        }

        await File.WriteAllBytesAsync(file, bytes, Stop);

        var again = await ReplayAsync(bench);
        Assert.Equal(1, again.Replayed);
        Assert.Equal(first.Catalog, again.Catalog);
        Assert.Equal(0, (await ReplayAsync(bench)).Replayed);
    }

    [Theory]
    [InlineData("schema")]
    [InlineData("declared schemas")]
    [InlineData("server settings")]
    public async Task Another_place_or_another_setting_is_replayed_by_itself(string what)
    {
        await using var bench = await RememberingAsync();
        bench.Write("1_a", "CREATE TABLE a (id int, at timestamptz DEFAULT '2020-01-01 12:00');");
        await ReplayAsync(bench);

        bench.Settings = what switch
        {
            "schema" => bench.Settings with { Address = bench.Settings.Address with { Schema = "app" } },
            "declared schemas" => bench.Settings with { DeclaredSchemas = ["public", "more"] },
            _ => bench.Settings with { Address = bench.Settings.Address with { Options = "-c timezone=Asia/Tokyo" } },
        };

        Assert.Equal(1, (await ReplayAsync(bench)).Replayed);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_and_nothing_else_goes_wrong()
    {
        await using var bench = await RememberingAsync();
        await File.WriteAllTextAsync(bench.Settings.CacheFolder!, "a file where the folder would be", Stop);
        bench.Write("1_a", "CREATE TABLE a (id int);");

        var replay = await ReplayAsync(bench);

        Assert.Equal("a", Assert.Single(replay.Catalog.Tables.Items).Name.Name);
        Assert.NotEmpty(replay.Unusable);
    }

    [Fact]
    public async Task Many_at_once_leave_whole_files()
    {
        await using var bench = await RememberingAsync();
        bench.Write("1_a", "CREATE TABLE a (id int);");

        var replays = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ReplayAsync(bench)));

        Assert.Single(replays.Select(r => r.Catalog).Distinct());
        Assert.Single(Directory.GetFiles(bench.Settings.CacheFolder!, "*.catalog"));
        Assert.Empty(Directory.GetFiles(bench.Settings.CacheFolder!, "*.new"));
        Assert.Equal(0, (await ReplayAsync(bench)).Replayed);
    }

    [Fact]
    public void Only_so_many_files_stay_and_those_used_last()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-cache-").FullName;
        var clock = new Clock();
        var cache = new CatalogCache(folder, clock);
        for (var i = 0; i < CatalogCache.MostFiles + 5; i++)
        {
            cache.Store($"{i:d64}", Database.Empty);
            clock.Pass(TimeSpan.FromMinutes(1));
            Assert.NotNull(cache.Find($"{0:d64}"));
        }

        Assert.Equal(CatalogCache.MostFiles, cache.Files.Count);
        Assert.Null(cache.Find($"{1:d64}"));
        clock.Pass(TimeSpan.FromDays(31));
        cache.Store("new", Database.Empty);
        Assert.Equal("new.catalog", Assert.Single(cache.Files).Name);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_configured_shadow_database_is_not_even_wiped_for_what_is_known()
    {
        await using var bench = await RememberingAsync();
        await using var scratch = await TestDatabase.CreateAsync();
        bench.Settings = bench.Settings with { ShadowAddress = Workbench.AddressOf(scratch.Url) };
        bench.Write("1_a", "CREATE EXTENSION citext; CREATE TABLE a (id citext);");
        var first = await ReplayAsync(bench);
        await scratch.ExecuteAsync("CREATE TABLE witness ()");

        var second = await ReplayAsync(bench);

        Assert.Equal((1, 0), (first.Replayed, second.Replayed));
        Assert.Equal(first.Catalog, second.Catalog);
        await scratch.ExecuteAsync("DROP TABLE witness");
    }

    [Fact]
    public async Task What_new_databases_begin_with_counts()
    {
        // A server of its own: template1 is everybody's.
        var cluster = await TestCluster.StartThrowAwayAsync(30);
        await using var bench = await RememberingAsync();
        var address = Workbench.AddressOf(cluster.Url("postgres"));
        bench.Settings = bench.Settings with { Address = address };
        bench.Write("1_a", "CREATE TABLE a (id int);");
        await ReplayAsync(bench);
        Assert.Equal(0, (await ReplayAsync(bench)).Replayed);
        foreach (var change in new[] { "CREATE TABLE house_rules (id int)", "ALTER TABLE house_rules ADD COLUMN more text", "CREATE EXTENSION pgcrypto", "ALTER ROLE postgres SET default_tablespace = 'pg_default'" })
        {
            await using (var template = new NpgsqlConnection(cluster.Connection("template1").ConnectionString + ";Pooling=false"))
            {
                await template.OpenAsync(Stop);
                await new NpgsqlCommand(change, template).ExecuteNonQueryAsync(Stop);
            }

            Assert.Equal(1, (await ReplayAsync(bench)).Replayed);
        }

        var found = await ReplayAsync(bench);
        Assert.Equal(0, found.Replayed);
        Assert.Equal(["a", "house_rules"], found.Catalog.Tables.Items.Select(t => t.Name.Name));
        await cluster.StopAsync(Stop);
    }

    internal static async Task<Workbench> RememberingAsync()
    {
        var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { CacheFolder = Path.Combine(Path.GetDirectoryName(bench.Settings.MigrationsPath)!, "cache") };
        return bench;
    }

    internal static ImmutableArray<MigrationFile> Folder(Workbench bench) => MigrationFolder.Read(bench.Settings.MigrationsPath).Migrations;

    internal static async Task<Outcome> ReplayAsync(Workbench bench, ImmutableArray<MigrationFile>? migrations = null)
    {
        var events = new Events();
        var catalog = await Replay.CatalogAsync(bench.Settings with { Progress = events }, migrations ?? Folder(bench), Stop);
        return new Outcome(catalog, events.Seen.Count(e => e is RunEvent.ShadowCreated), events.Seen.Count(e => e is RunEvent.Replaying), [.. events.Seen.OfType<RunEvent.CacheUnusable>()]);
    }

    internal sealed record Outcome(Database Catalog, int Shadows, int Replayed, RunEvent.CacheUnusable[] Unusable);

    internal sealed class Events : IProgress<RunEvent>
    {
        public List<RunEvent> Seen { get; } = [];

        public void Report(RunEvent value)
        {
            lock (Seen)
            {
                Seen.Add(value);
            }
        }
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset now = DateTimeOffset.UtcNow;

        public void Pass(TimeSpan time) => now += time;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
