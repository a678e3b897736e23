using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Sluice.Postgres.Local;

namespace Sluice.Bench.Auth;

/// <summary>A durable PostgreSQL, a Redis where there is one, and every design as a server, all at once; idle ones cost nothing.</summary>
internal sealed class Field : IAsyncDisposable
{
    public const string Password = "a quiet evening at home";
    public const string Account = "01900000-0000-7000-8000-000000000000";
    /// <summary>The most that refresh at once.</summary>
    public const int Clients = 256;

    private readonly Dictionary<string, Server> servers = [];
    private readonly LocalCluster cluster;
    private Process? redis;

    private Field(LocalCluster cluster, string folder) => (this.cluster, Folder) = (cluster, folder);

    public string Folder { get; }

    public bool HasRedis => redis is not null;

    public Server this[string design] => servers[design];

    public string Database => cluster.Url("bench");

    public TimeSpan DatabaseProcessor => cluster.State() is ClusterState.Running running
        ? Load.ChildrenOf(running.ProcessId).Aggregate(TimeSpan.Zero, (sum, child) => sum + Load.ProcessorOf(child))
        : TimeSpan.Zero;

    /// <param name="redisServer">The program; empty where it cannot be had.</param>
    public static async Task<Field> PrepareAsync(string folder, string redisServer)
    {
        var cluster = new LocalCluster(Path.Combine(folder, "pg"), PostgresBinaries.Require(null), new LocalClusterOptions(Durable: true, MaxConnections: 200));
        await cluster.StartAsync();
        var field = new Field(cluster, folder);
        try
        {
            await field.FillAsync(redisServer);
            return field;
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync(string design, string? database = null, string? redisPort = null) =>
        servers[design] = await Server.StartAsync(design, database ?? cluster.Url(design == "identity" ? "identity" : "bench"), redisPort ?? RedisPort, Folder);

    /// <summary>A second node of Sluice.Auth.</summary>
    public Task<Server> StartNodeAsync() => Server.StartAsync("node", Database, "", Folder);

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values)
        {
            await server.DisposeAsync();
        }

        if (redis is not null)
        {
            redis.Kill();
            await redis.WaitForExitAsync();
            redis.Dispose();
        }

        await cluster.StopAsync();
    }

    private async Task FillAsync(string redisServer)
    {
        await using (var connection = new Npgsql.NpgsqlConnection(cluster.Connection().ConnectionString))
        {
            await connection.OpenAsync();
            foreach (var name in new[] { "bench", "identity" })
            {
                await using var create = new Npgsql.NpgsqlCommand($"CREATE DATABASE {name}", connection);
                await create.ExecuteNonQueryAsync();
            }
        }

        var port = "";
        if (redisServer.Length > 0)
        {
            port = FreePort();
            redis = Process.Start(new ProcessStartInfo(redisServer, ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Folder]) { RedirectStandardOutput = true })!;
            _ = redis.StandardOutput.ReadToEndAsync();
            await AnswersAsync(port);
        }

        // The first makes the tables and writes the tokens.
        await StartAsync("sluice", cluster.Url("bench"), "");
    }

    private string RedisPort => redis is null ? "" : redis.StartInfo.ArgumentList[1];

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    private static async Task AnswersAsync(string port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                await Task.Delay(50);
            }
        }
    }
}
