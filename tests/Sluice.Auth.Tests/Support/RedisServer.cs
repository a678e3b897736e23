using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sluice.Auth.Redis;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Support;

/// <summary>A redis-server of its own on a loopback port, without a disk; gone with this process, however that ends.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    // Waits for the end of its input, which comes when this process ends.
    private const string Guard = """
        trap '' INT TERM HUP
        "$@" >/dev/null 2>&1 &
        echo $!
        read -r _
        kill -KILL $! 2>/dev/null
        """;

    private readonly string[] arguments;
    private Process? process;

    public RedisServer()
        : this([])
    {
    }

    internal RedisServer(string[] arguments) => this.arguments = arguments;

    public int Port { get; private set; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{Port}");

    /// <summary>Null where there is none: `.ci/redis` says why.</summary>
    private static string? Binaries { get; } = new[] { Path.Combine(Repository.Root, ".sluice/redis/bin") }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).FirstOrDefault(f => File.Exists(Path.Combine(f, "redis-server")));

    /// <summary>For a test that kills it, or fills it.</summary>
    public static async Task<RedisServer> OfItsOwnAsync()
    {
        var server = new RedisServer();
        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync()
    {
        if (Binaries is null)
        {
            return;
        }

        for (var attempt = 0; process is null; attempt++)
        {
            Port = FreePort();
            if (!await TryStartAsync())
            {
                Assert.True(attempt < 5, "redis-server does not start: five ports were taken by others");
            }
        }
    }

    /// <summary>To be called first by each test.</summary>
    public static void Require() => Assert.SkipWhen(Binaries is null, "redis-server is not here, and .ci/redis could not have it");

    /// <summary>SIGKILL, as a machine that loses power.</summary>
    public async Task KillAsync()
    {
        process!.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Again on the same port, with nothing of what was.</summary>
    public async Task StartAgainAsync() => Assert.True(await TryStartAsync(), "redis-server does not start again");

    /// <summary>Asks by Redis' own client.</summary>
    public async Task<string> AskAsync(params string[] words)
    {
        var start = new ProcessStartInfo(Path.Combine(Binaries!, "redis-cli")) { RedirectStandardOutput = true };
        foreach (var word in (string[])["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), .. words])
        {
            start.ArgumentList.Add(word);
        }

        using var client = Process.Start(start)!;
        var answer = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        return answer.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await KillAsync();
        }
    }

    private async Task<bool> TryStartAsync()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        string[] port = arguments.Contains("--tls-port") ? [] : ["--port", Port.ToString(CultureInfo.InvariantCulture)];
        foreach (var argument in (string[])["-c", Guard, "sh", Path.Combine(Binaries!, "redis-server"), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", .. port, .. arguments.Select(a => a == "{port}" ? Port.ToString(CultureInfo.InvariantCulture) : a)])
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        var server = Process.GetProcessById(int.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < Wait.Patience; await Task.Delay(10))
        {
            if (server.HasExited)
            {
                await KillAsync();
                return false;
            }

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
