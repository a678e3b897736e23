using Sluice.Cli.Projects;

namespace Sluice.Cli.Tests;

public sealed class AtomicFileTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_may_write_the_same_file_at_once_and_nothing_else_stays()
    {
        using var work = new Workspace("");
        var path = Path.Combine(work.Folder, "folder", "file");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => AtomicFile.Write(path, new string((char)('a' + i), 100_000)), Stop)));

        Assert.Single((await File.ReadAllTextAsync(path, Stop)).Distinct());
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_file_that_only_its_owner_may_read_stays_so()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }

        using var work = new Workspace("");
        var path = Path.Combine(work.Folder, ".env");
        await File.WriteAllTextAsync(path, "A=b", Stop);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        AtomicFile.Write(path, "A=c");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}
