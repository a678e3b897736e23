using Sluice.Postgres.Backup;
using Xunit;

namespace Sluice.Postgres.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ScratchFolderTests : IDisposable
{
    private readonly DirectoryInfo elsewhere = System.IO.Directory.CreateTempSubdirectory("sluice-elsewhere-");

    [Fact]
    public void What_a_killed_process_left_goes_with_the_next_and_nobody_elses_does()
    {
        using var living = Old(ScratchFolder.Create());
        var left = Old(ScratchFolder.Create());
        System.IO.Directory.CreateDirectory(left.Of("archive.dump"));
        File.WriteAllText(left.Of("archive.dump/toc.dat"), "rows");
        var fresh = ScratchFolder.Create();
        left.Forget();
        fresh.Forget();

        // Named alike, but no folder of ours: without a lock, and a link to what is dear to somebody.
        var strange = System.IO.Directory.CreateTempSubdirectory("sluice-scratch-").FullName;
        File.WriteAllText(Path.Combine(elsewhere.FullName, ".lock"), "");
        Age(Path.Combine(elsewhere.FullName, ".lock"));
        var link = File.CreateSymbolicLink(strange + "-link", elsewhere.FullName).FullName;
        File.CreateSymbolicLink(left.Of("link"), elsewhere.FullName);
        try
        {
            using (ScratchFolder.Create())
            {
                Assert.Equal([true, false, true, true, true, true], [Is(living.Path), Is(left.Path), Is(fresh.Path), Is(strange), Is(link), File.Exists(Path.Combine(elsewhere.FullName, ".lock"))]);
            }

            Age(fresh.Of(".lock"));
            ScratchFolder.Create().Dispose();
            Assert.False(Is(fresh.Path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(living.Path));
        }
        finally
        {
            File.Delete(link);
            System.IO.Directory.Delete(strange);
        }
    }

    public void Dispose() => elsewhere.Delete(recursive: true);

    private static bool Is(string folder) => System.IO.Directory.Exists(folder);

    private static ScratchFolder Old(ScratchFolder folder)
    {
        Age(folder.Of(".lock"));
        return folder;
    }

    private static void Age(string file) => File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-5));
}
