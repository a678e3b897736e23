using Npgsql;
using Sluice.Diff;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RestoreTests
{
    private const string RowsOfUsers = "SELECT md5(string_agg(u::text, '|' ORDER BY id)) FROM users u";

    private const string Rights = "SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM pg_database, unnest(datacl) a WHERE datname = current_database()";

    [Fact]
    public async Task Restored_beside_the_database_catalog_and_rows_are_equal()
    {
        await using var bench = await BackupBench.OpenAsync();
        var backup = await bench.TakeAsync();
        var copy = bench.Another("copy");

        var result = await RestoreAsync(bench, new RestoreRequest { Archive = backup.Path, Into = copy, Jobs = 2 });

        Assert.Null(result.KeptAs);
        Assert.Empty(result.Warnings);
        Assert.Empty(CatalogDiffer.Diff(await CatalogAsync(bench, bench.Database), await CatalogAsync(bench, copy)));
        Assert.Equal(await bench.ScalarAsync<string>(RowsOfUsers), await bench.ScalarAsync<string>(RowsOfUsers, copy));
        Assert.Equal(501, await bench.ScalarAsync<long>("SELECT nextval('users_id_seq')", copy));
    }

    [Fact]
    public async Task Restored_in_its_place_the_old_database_is_kept_closed_and_settings_stay()
    {
        await using var bench = await BackupBench.OpenAsync();
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Database} SET work_mem = '7MB'; ALTER DATABASE {bench.Database} SET search_path = public, other");
        await bench.ExecuteAsync($"REVOKE CONNECT ON DATABASE {bench.Database} FROM PUBLIC; COMMENT ON DATABASE {bench.Database} IS 'the \\ ''shop'''");
        var before = await bench.ScalarAsync<string>(RowsOfUsers);
        var acl = await bench.ScalarAsync<string>(Rights);
        var backup = await bench.TakeAsync();
        await bench.ExecuteAsync("UPDATE users SET ratio = 0; DROP TABLE orders; CREATE TABLE later ()");

        var result = await RestoreAsync(bench, new RestoreRequest { Archive = backup.Path });

        bench.Forget(result.KeptAs!);
        Assert.Matches($@"^{bench.Database}_before_\d{{8}}T\d{{6}}Z$", result.KeptAs);
        Assert.Equal(before, await bench.ScalarAsync<string>(RowsOfUsers));
        Assert.Equal(300, await bench.ScalarAsync<long>("SELECT count(*) FROM orders"));
        Assert.Equal("7MB", await bench.ScalarAsync<string>("SELECT current_setting('work_mem')"));
        Assert.Equal("public, other", await bench.ScalarAsync<string>("SELECT current_setting('search_path')"));
        Assert.Equal("the \\ 'shop'", await bench.ScalarAsync<string>("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"));
        Assert.Equal(acl, await bench.ScalarAsync<string>(Rights));
        await Assert.ThrowsAsync<PostgresException>(() => bench.ScalarAsync<int>("SELECT 1", result.KeptAs));
        await bench.ScalarAsync<object>($"ALTER DATABASE \"{result.KeptAs}\" WITH ALLOW_CONNECTIONS true; SELECT 1");
        Assert.True(await bench.ScalarAsync<bool>("SELECT to_regclass('later') IS NOT NULL", result.KeptAs));
    }

    [Fact]
    public async Task Sessions_of_the_old_database_are_ended_for_the_swap()
    {
        await using var bench = await BackupBench.OpenAsync();
        var backup = await bench.TakeAsync();
        await using var client = await ServerConnection.OpenAsync(bench.Settings.Address with { ApplicationName = "someone" }, BackupBench.Stop);

        var result = await RestoreAsync(bench, new RestoreRequest { Archive = backup.Path });

        bench.Forget(result.KeptAs!);
        await using var late = new NpgsqlCommand("SELECT 1", client);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => late.ExecuteScalarAsync(BackupBench.Stop));
    }

    [Fact]
    public async Task A_damaged_truncated_or_unaccompanied_backup_is_refused_and_nothing_is_touched()
    {
        await using var bench = await BackupBench.OpenAsync();
        var path = (await bench.TakeAsync()).Path;
        var whole = await File.ReadAllBytesAsync(path, BackupBench.Stop);

        var flipped = whole.ToArray();
        flipped[whole.Length / 2] ^= 1;
        await RefusedAsync(flipped, "damaged");
        await RefusedAsync(whole[..^100], "truncated");
        await RefusedAsync([], "truncated");
        await RefusedAsync([.. whole, 0], "damaged");

        File.Move(BackupManifest.PathFor(path), path + ".aside");
        await RefusedAsync(whole, "manifest");
        await File.WriteAllTextAsync(BackupManifest.PathFor(path), "{\"manifestVersion\": 1}", BackupBench.Stop);
        await RefusedAsync(whole, "manifest");
        Assert.Equal(300, await bench.ScalarAsync<long>("SELECT count(*) FROM orders"));

        async Task RefusedAsync(byte[] bytes, string why)
        {
            await File.WriteAllBytesAsync(path, bytes, BackupBench.Stop);
            var problem = await Workbench.FailAsync(() => RestoreRun.PlanAsync(bench.Settings, new RestoreRequest { Archive = path }, BackupBench.Stop));
            Assert.Equal("SL5104", problem.Code);
            Assert.Contains(why, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_rows_of_some_tables_never_replace_a_database()
    {
        await using var bench = await BackupBench.OpenAsync();
        var request = bench.Request with { Scope = new BackupScope.Tables(["orders"]) };
        var backup = await BackupRun.TakeAsync(bench.Settings, request, BackupBench.Stop);
        var problem = await Workbench.FailAsync(() => RestoreRun.PlanAsync(bench.Settings, new RestoreRequest { Archive = backup.Path }, BackupBench.Stop));
        Assert.Equal("SL5107", problem.Code);

        var copy = bench.Another("part");
        var result = await RestoreAsync(bench, new RestoreRequest { Archive = backup.Path, Into = copy });

        Assert.Single(result.Warnings);
        Assert.Equal(300, await bench.ScalarAsync<long>("SELECT count(*) FROM orders", copy));
        Assert.Equal(0, await bench.ScalarAsync<long>("SELECT count(*) FROM users", copy));
    }

    [Fact]
    public async Task An_existing_database_is_never_restored_into()
    {
        await using var bench = await BackupBench.OpenAsync();
        var backup = await bench.TakeAsync();
        var problem = await Workbench.FailAsync(() => RestoreRun.PlanAsync(bench.Settings, new RestoreRequest { Archive = backup.Path, Into = "postgres" }, BackupBench.Stop));
        Assert.Equal("SL5108", problem.Code);
    }

    [Fact]
    public async Task A_migration_under_way_is_not_swapped_away()
    {
        await using var bench = await BackupBench.OpenAsync();
        var backup = await bench.TakeAsync();
        await using var run = await ServerConnection.OpenAsync(bench.Settings.Address, BackupBench.Stop);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_lock(72707369)", run))
        {
            await take.ExecuteNonQueryAsync(BackupBench.Stop);
        }

        bench.Settings = bench.Settings with { LockTimeout = TimeSpan.FromSeconds(1) };
        var problem = await Workbench.FailAsync(() => RestoreAsync(bench, new RestoreRequest { Archive = backup.Path }));

        Assert.Equal("P1002", problem.Code);
        Assert.Equal(300, await bench.ScalarAsync<long>("SELECT count(*) FROM orders"));
    }

    private static async Task<RestoreResult> RestoreAsync(BackupBench bench, RestoreRequest request) =>
        await RestoreRun.RunAsync(bench.Settings, request, await RestoreRun.PlanAsync(bench.Settings, request, BackupBench.Stop), BackupBench.Stop);

    private static async Task<Sluice.Catalog.Database> CatalogAsync(BackupBench bench, string database)
    {
        await using var connection = await ServerConnection.OpenAsync(bench.Settings.Address with { Database = database }, BackupBench.Stop);

        // The server moves the casts of a partial index's predicate when it reads it again; `Plain` definitions cover those.
        return await CatalogReader.ReadAsync(connection, "public", ["public", "other"], BackupBench.Stop) with { SeesPartialIndexes = false };
    }
}
