using System.Diagnostics;
using System.Globalization;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;

namespace Sluice.Postgres.Recovery;

/// <summary>
/// A server on a copy of another one's data, in a folder of its own. It has nothing of the other's settings: it archives nothing,
/// follows nobody, waits for no standby. Who may enter its socket's folder comes in as anybody; on loopback, users and passwords are the copy's.
/// </summary>
internal sealed class ServerCopy(string home, PostgresBinaries binaries, bool durable)
{
    private const int LongestSocketFolder = 90;

    // A server writes down its number a moment after it was started, and before anything in its log.
    private const int MostSilence = 400;
    private const int LeastSilence = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private string? socketFolder;

    public string Home { get; } = Path.GetFullPath(home);

    public string DataFolder => Path.Combine(Home, "data");

    public string LogFile => Path.Combine(Home, "server.log");

    public int? ProcessId => PostmasterFile.Running(DataFolder)?.ProcessId;

    public int Port => PostmasterFile.Running(DataFolder)?.Port ?? throw new LocalClusterException($"The server in {Home} is not running.");

    /// <summary>By the socket, as whom nobody asks.</summary>
    public DatabaseAddress Address(string database, string user) => new()
    {
        Host = socketFolder ?? throw new LocalClusterException($"The server in {Home} was not started."),
        Port = Port,
        Database = database,
        User = user,
        Tls = TlsSettings.Prefer with { Mode = "disable" },
        Retry = new RetryPolicy(0, TimeSpan.Zero),
    };

    /// <summary>Starts it and waits until it takes connections, for as long as its recovery lasts.</summary>
    /// <param name="settings">Lines of its configuration.</param>
    /// <param name="heard">Gets the lines of the server's log as they come.</param>
    /// <exception cref="LocalClusterException">It did not start; the message has the end of its log.</exception>
    public async Task StartAsync(IEnumerable<string> settings, Action<string>? heard, CancellationToken cancellation)
    {
        var account = await ServerAccount.ChooseAsync(cancellation);
        var sockets = socketFolder ??= SocketFolder();
        File.WriteAllText(Path.Combine(Home, "pg_hba.conf"), "local all all trust\nhost all all 127.0.0.1/32 md5\n");
        File.WriteAllText(Path.Combine(DataFolder, "postgresql.auto.conf"), "");
        for (var attempt = 0; ; attempt++)
        {
            var port = LocalCluster.FreePort(0);
            File.WriteAllLines(Path.Combine(Home, "postgresql.conf"), [.. Own(port, sockets), .. settings]);
            File.WriteAllText(LogFile, "");
            await account.TakeOverAsync(Home, cancellation);
            await account.TakeOverAsync(sockets, cancellation);
            if (!await account.CanEnterAsync(DataFolder, cancellation))
            {
                throw new LocalClusterException($"PostgreSQL refuses to run as root, and the account that it would run under cannot enter {DataFolder}. Name a folder that it can: --server-dir DIR (of a drill, --scratch DIR)");
            }

            var (runs, output) = await RunAsync(account, heard, cancellation);
            if (runs)
            {
                return;
            }

            var log = await File.ReadAllTextAsync(LogFile, cancellation);
            if (attempt == 4 || !log.Contains("Address already in use", StringComparison.Ordinal))
            {
                throw new LocalClusterException($"The server in {Home} did not start: {output}\n{string.Join('\n', log.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(10))}");
            }
        }
    }

    public async Task StopAsync()
    {
        if (ProcessId is null)
        {
            return;
        }

        var account = await ServerAccount.ChooseAsync(CancellationToken.None);
        await account.RunAsync(binaries.PgCtl, ["stop", "-D", DataFolder, "-m", durable ? "fast" : "immediate", "-w", "-t", "60"], CancellationToken.None);
    }

    /// <summary>As a power cut does, and nobody has the chance to tidy up.</summary>
    public void Kill()
    {
        using var server = Process.GetProcessById(ProcessId ?? throw new LocalClusterException($"The server in {Home} is not running."));
        server.Kill();
        server.WaitForExit();
    }

    /// <summary>Stops it and takes everything of it away.</summary>
    public async Task RemoveAsync()
    {
        await StopAsync();
        foreach (var folder in new[] { Home, socketFolder }.Where(Directory.Exists).OfType<string>())
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Whoever may enter it comes in unasked, so it is a new one that is our own, wherever it lies.
    private string SocketFolder()
    {
        var near = Path.Combine(Home, "socket");
        if (near.Length > LongestSocketFolder)
        {
            return Directory.CreateTempSubdirectory("sluice-").FullName;
        }

        PrivateFiles.CreateFolder(near);
        return near;
    }

    private IEnumerable<string> Own(int port, string sockets) =>
    [
        "listen_addresses = '127.0.0.1'",
        string.Create(CultureInfo.InvariantCulture, $"port = {port}"),
        $"unix_socket_directories = {Literal(sockets)}",
        $"hba_file = {Literal(Path.Combine(Home, "pg_hba.conf"))}",
        $"ident_file = {Literal(Path.Combine(Home, "pg_ident.conf"))}",
        "logging_collector = off",
        "log_destination = 'stderr'",
        "log_timezone = 'UTC'",
        "timezone = 'UTC'",
        "lc_messages = 'C'",

        // A copy may have been made with more than the defaults allow, and recovery ends where one of them does not reach.
        "max_connections = 500",
        "max_prepared_transactions = 500",
        "max_locks_per_transaction = 256",
        "max_worker_processes = 32",
        "max_wal_senders = 20",

        // Subscriptions in the copy would take from the publisher what the real subscriber has not had yet.
        "max_logical_replication_workers = 0",
        .. WalSizes(),
        .. durable ? Array.Empty<string>() : ["fsync = off", "synchronous_commit = off", "full_page_writes = off"],
    ];

    /// <summary>A string of postgresql.conf, where a backslash means something.</summary>
    internal static string Literal(string text) => $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    // By default they are too small for large segments, and the server would not start.
    private IEnumerable<string> WalSizes()
    {
        var segment = Math.Max(16, WalFiles.SegmentSize(Path.Combine(DataFolder, "pg_wal")) >> 20);
        yield return string.Create(CultureInfo.InvariantCulture, $"min_wal_size = {5 * segment}MB");
        yield return string.Create(CultureInfo.InvariantCulture, $"max_wal_size = {64 * segment}MB");
    }

    // pg_ctl comes back while a server still recovers that lets nobody look meanwhile; its log tells when it takes connections.
    private async Task<(bool Runs, string Output)> RunAsync(ServerAccount account, Action<string>? heard, CancellationToken cancellation)
    {
        var (exitCode, output) = await account.RunAsync(
            binaries.PgCtl,
            ["start", "-D", DataFolder, "-l", LogFile, "-W", "-o", $"-c config_file={Quoted(Path.Combine(Home, "postgresql.conf"))}"],
            CancellationToken.None);
        try
        {
            for (var (seen, silent) = (0, 0); exitCode == 0 && silent < (seen == 0 ? MostSilence : LeastSilence); silent = ProcessId is null ? silent + 1 : 0)
            {
                var lines = await File.ReadAllLinesAsync(LogFile, cancellation);
                foreach (var line in lines.Skip(seen))
                {
                    heard?.Invoke(line);
                }

                if (lines.Any(l => l.Contains("database system is ready to accept", StringComparison.Ordinal)))
                {
                    return (true, output);
                }

                seen = lines.Length;
                await Task.Delay(Pause, cancellation);
            }

            return (false, output);
        }
        catch (OperationCanceledException)
        {
            await StopAsync();
            throw;
        }
    }

    // pg_ctl hands the options to a shell.
    private static string Quoted(string path) => ShellWord.Quote(path);
}
