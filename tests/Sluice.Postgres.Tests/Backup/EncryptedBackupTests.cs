using Sluice.Postgres.Backup;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EncryptedBackupTests
{
    [Theory]
    [InlineData(ArchiveFormat.Custom)]
    [InlineData(ArchiveFormat.Directory)]
    public async Task An_encrypted_backup_is_restored_with_its_key_alone(ArchiveFormat format)
    {
        await using var bench = await BackupBench.OpenAsync();
        var key = bench.Key('a');
        var backup = await BackupRun.TakeAsync(bench.Settings, bench.Request with { Format = format, Key = key }, BackupBench.Stop);
        Assert.All(FilesOf(backup.Path), f => Assert.Equal("SLUICE-BACKUP-1\n"u8.ToArray(), File.ReadAllBytes(f)[..16]));
        Assert.Single(System.IO.Directory.EnumerateFileSystemEntries(bench.Request.Folder, "*.dump*"), p => p == backup.Path);
        Assert.Equal(2, System.IO.Directory.EnumerateFileSystemEntries(bench.Request.Folder, "*.dump*").Count());
        var request = new RestoreRequest { Archive = backup.Path, Into = bench.Another("copy") };

        Assert.Contains("--key-file", (await RefusedAsync(bench, request, "SL5111")).Remedies[0], StringComparison.Ordinal);
        Assert.Contains(bench.Key('b').Id, (await RefusedAsync(bench, request with { Key = bench.Key('b') }, "SL5111")).Message, StringComparison.Ordinal);

        request = request with { Key = key };
        await RestoreRun.RunAsync(bench.Settings, request, await RestoreRun.PlanAsync(bench.Settings, request, BackupBench.Stop), BackupBench.Stop);
        Assert.Equal(300, await bench.ScalarAsync<long>("SELECT count(*) FROM orders", request.Into));
    }

    [Fact]
    public async Task The_manifest_of_an_encrypted_backup_shows_no_hash_of_rows_and_cannot_be_changed()
    {
        await using var bench = await BackupBench.OpenAsync();
        var plain = await bench.TakeAsync();
        var backup = await BackupRun.TakeAsync(bench.Settings, bench.Request with { Key = bench.Key('a') }, BackupBench.Stop);
        Assert.Empty(plain.Manifest.Tables.Select(t => t.Hash).Intersect(backup.Manifest.Tables.Select(t => t.Hash)));
        Assert.NotEqual(plain.Manifest.CatalogHash, backup.Manifest.CatalogHash);

        File.Delete(BackupManifest.PathFor(backup.Path));
        await (backup.Manifest with { SchemaVersion = "20250201000000_other" }).WriteAsync(backup.Path, BackupBench.Stop);
        var problem = await RefusedAsync(bench, new RestoreRequest { Archive = backup.Path, Key = bench.Key('a') }, "SL5104");
        Assert.Contains("its manifest was changed", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_a_key_a_backup_that_is_not_encrypted_needs_a_word()
    {
        await using var bench = await BackupBench.OpenAsync();
        var backup = await bench.TakeAsync();
        var request = new RestoreRequest { Archive = backup.Path, Into = bench.Another("copy"), Key = bench.Key('a') };
        Assert.Contains("--unencrypted", (await RefusedAsync(bench, request, "SL5111")).Remedies[0], StringComparison.Ordinal);
        request = request with { AllowsUnencrypted = true };
        await RestoreRun.RunAsync(bench.Settings, request, await RestoreRun.PlanAsync(bench.Settings, request, BackupBench.Stop), BackupBench.Stop);
    }

    [Fact]
    public async Task A_dump_is_private_from_its_first_byte()
    {
        await using var bench = await BackupBench.OpenAsync();
        System.IO.Directory.CreateDirectory(bench.Request.Folder);
        var seen = Path.Combine(bench.Home, "seen");
        var tools = await bench.WrappedAsync($"test -e {seen} || stat -c %a {bench.Request.Folder}/*.partial > {seen}", after: $"stat -c %a {bench.Request.Folder}/*.partial >> {seen}");
        await bench.TakeAsync(tools, bench.Request);
        Assert.Equal(["600", "600"], (await File.ReadAllLinesAsync(seen, BackupBench.Stop)).Take(2));
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_with_the_place()
    {
        await using var bench = await BackupBench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE noise AS SELECT sha256(i::text::bytea) || sha256((-i)::text::bytea) AS bytes FROM generate_series(1, 30000) i");
        var backup = await BackupRun.TakeAsync(bench.Settings, bench.Request with { Key = bench.Key('a') }, BackupBench.Stop);
        var bytes = await File.ReadAllBytesAsync(backup.Path, BackupBench.Stop);
        bytes[1_100_000] ^= 4;
        await File.WriteAllBytesAsync(backup.Path, bytes, BackupBench.Stop);

        var problem = await RefusedAsync(bench, new RestoreRequest { Archive = backup.Path, Key = bench.Key('a') }, "SL5104");

        Assert.Contains("damaged between byte 1048576 and byte ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_of_a_folder_is_named()
    {
        await using var bench = await BackupBench.OpenAsync();
        var backup = await BackupRun.TakeAsync(bench.Settings, bench.Request with { Format = ArchiveFormat.Directory }, BackupBench.Stop);
        var file = FilesOf(backup.Path)[1];
        var bytes = await File.ReadAllBytesAsync(file, BackupBench.Stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, BackupBench.Stop);
        Assert.Contains($"in its file {Path.GetFileName(file)}", (await RefusedAsync(bench, new RestoreRequest { Archive = backup.Path }, "SL5104")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_uploader_gets_its_arguments_the_backup_and_the_manifest()
    {
        await using var bench = await BackupBench.OpenAsync();
        var program = Path.Combine(bench.Home, "up load");
        BackupBench.Script(program, $"for a in \"$@\"; do echo \"$a\"; done > {bench.Home}/seen; test -s \"$2\" && test -s \"$3\"");

        var backup = await BackupRun.TakeAsync(bench.Settings, bench.Request with { Upload = [program, "$HOME; *"] }, BackupBench.Stop);

        Assert.True(backup.IsUploaded);
        Assert.Equal(["$HOME; *", backup.Path, BackupManifest.PathFor(backup.Path)], await File.ReadAllLinesAsync(Path.Combine(bench.Home, "seen"), BackupBench.Stop));
    }

    [Fact]
    public async Task A_failed_upload_fails_the_backup_which_stays_and_removes_no_older_one()
    {
        await using var bench = await BackupBench.OpenAsync();
        var older = await bench.TakeAsync();
        var program = Path.Combine(bench.Home, "upload");
        BackupBench.Script(program, "echo 'to postgresql://me:geheim@there/shop: no route' >&2; exit 3");
        var request = bench.Request with { Upload = [program], Retention = new RetentionPolicy(1, null) };

        var problem = await Workbench.FailAsync(() => BackupRun.TakeAsync(bench.Settings, request, BackupBench.Stop));

        Assert.Equal("SL5112", problem.Code);
        Assert.Contains("exit code 3\n  to postgresql://", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", problem.Message, StringComparison.Ordinal);
        Assert.Equal(2, Retention.Of(bench.Request.Folder, bench.Database).Count());
        Assert.True(File.Exists(older.Path));

        problem = await Workbench.FailAsync(() => BackupRun.TakeAsync(bench.Settings, request with { Upload = [program + ".none"] }, BackupBench.Stop));
        Assert.Contains("could not be started", problem.Message, StringComparison.Ordinal);
    }

    private static List<string> FilesOf(string archive) => File.Exists(archive) ? [archive] : [.. System.IO.Directory.EnumerateFiles(archive).Order(StringComparer.Ordinal)];

    private static async Task<Postgres.Connecting.Problem> RefusedAsync(BackupBench bench, RestoreRequest request, string code)
    {
        var problem = await Workbench.FailAsync(() => RestoreRun.PlanAsync(bench.Settings, request, BackupBench.Stop));
        Assert.Equal(code, problem.Code);
        return problem;
    }
}
