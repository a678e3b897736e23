using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using Sluice.Postgres.Local;

namespace Sluice.Tests.Support;

/// <summary>
/// The PostgreSQL server of a test run: the one that SLUICE_TEST_PG names (an URL or a connection string), else a throw-away
/// cluster that is started when the first test asks for it and is gone, files and all, when the process is, however it ends.
/// </summary>
public static class TestCluster
{
    public const string Variable = "SLUICE_TEST_PG";

    // Started off the test's own context, so that waiting for it cannot stand in its way.
    private static readonly Lazy<NpgsqlConnectionStringBuilder> Shared = new(() => Task.Run(StartAsync).GetAwaiter().GetResult());

    /// <summary>A connection to the server's `postgres` database, as a superuser.</summary>
    public static NpgsqlConnectionStringBuilder Server => new(Shared.Value.ConnectionString);

    /// <summary>A throw-away cluster in a folder of its own; it ends with this process or before.</summary>
    /// <param name="durable">With the settings that a server comes with; else faster, and such as nobody should work on.</param>
    public static async Task<LocalCluster> StartThrowAwayAsync(int maxConnections = 200, bool durable = false)
    {
        var binaries = PostgresBinaries.Require(Environment.GetEnvironmentVariable("SLUICE_STATE"));
        var folder = NewFolder();
        var cluster = new LocalCluster(folder, binaries, new LocalClusterOptions(durable, maxConnections));
        try
        {
            await cluster.StartAsync();
            Guard(cluster.DataFolder, folder);
            return cluster;
        }
        catch (LocalClusterException)
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>A server that follows another of these, and ends like them.</summary>
    public static async Task<LocalCluster> StartStandbyAsync(LocalCluster primary, int maxConnections)
    {
        ArgumentNullException.ThrowIfNull(primary);
        var binaries = PostgresBinaries.Require(Environment.GetEnvironmentVariable("SLUICE_STATE"));
        var folder = NewFolder();
        var standby = new LocalCluster(folder, binaries, new LocalClusterOptions(Durable: false, maxConnections));
        var copy = new ProcessStartInfo(Path.Combine(binaries.Folder, "pg_basebackup"), ["-D", standby.DataFolder, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", primary.Url("postgres")]) { RedirectStandardError = true };
        using (var copying = Process.Start(copy)!)
        {
            var said = await copying.StandardError.ReadToEndAsync();
            await copying.WaitForExitAsync();
            if (copying.ExitCode != 0)
            {
                Directory.Delete(folder, recursive: true);
                throw new InvalidOperationException($"pg_basebackup: {said}");
            }
        }

        File.Copy(primary.PasswordFile, standby.PasswordFile);
        await standby.StartAsync();
        Guard(standby.DataFolder, folder);
        return standby;
    }

    // In memory where there is plenty. Each test's database is 300 files made and deleted, and ext4 shuns for minutes the places of deleted
    // files: after some dozens of databases one takes a second of processor time there, and 10 ms in memory.
    private static string NewFolder()
    {
        const string InMemory = "/dev/shm";
        const long Plenty = 8L << 30;
        if (!OperatingSystem.IsLinux() || !Directory.Exists(InMemory) || new DriveInfo(InMemory).AvailableFreeSpace < Plenty
            || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < Plenty)
        {
            return Directory.CreateTempSubdirectory("sluice-test-").FullName;
        }

        var folder = Path.Combine(InMemory, $"sluice-test-{RandomNumberGenerator.GetHexString(12, lowercase: true)}");
        return Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    private static async Task<NpgsqlConnectionStringBuilder> StartAsync()
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(given) ? (await StartThrowAwayAsync()).Connection() : Parse(given);
    }

    // A shell that waits for the end of its input, which comes when this process ends, even by SIGKILL.
    // The server's number is looked up then, since a test may have restarted it, and must be that of a server on this data.
    private static void Guard(string dataFolder, string folder)
    {
        const string Script = """
            trap '' INT TERM HUP
            read -r _
            if server=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) && { [ ! -d /proc/self ] || [ "/proc/$server/cwd" -ef "$1" ]; }; then
              kill -QUIT "$server" 2>/dev/null
              while kill -0 "$server" 2>/dev/null; do sleep 0.05; done
            fi
            rm -rf "$2"
            """;
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var argument in new[] { "-c", Script, "sh", dataFolder, folder })
        {
            start.ArgumentList.Add(argument);
        }

        Guards.Add(Process.Start(start)!);
    }

    // Held so that their inputs stay open as long as this process lives.
    private static readonly ConcurrentBag<Process> Guards = [];

    private static NpgsqlConnectionStringBuilder Parse(string given)
    {
        if (!given.StartsWith("postgres", StringComparison.Ordinal))
        {
            return new NpgsqlConnectionStringBuilder(given);
        }

        var url = new Uri(given);
        var user = url.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : 5432,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Database = url.AbsolutePath.Trim('/') is { Length: > 0 } name ? Uri.UnescapeDataString(name) : "postgres",
        };
    }
}
