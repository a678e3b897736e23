using System.Diagnostics;

namespace Sluice.Postgres.Backup;

/// <summary>
/// A private folder below TMPDIR for what must not stay: decrypted backups, passwords for a child. It goes with its owner; a lock, which
/// goes with the process however that ends, tells the next one which folders nobody is at any more.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "sluice-scratch-";
    private const string Lock = ".lock";

    // Between its creation and its lock a new one looks as if nobody were at it.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly FileStream claim;

    private ScratchFolder(string path, FileStream claim) => (Path, this.claim) = (path, claim);

    public string Path { get; }

    public static ScratchFolder Create()
    {
        var path = Directory.CreateTempSubdirectory(Prefix).FullName;
        var made = new ScratchFolder(path, new FileStream(System.IO.Path.Combine(path, Lock), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
        Sweep(System.IO.Path.GetTempPath(), File.GetLastWriteTimeUtc(made.Of(Lock)));
        return made;
    }

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>As the end of the process does, however it comes.</summary>
    internal void Forget() => claim.Dispose();

    // Those who clean up temporary files may have been here before.
    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            claim.Dispose();
        }

        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        claim.Dispose();
    }

    /// <summary>Removes what killed processes of this user left.</summary>
    /// <param name="now">By the clock of that file system.</param>
    private static void Sweep(string parent, DateTime now)
    {
        foreach (var folder in new DirectoryInfo(parent).EnumerateDirectories(Prefix + "*", new EnumerationOptions { IgnoreInaccessible = true }).Where(d => d.LinkTarget is null))
        {
            var mark = System.IO.Path.Combine(folder.FullName, Lock);
            try
            {
                if (now - File.GetLastWriteTimeUtc(mark) < Grace)
                {
                    continue;
                }

                using var left = new FileStream(mark, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                if (IsOwn(folder.FullName))
                {
                    if (OperatingSystem.IsWindows())
                    {
                        left.Dispose();
                    }

                    folder.Delete(recursive: true);
                }
            }
            catch (Exception notOurs) when (notOurs is IOException or UnauthorizedAccessException)
            {
                // Somebody is at work in it, it is another user's, or it is gone.
            }
        }
    }

    // Whoever may write below TMPDIR can make a folder of that name, with links in it that lead elsewhere. Only the owner of a folder may
    // change its mode; root may for everybody's, and has to ask.
    private static bool IsOwn(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return true;
        }

        using var find = Process.Start(new ProcessStartInfo("find", [folder, "-prune", "-user", "0"]) { RedirectStandardOutput = true })!;
        var said = find.StandardOutput.ReadToEnd();
        find.WaitForExit();
        return said.Trim().Length > 0;
    }
}
