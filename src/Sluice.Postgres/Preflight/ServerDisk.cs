using System.Globalization;
using System.Net;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Preflight;

/// <summary>Room on the disk of the server, where it is this machine's; SQL does not tell it.</summary>
internal static class ServerDisk
{
    private const int StartLine = 2;

    /// <summary>Null when it cannot be seen, or when it is not certain that the folder is that server's.</summary>
    public static long? FreeBytes(DatabaseAddress address, ServerFacts.Overview server)
    {
        if (server.DataFolder is not { } folder || !IsHere(address.Host))
        {
            return null;
        }

        try
        {
            // A container or a tunnel has a loopback address as well; the file says which server lives here.
            var lines = File.ReadAllLines(Path.Combine(folder, "postmaster.pid"));
            var same = lines.Length > StartLine
                && long.TryParse(lines[StartLine], CultureInfo.InvariantCulture, out var started)
                && Math.Abs(started - server.Started.ToUnixTimeSeconds()) <= 5;
            return same ? new DriveInfo(folder).AvailableFreeSpace : null;
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsHere(string host) =>
        host.StartsWith('/') || host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
