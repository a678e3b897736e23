using System.Diagnostics;
using Sluice.Postgres.Local;

namespace Sluice.Postgres.Recovery;

/// <summary>Folders of scratch servers, with a lock that goes with the process, however it ends: what is left of a killed one is stopped and removed by the next.</summary>
internal static class Leftovers
{
    private const string Lock = "sluice-scratch.lock";
    private const string Kept = "sluice-kept";

    public static FileStream Claim(string folder) => new(Path.Combine(folder, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>It is to stay when the process ends.</summary>
    public static void Keep(string folder) => File.WriteAllText(Path.Combine(folder, Kept), "");

    public static void Sweep(string? parent, string pattern)
    {
        foreach (var folder in Directory.Exists(parent) ? Directory.GetDirectories(parent, pattern) : [])
        {
            if (File.Exists(Path.Combine(folder, Lock)) && !File.Exists(Path.Combine(folder, Kept)))
            {
                Remove(folder);
            }
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            using var claim = Claim(folder);
            foreach (var data in Directory.EnumerateFiles(folder, "postmaster.pid", SearchOption.AllDirectories).Select(Path.GetDirectoryName))
            {
                if (PostmasterFile.Running(data!) is { } running)
                {
                    using var server = Process.GetProcessById(running.ProcessId);
                    server.Kill();
                    server.WaitForExit();
                }
            }

            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Somebody is at work in it.
        }
    }
}
