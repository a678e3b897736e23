using System.Net;
using System.Net.Sockets;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Sessions;

/// <summary>Stands before PostgreSQL and counts how often somebody who has had an answer sends something: a round trip.</summary>
internal sealed class RoundTrips : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private int count;

    public RoundTrips()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Count => Volatile.Read(ref count);

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                open.Add(PassAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task PassAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient();
        await server.ConnectAsync(TestCluster.Server.Host!, TestCluster.Server.Port);
        var answered = true;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        await Task.WhenAll(CopyAsync(client.GetStream(), server.GetStream(), isAsking: true), CopyAsync(server.GetStream(), client.GetStream(), isAsking: false));

        async Task CopyAsync(NetworkStream from, NetworkStream to, bool isAsking)
        {
            var buffer = new byte[1 << 16];
            try
            {
                while (await from.ReadAsync(buffer, over.Token) is > 0 and var read)
                {
                    if (isAsking && Volatile.Read(ref answered))
                    {
                        Interlocked.Increment(ref count);
                    }

                    Volatile.Write(ref answered, !isAsking);
                    await to.WriteAsync(buffer.AsMemory(0, read), over.Token);
                }
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException)
            {
                // One end is closed: so is the other.
            }

            await over.CancelAsync();
        }
    }
}
