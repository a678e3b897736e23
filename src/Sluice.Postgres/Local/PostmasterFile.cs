using System.Globalization;

namespace Sluice.Postgres.Local;

/// <summary>`postmaster.pid`, which a running server keeps in its data folder and a crashed one leaves behind.</summary>
internal sealed record PostmasterFile(int ProcessId, int Port)
{
    public static string PathIn(string dataFolder) => Path.Combine(dataFolder, "postmaster.pid");

    /// <summary>The server that runs on the data folder, or null when there is none, whatever a left-over file says.</summary>
    public static PostmasterFile? Running(string dataFolder)
    {
        var path = PathIn(dataFolder);
        if (!File.Exists(path))
        {
            return null;
        }

        var text = File.ReadAllText(path);
        var lines = text.Split('\n');
        return lines.Length >= 4
            && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var processId)
            && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
            && Serves(processId, [.. lines.Take(4)])
            ? new PostmasterFile(processId, port)
            : null;
    }

    // After a crash the number may belong to a stranger. A server works inside its data folder, so the file seen from the
    // process's working folder is this very file; a stranger has none there, or another.
    // What comes after the port the server writes anew while it starts and ends.
    private static bool Serves(int processId, string[] written)
    {
        var process = $"/proc/{processId.ToString(CultureInfo.InvariantCulture)}";
        if (!Directory.Exists(process))
        {
            // Without /proc (macOS) the server itself has to tell, when it is started a second time.
            return !Directory.Exists("/proc/self");
        }

        try
        {
            return File.ReadLines(process + "/cwd/postmaster.pid").Take(4).SequenceEqual(written);
        }
        catch (UnauthorizedAccessException)
        {
            return File.ReadAllText(process + "/comm").Trim() is "postgres";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
