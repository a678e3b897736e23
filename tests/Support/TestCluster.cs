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

    // Making a cluster takes ten times as long as copying one that nobody has used; most processes need a single one.
    private static readonly Lazy<Task<LocalCluster>> Fresh = new(() => Task.Run(MakeFreshAsync));
    private static int asked;

    // Started off the test's own context, so that waiting for it cannot stand in its way.
    private static readonly Lazy<NpgsqlConnectionStringBuilder> Shared = new(() => Task.Run(StartAsync).GetAwaiter().GetResult());

    /// <summary>A connection to the server's `postgres` database, as a superuser.</summary>
    public static NpgsqlConnectionStringBuilder Server => Patient(new(Shared.Value.ConnectionString));

    /// <summary>To a server of a test's own, as a superuser.</summary>
    public static NpgsqlConnectionStringBuilder Connection(LocalCluster cluster, string database = "postgres")
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return Patient(cluster.Connection(database));
    }

    /// <summary>A throw-away cluster in a folder of its own; it ends with this process or before.</summary>
    /// <param name="durable">With the settings that a server comes with; else faster, and such as nobody should work on.</param>
    public static async Task<LocalCluster> StartThrowAwayAsync(int maxConnections = 200, bool durable = false)
    {
        var binaries = PostgresBinaries.Require(Environment.GetEnvironmentVariable("SLUICE_STATE"));
        var folder = NewFolder().FullName;
        var cluster = new LocalCluster(folder, binaries, new LocalClusterOptions(durable, maxConnections));
        try
        {
            var isCopy = Interlocked.Increment(ref asked) > 1;
            if (isCopy)
            {
                await CopyFreshAsync(folder);
            }

            await cluster.StartAsync();
            Guard(cluster.DataFolder, folder);
            if (!isCopy)
            {
                await LetInQuicklyAsync(cluster);
            }

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
        var folder = NewFolder().FullName;
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

    /// <summary>A folder for what a test makes many of, or waits for until it is on a disk. Whoever asks for it removes it.</summary>
    public static DirectoryInfo NewFolder()
    {
        // In memory where there is plenty. Each test's database is 300 files made and deleted, and ext4 shuns for minutes the places of deleted
        // files: after some dozens of databases one takes a second of processor time there, and 10 ms in memory.
        const string InMemory = "/dev/shm";
        const long Plenty = 8L << 30;
        if (!OperatingSystem.IsLinux() || !Directory.Exists(InMemory) || new DriveInfo(InMemory).AvailableFreeSpace < Plenty
            || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < Plenty)
        {
            return Directory.CreateTempSubdirectory("sluice-test-");
        }

        var folder = Path.Combine(InMemory, $"sluice-test-{RandomNumberGenerator.GetHexString(12, lowercase: true)}");
        return Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Copies a cluster that nobody has used into a folder, for one to be started there.</summary>
    public static async Task CopyFreshAsync(string folder) => await CopyAsync(await Fresh.Value, folder);

    private static async Task<LocalCluster> MakeFreshAsync()
    {
        var folder = NewFolder().FullName;
        var cluster = new LocalCluster(folder, PostgresBinaries.Require(Environment.GetEnvironmentVariable("SLUICE_STATE")), new LocalClusterOptions(Durable: false));
        Guard(cluster.DataFolder, folder);
        await cluster.StartAsync();
        await LetInQuicklyAsync(cluster);
        await cluster.StopAsync();
        return cluster;
    }

    // The same password, hashed once instead of 4096 times: tests connect some ten thousand times, and nobody guesses what lives for minutes.
    private static async Task LetInQuicklyAsync(LocalCluster cluster)
    {
        var address = Connection(cluster);
        address.Pooling = false;
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(address.Password!, salt, 1, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync();
        await using var set = new NpgsqlCommand(
            $"ALTER ROLE {LocalCluster.UserName} PASSWORD 'SCRAM-SHA-256$1:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}'", connection);
        await set.ExecuteNonQueryAsync();
    }

    private static async Task CopyAsync(LocalCluster cluster, string folder)
    {
        using var copying = Process.Start("cp", ["-a", cluster.DataFolder, cluster.PasswordFile, folder]);
        await copying.WaitForExitAsync();
        if (copying.ExitCode != 0)
        {
            throw new IOException($"{cluster.DataFolder} could not be copied.");
        }
    }

    // On a machine that stands still for a while a test is late, and not wrong.
    private static NpgsqlConnectionStringBuilder Patient(NpgsqlConnectionStringBuilder server)
    {
        (server.Timeout, server.CommandTimeout) = (300, 300);
        return server;
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
