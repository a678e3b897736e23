using System.Diagnostics;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Importing;

/// <summary>The program itself, `sluice-auth import`, with files, a pipe, and an end in the middle.</summary>
public sealed class ImportProcessTests : IDisposable
{
    private const int Lines = 8_000;

    private const string Busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-import-").FullName;

    private static string Line(int i) => Importing.Line(new { email = $"user{i}@example.com", username = $"user{i}", emailVerified = true, createdAt = "2024-01-01T00:00:00Z", passwordHash = "$2b$04$VVmMVnbNBkBcbPPG/rpM4.qFx0CBwVeOqqGNTZ1IbXdEoKdmu6hNi" });

    [Fact]
    public async Task An_import_that_is_killed_in_the_middle_is_run_again_and_then_every_account_is_there_once()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var file = Path.Combine(folder, "accounts.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, Lines).Select(i => Line(i).TrimEnd()));

        // Half of the lines come, and then no more: it waits in the middle, however fast it is.
        var start = ServerProcess.StartInfo(database.Url, [], "import", "-");
        start.RedirectStandardInput = true;
        using (var process = Process.Start(start)!)
        using (Orphans.Prevent(process))
        {
            var heard = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.StandardInput.WriteAsync(string.Concat(Enumerable.Range(0, Lines / 2).Select(Line)));
            await process.StandardInput.FlushAsync();
            await Wait.UntilAsync(async () => process.HasExited || await CountAsync(database) > 0, "nothing was imported");
            Assert.False(process.HasExited);

            process.Kill();
            await process.WaitForExitAsync();
            await heard;
        }

        // What it had sent before it was killed may still be under way.
        await Wait.UntilAsync(async () => (long)(await database.QueryAsync(Busy))! == 0, "its session does not end");

        var left = await CountAsync(database);
        Assert.InRange(left, 1, Lines / 2);
        Assert.Equal(0, left % 1000);
        var (code, said, _) = await RunAsync(database, file, "--json");

        Assert.Equal((0, $$"""{"lines":{{Lines}},"added":{{Lines - left}},"updated":0,"unchanged":{{left}},"skipped":0,"rejected":0,"dryRun":false}"""), (code, said));
        Assert.Equal(Lines, await CountAsync(database));
        Assert.Equal((long)Lines, await database.QueryAsync("SELECT count(DISTINCT email) FROM users"));
        Assert.Equal((decimal)Lines, await database.QueryAsync("SELECT sum((\"newValues\" ->> 'added')::int)::numeric FROM audit_logs WHERE action = 'accounts_imported'"));
    }

    [Fact]
    public async Task Rejected_lines_go_to_a_file_for_its_owner_alone_and_are_taken_from_there_when_they_are_right()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var (file, rejected) = (Path.Combine(folder, "accounts.ndjson"), Path.Combine(folder, "rejected.ndjson"));
        await File.WriteAllTextAsync(file, "\ufeff" + Line(1).Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n" + Line(2).Replace("user2@", "user2(at)", StringComparison.Ordinal) + "no JSON\n" + Line(3).TrimEnd());

        var (code, said, told) = await RunAsync(database, file, "--rejected", rejected);

        Assert.Equal((1, "4 lines: 2 added, 0 updated, 0 there already, 0 skipped, 2 rejected"), (code, said));
        // Between them, on a slow machine, how far it has come.
        Assert.Equal(
            ["line 3 email is no address that mail could be sent to", "line 4 is not JSON from byte 1 on: write one object a line"],
            told.Split('\n').Where(l => l.StartsWith("line ", StringComparison.Ordinal)));
        Assert.Equal(Line(2).Replace("user2@", "user2(at)", StringComparison.Ordinal) + "no JSON\n", await File.ReadAllTextAsync(rejected));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rejected));
        }

        await File.WriteAllTextAsync(rejected, (await File.ReadAllTextAsync(rejected)).Replace("(at)", "@", StringComparison.Ordinal).Replace("no JSON\n", "", StringComparison.Ordinal));
        Assert.Equal(0, (await RunAsync(database, rejected)).Code);
        Assert.Equal(3, await CountAsync(database));
    }

    [Fact]
    public async Task Without_a_database_it_says_so_and_that_it_can_be_run_again()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "one"), Line(1));
        var (code, _, told) = await RunAsync("postgresql://nobody:secret-word@127.0.0.1:1/none", Path.Combine(folder, "one"));

        Assert.Equal(3, code);
        Assert.Contains("run the same again", told, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", told, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Task<(int Code, string Said, string Told)> RunAsync(TestDatabase database, params string[] arguments) => RunAsync(database.Url, arguments);

    private static async Task<(int Code, string Said, string Told)> RunAsync(string url, params string[] arguments)
    {
        using var process = Process.Start(ServerProcess.StartInfo(url, [], ["import", .. arguments]))!;
        using var guard = Orphans.Prevent(process);
        var (said, told) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, (await said).Trim(), await told);
    }

    private static async Task<long> CountAsync(TestDatabase database) => (long)(await database.QueryAsync("SELECT count(*) FROM users"))!;
}
