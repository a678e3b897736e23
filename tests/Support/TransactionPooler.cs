using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Tests.Support;

/// <summary>
/// A pooler in transaction mode, as PgBouncer is one: a client has a server session from its first message until the server
/// says that no transaction is open, and the next time another one. It shows by protocol 3.0 alone, so what a client takes for
/// its session's own is lost here as it is there. Clients authenticate with the server itself; each user and database has sessions of its own.
/// </summary>
public sealed class TransactionPooler : IAsyncDisposable
{
    private const int TlsRequest = 80877103;
    private const int GssRequest = 80877104;
    private const int CancelRequest = 80877102;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly (string Host, int Port) server;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<(string User, string Database), ConcurrentQueue<ServerSession>> pools = new();
    private readonly ConcurrentDictionary<ServerSession, byte> all = new();
    private readonly ConcurrentDictionary<int, ServerSession?> assigned = new();
    private readonly ConcurrentDictionary<Task, byte> clients = new();
    private readonly Task accepting;
    private int lastClient = 1_000_000;

    private TransactionPooler(string host, int port)
    {
        server = (host, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>In front of the server of the tests.</summary>
    public static TransactionPooler Start() => new(TestCluster.Server.Host!, TestCluster.Server.Port);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(clients.Keys);
        foreach (var session in all.Keys)
        {
            session.Dispose();
        }

        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                var serving = ServeAsync(client);
                clients[serving] = 0;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var number = Interlocked.Increment(ref lastClient);
        using (client)
        {
            client.NoDelay = true;
            try
            {
                var stream = client.GetStream();
                if (await WelcomeAsync(stream, number) is { } idle)
                {
                    await RelayAsync(stream, number, idle);
                }
            }
            catch (Exception gone) when (gone is IOException or SocketException or EndOfStreamException or OperationCanceledException or ObjectDisposedException)
            {
                // A client or a server that hangs up is what this is here for.
            }
            finally
            {
                // A transaction that its client left in the middle must not go to the next one.
                if (assigned.TryRemove(number, out var left) && left is not null)
                {
                    Close(left);
                }
            }
        }
    }

    // The handshake is passed on as it is; the session that comes of it joins its pool, and the client gets a key of ours.
    // Null for a client that wants nothing more, or got nothing.
    private async Task<ConcurrentQueue<ServerSession>?> WelcomeAsync(NetworkStream client, int number)
    {
        var opening = await Startup(client);
        while (BinaryPrimitives.ReadInt32BigEndian(opening.AsSpan(4)) is TlsRequest or GssRequest)
        {
            await client.WriteAsync("N"u8.ToArray(), stop.Token);
            opening = await Startup(client);
        }

        if (BinaryPrimitives.ReadInt32BigEndian(opening.AsSpan(4)) == CancelRequest)
        {
            await CancelAsync(BinaryPrimitives.ReadInt32BigEndian(opening.AsSpan(8)));
            return null;
        }

        var idle = pools.GetOrAdd(Destination(opening), _ => new());
        var session = await ServerSession.ConnectAsync(server.Host, server.Port, stop.Token);
        all[session] = 0;
        await session.Stream.WriteAsync(opening, stop.Token);
        while (true)
        {
            var message = await Message(session.Stream);
            switch ((char)message[0])
            {
                case 'K':
                    session.Key = message[5..];
                    BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(5), number);
                    RandomNumberGenerator.Fill(message.AsSpan(9));
                    break;
                case 'Z':
                    // Before the client knows, so that what it sends next finds a session.
                    idle.Enqueue(session);
                    await client.WriteAsync(message, stop.Token);
                    return idle;
                case 'E':
                    await client.WriteAsync(message, stop.Token);
                    Close(session);
                    return null;
            }

            await client.WriteAsync(message, stop.Token);
            if (message[0] == 'R' && BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(5)) is not (0 or 12))
            {
                await session.Stream.WriteAsync(await Message(client), stop.Token);
            }
        }
    }

    private async Task RelayAsync(NetworkStream client, int number, ConcurrentQueue<ServerSession> idle)
    {
        assigned[number] = null;
        while (true)
        {
            var message = await Message(client);
            if (message[0] == 'X')
            {
                return;
            }

            if (assigned[number] is not { } session)
            {
                session = await TakeAsync(idle);
                assigned[number] = session;
                session.Expected = 0;
                session.Relay = BackAsync(session, client, number, idle);
            }

            if (message[0] is (byte)'S' or (byte)'Q')
            {
                Interlocked.Increment(ref session.Expected);
            }

            await session.Stream.WriteAsync(message, stop.Token);
        }
    }

    private async Task BackAsync(ServerSession session, NetworkStream client, int number, ConcurrentQueue<ServerSession> idle)
    {
        try
        {
            while (true)
            {
                var message = await Message(session.Stream);
                var free = message[0] == 'Z' && Interlocked.Decrement(ref session.Expected) == 0 && message[5] == 'I';
                if (free)
                {
                    // Given back before the client hears of it: what it sends next gets another session.
                    assigned[number] = null;
                    idle.Enqueue(session);
                }

                await client.WriteAsync(message, stop.Token);
                if (free)
                {
                    return;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or EndOfStreamException or OperationCanceledException or ObjectDisposedException)
        {
            Close(session);
            client.Close();
        }
    }

    // The one that has been idle longest, so that two transactions of a client are seldom in one session.
    private async Task<ServerSession> TakeAsync(ConcurrentQueue<ServerSession> idle)
    {
        ServerSession? session;
        while (!idle.TryDequeue(out session))
        {
            await Task.Delay(5, stop.Token);
        }

        return session;
    }

    private async Task CancelAsync(int number)
    {
        if (!assigned.TryGetValue(number, out var session) || session is null)
        {
            return;
        }

        using var connection = await ServerSession.ConnectAsync(server.Host, server.Port, stop.Token);
        var request = new byte[8 + session.Key.Length];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), CancelRequest);
        session.Key.CopyTo(request, 8);
        await connection.Stream.WriteAsync(request, stop.Token);
    }

    private void Close(ServerSession session)
    {
        all.TryRemove(session, out _);
        session.Dispose();
    }

    // The opening names both in pairs of texts that end with a zero, after its length and the version.
    private static (string User, string Database) Destination(byte[] opening)
    {
        var texts = Encoding.UTF8.GetString(opening.AsSpan(8)).Split('\0');
        var named = texts.Chunk(2).Where(p => p is [not "", _]).ToDictionary(p => p[0], p => p[1]);
        return (named["user"], named.GetValueOrDefault("database", named["user"]));
    }

    private async Task<byte[]> Startup(NetworkStream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, stop.Token);
        return await Rest(stream, length, BinaryPrimitives.ReadInt32BigEndian(length));
    }

    private async Task<byte[]> Message(NetworkStream stream)
    {
        var head = new byte[5];
        await stream.ReadExactlyAsync(head, stop.Token);
        return await Rest(stream, head, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) + 1);
    }

    private async Task<byte[]> Rest(NetworkStream stream, byte[] head, int total)
    {
        var whole = new byte[total];
        head.CopyTo(whole, 0);
        await stream.ReadExactlyAsync(whole.AsMemory(head.Length), stop.Token);
        return whole;
    }

    private sealed class ServerSession(TcpClient client) : IDisposable
    {
        public int Expected;

        public NetworkStream Stream { get; } = client.GetStream();

        public byte[] Key { get; set; } = [];

        public Task Relay { get; set; } = Task.CompletedTask;

        public static async Task<ServerSession> ConnectAsync(string host, int port, CancellationToken cancellation)
        {
            var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(host, port, cancellation);
            return new ServerSession(client);
        }

        public void Dispose() => client.Dispose();
    }
}
