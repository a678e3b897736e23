using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BackupTests
{
    [Theory]
    [InlineData(ArchiveFormat.Custom, 1)]
    [InlineData(ArchiveFormat.Directory, 2)]
    public async Task A_backup_is_private_and_its_manifest_says_what_is_in_it(ArchiveFormat format, int jobs)
    {
        await using var bench = await BackupBench.OpenAsync();

        var result = await BackupRun.TakeAsync(bench.Settings, bench.Request with { Format = format, Jobs = jobs }, BackupBench.Stop);

        Assert.Matches($@"/{bench.Database}_\d{{8}}T\d{{6}}Z_20250201000000_orders\.dump$", result.Path);
        var manifest = await BackupManifest.ReadAsync(result.Path, BackupBench.Stop);
        Assert.Equal(("20250201000000_orders", true, format), (manifest.SchemaVersion, manifest.Whole, manifest.Format));
        Assert.Equal(500, manifest.Tables.Single(t => t.Name == "users").Rows);
        Assert.Equal(["Empty", "_prisma_migrations", "orders", "parts_1", "things", "users"], manifest.Tables.Select(t => t.Name).Order(StringComparer.Ordinal));
        await ArchiveSeal.RequireAsync(result.Path, manifest, BackupBench.Stop);
        foreach (var path in System.IO.Directory.EnumerateFileSystemEntries(bench.Request.Folder, "*.dump*", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(bench.Request.Folder));
    }

    [Fact]
    public async Task A_dump_that_lacks_rows_does_not_count()
    {
        await using var bench = await BackupBench.OpenAsync();
        await bench.UseRoleAsync("SUPERUSER", "x");
        var tools = await bench.WrappedAsync("", extra: "--exclude-table-data=public.orders");

        var problem = await Workbench.FailAsync(() => bench.TakeAsync(tools, bench.Request));

        Assert.Equal("SL5103", problem.Code);
        Assert.Contains("public.orders has 0 rows, and had 300", problem.Message, StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(bench.Request.Folder, "*.dump*"));
    }

    [Fact]
    public async Task A_dump_that_lacks_a_trigger_or_a_function_does_not_count()
    {
        await using var bench = await BackupBench.OpenAsync();
        var tools = await bench.WrappedAsync("", extra: "--exclude-table=public.known");

        var problem = await Workbench.FailAsync(() => bench.TakeAsync(tools, bench.Request));

        Assert.Equal("SL5103", problem.Code);
        Assert.Contains("public.known", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writers_go_on_during_a_backup_and_it_holds_the_moment_it_began()
    {
        await using var bench = await BackupBench.OpenAsync();
        var server = bench.Settings.Address;
        var tools = await bench.WrappedAsync(
            $"PGPASSWORD='{server.Password}' {(await bench.ToolsAsync()).Folder}/psql -q -h {server.Host} -p {server.Port} -U {server.User} -d {server.Database} -c 'DELETE FROM orders WHERE id > 100'");

        var result = await bench.TakeAsync(tools, bench.Request);

        Assert.Equal(300, result.Manifest.Tables.Single(t => t.Name == "orders").Rows);
        Assert.Equal(100, await bench.ScalarAsync<long>("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task A_dump_that_fails_leaves_nothing_and_says_what_pg_dump_said()
    {
        await using var bench = await BackupBench.OpenAsync();
        var tools = await bench.WrappedAsync("echo 'pg_dump: error: no space left on device' >&2; exit 1");

        var problem = await Workbench.FailAsync(() => bench.TakeAsync(tools, bench.Request));

        Assert.Equal("SL5102", problem.Code);
        Assert.Contains("no space left", problem.Message, StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(bench.Request.Folder, "*.dump*"));
    }

    [Fact]
    public async Task The_password_is_on_no_command_line_and_in_no_output()
    {
        await using var bench = await BackupBench.OpenAsync();
        await bench.UseRoleAsync("SUPERUSER", "p:a\\ss Canary");
        var seen = Path.Combine(bench.Home, "seen");
        var tools = await bench.WrappedAsync($"tr '\\0' ' ' < /proc/$$/cmdline >> {seen}; stat -c ' %a' \"$PGPASSFILE\" >> {seen}; echo \"$PGPASSFILE\" > {seen}.path; env | grep -c Canary >> {seen}");

        var result = await bench.TakeAsync(tools, bench.Request);

        var lines = await File.ReadAllTextAsync(seen, BackupBench.Stop);
        Assert.Contains("pg_dump", lines, StringComparison.Ordinal);
        Assert.Contains("pg_restore", lines, StringComparison.Ordinal);
        Assert.Contains(" 600\n0\n", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("Canary", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("Canary", await File.ReadAllTextAsync(BackupManifest.PathFor(result.Path), BackupBench.Stop), StringComparison.Ordinal);
        Assert.False(Path.Exists((await File.ReadAllTextAsync(seen + ".path", BackupBench.Stop)).Trim()));
    }

    [Fact]
    public async Task A_user_who_may_not_create_databases_is_told_what_the_proof_needs()
    {
        await using var bench = await BackupBench.OpenAsync();
        await bench.UseRoleAsync("BYPASSRLS IN ROLE pg_read_all_data", "x");

        var problem = await Workbench.FailAsync(bench.TakeAsync);

        Assert.Equal("SL5109", problem.Code);
        Assert.Contains(problem.Remedies, r => r.Contains("CREATEDB", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_named()
    {
        await using var bench = await BackupBench.OpenAsync();
        var request = bench.Request with { Scope = new BackupScope.Tables(["orders", "other.things", "nosuch"]) };
        var problem = await Workbench.FailAsync(() => BackupRun.TakeAsync(bench.Settings, request, BackupBench.Stop));
        Assert.Equal(("SL5106", true), (problem.Code, problem.Message.Contains("nosuch", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("pg_dump (PostgreSQL) 9.6.24", "too old")]
    [InlineData("nothing of the kind", "not found")]
    public async Task A_missing_or_too_old_pg_dump_is_told_with_the_package_to_install(string says, string expected)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("sluice-tools-");
        try
        {
            BackupBench.Script(Path.Combine(folder.FullName, "pg_dump"), $"echo '{says}'");
            BackupBench.Script(Path.Combine(folder.FullName, "pg_restore"), "exit 0");
            var problem = await Workbench.FailAsync(() => DumpTools.RequireAsync([folder.FullName], 15, BackupBench.Stop));
            Assert.Equal("SL5101", problem.Code);
            Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
            Assert.Contains("apt-get install postgresql-client-15", problem.Remedies[0], StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Tools_of_the_servers_own_version_come_before_newer_ones()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("sluice-tools-");
        try
        {
            string[] folders = [.. new[] { "18.1", "16.4", "15.2", "14.9" }.Select(version =>
            {
                var home = System.IO.Directory.CreateDirectory(Path.Combine(folder.FullName, version)).FullName;
                BackupBench.Script(Path.Combine(home, "pg_dump"), $"echo 'pg_dump (PostgreSQL) {version} (Debian)'");
                BackupBench.Script(Path.Combine(home, "pg_restore"), "exit 0");
                return home;
            })];
            Assert.Equal("15.2", (await DumpTools.RequireAsync(folders, 15, BackupBench.Stop)).Version);
            Assert.Equal("18.1", (await DumpTools.RequireAsync(folders, 17, BackupBench.Stop)).Version);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
