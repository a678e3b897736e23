using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Sluice.Postgres.Local;

/// <summary>
/// A private PostgreSQL server below one folder: its data, socket, log and password. It listens on loopback alone, on a port
/// of its own, and survives the process that started it; whoever comes next with the same folder finds it again.
/// </summary>
public sealed class LocalCluster(string folder, PostgresBinaries binaries, LocalClusterOptions? options = null)
{
    public const string UserName = "postgres";

    // A socket's address holds 107 bytes, of which the file name takes up to 16.
    private const int LongestSocketFolder = 90;

    private readonly string folder = Path.GetFullPath(folder);
    private readonly LocalClusterOptions options = options ?? new LocalClusterOptions();

    public string DataFolder => Path.Combine(Home, "data");

    public string LogFile => Path.Combine(Home, "server.log");

    public string PasswordFile => Path.Combine(Home, "password");

    private string SocketFolder => Path.Combine(Home, "socket");

    private string PortFile => Path.Combine(Home, "port");

    // Names the folder that is used instead where the server's account cannot enter this one.
    private string ElsewhereFile => Path.Combine(folder, "elsewhere");

    private string Home => File.Exists(ElsewhereFile) ? File.ReadAllText(ElsewhereFile).Trim() : folder;

    public ClusterState State()
    {
        if (!File.Exists(Path.Combine(DataFolder, "PG_VERSION")) || !File.Exists(PasswordFile))
        {
            return new ClusterState.Absent();
        }

        return PostmasterFile.Running(DataFolder) is { } server
            ? new ClusterState.Running(server.ProcessId, server.Port)
            : new ClusterState.Stopped();
    }

    /// <summary>Makes the cluster if there is none, starts it if it is not running, and waits until it answers.</summary>
    public async Task<ClusterState.Running> StartAsync(CancellationToken cancellation = default)
    {
        if (State() is ClusterState.Running already)
        {
            return already;
        }

        CreatePrivateFolder(folder);
        await using var turn = await TakeTurnAsync(cancellation);
        switch (State())
        {
            case ClusterState.Running running:
                return running;
            case ClusterState.Absent:
                await InitialiseAsync(cancellation);
                break;
            default:
                break;
        }

        // What is left of a crash: nothing runs on the data, yet the server would refuse if its old number is taken by now.
        File.Delete(PostmasterFile.PathIn(DataFolder));
        return await LaunchAsync(cancellation);
    }

    /// <summary>Stops the server. False when it was not running.</summary>
    public async Task<bool> StopAsync(CancellationToken cancellation = default)
    {
        if (State() is not ClusterState.Running)
        {
            return false;
        }

        var account = await ServerAccount.ChooseAsync(cancellation);
        var (exitCode, output) = await account.RunAsync(binaries.PgCtl, ["stop", "-D", DataFolder, "-m", "fast", "-w", "-t", "60"], cancellation);
        return exitCode == 0 || State() is not ClusterState.Running
            ? true
            : throw new LocalClusterException($"The server in {folder} did not stop: {output}");
    }

    /// <summary>How to reach a database of the running server.</summary>
    public NpgsqlConnectionStringBuilder Connection(string database = "postgres") =>
        State() is ClusterState.Running running
            ? new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = running.Port,
                Username = UserName,
                Password = File.ReadAllText(PasswordFile).Trim(),
                Database = database,
            }
            : throw new LocalClusterException($"The server in {folder} is not running. Start it: `sluice db start`.");

    /// <summary>The same as <see cref="Connection"/>, as DATABASE_URL has it.</summary>
    public string Url(string database)
    {
        var connection = Connection(database);
        return $"postgresql://{UserName}:{Uri.EscapeDataString(connection.Password!)}@127.0.0.1:"
            + $"{connection.Port.ToString(CultureInfo.InvariantCulture)}/{Uri.EscapeDataString(database)}";
    }

    private async Task InitialiseAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(DataFolder) && Directory.EnumerateFileSystemEntries(DataFolder).Any())
        {
            if (File.Exists(Path.Combine(DataFolder, "PG_VERSION")))
            {
                throw new LocalClusterException(
                    $"{DataFolder} holds a database cluster without its password file ({PasswordFile}). Restore the file, or move the folder away.");
            }

            // initdb removes what it made when it fails, but not when it is killed; without PG_VERSION there is no data yet.
            Directory.Delete(DataFolder, recursive: true);
        }

        var account = await ServerAccount.ChooseAsync(cancellation);
        await account.TakeOverAsync(folder, cancellation);
        if (!await account.CanEnterAsync(folder, cancellation))
        {
            File.WriteAllText(ElsewhereFile, Directory.CreateTempSubdirectory("sluice-").FullName);
        }

        CreatePrivateFolder(DataFolder);
        CreatePrivateFolder(SocketFolder);
        WritePrivate(PasswordFile, RandomNumberGenerator.GetHexString(40, lowercase: true) + "\n");
        await account.TakeOverAsync(Home, cancellation);
        string[] arguments =
        [
            "-D", DataFolder, "-U", UserName, "-A", "scram-sha-256", "--pwfile", PasswordFile,
            "-E", "UTF8", "--locale=C", .. options.Durable ? Array.Empty<string>() : ["--no-sync"],
        ];
        var (exitCode, output) = await account.RunAsync(binaries.InitDb, arguments, cancellation);
        if (exitCode != 0)
        {
            throw new LocalClusterException($"initdb could not make a database cluster in {DataFolder}: {output}");
        }
    }

    private async Task<ClusterState.Running> LaunchAsync(CancellationToken cancellation)
    {
        var account = await ServerAccount.ChooseAsync(cancellation);
        CreatePrivateFolder(SocketFolder);
        await account.TakeOverAsync(Home, cancellation);
        var output = "";

        // Between finding a free port and using it somebody else may take it.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var port = FreePort(attempt == 0 ? RememberedPort() : 0);
            File.WriteAllText(LogFile, "");
            await account.TakeOverAsync(LogFile, cancellation);
            (var exitCode, output) = await account.RunAsync(
                binaries.PgCtl, ["start", "-D", DataFolder, "-l", LogFile, "-w", "-t", "60", "-o", ServerOptions(port)], cancellation);
            if (exitCode == 0 && State() is ClusterState.Running running)
            {
                File.WriteAllText(PortFile, port.ToString(CultureInfo.InvariantCulture));
                return running;
            }

            output = $"{output}\n{(File.Exists(LogFile) ? File.ReadAllText(LogFile) : "")}".Trim();
            if (!output.Contains("Address already in use", StringComparison.Ordinal))
            {
                break;
            }
        }

        throw new LocalClusterException($"The server in {folder} did not start: {output}");
    }

    private string ServerOptions(int port)
    {
        var sockets = SocketFolder.Length <= LongestSocketFolder && !SocketFolder.Contains('\'') ? SocketFolder : "";
        var settings = $"-p {port.ToString(CultureInfo.InvariantCulture)} -k '{sockets}' -c listen_addresses=127.0.0.1"
            + $" -c max_connections={options.MaxConnections.ToString(CultureInfo.InvariantCulture)}";
        return options.Durable ? settings : settings + " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c jit=off -c max_wal_size=4GB -c max_prepared_transactions=20";
    }

    private int RememberedPort() =>
        File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), CultureInfo.InvariantCulture, out var port) ? port : 0;

    internal static int FreePort(int wanted)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, wanted);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException) when (wanted != 0)
        {
            return FreePort(0);
        }
    }

    // Two commands at once must not make the cluster twice. The lock goes with the process, however it ends.
    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(folder, "lock");
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 600)
            {
                await Task.Delay(100, cancellation);
            }
            catch (IOException busy)
            {
                throw new LocalClusterException($"Another process has been starting the server in {folder} for a minute.", busy);
            }
        }
    }

    private static void CreatePrivateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void WritePrivate(string path, string text)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
