using System.Net;
using System.Net.Sockets;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Tests.Connecting;

/// <summary>A port in front of a server: taken from the beginning, so that nobody else gets it, and answering once it is opened.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly DatabaseAddress server;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource end = new();
    private Task accepting = Task.CompletedTask;

    public Relay(DatabaseAddress server)
    {
        this.server = server;

        // Bound and not listening: whoever connects is refused.
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    public void Open()
    {
        listener.Listen();
        accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await accepting;
        listener.Dispose();
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            using var client = new NetworkStream(await listener.AcceptAsync(end.Token), ownsSocket: true);
            using var there = new TcpClient();
            await there.ConnectAsync(server.Host, server.Port, end.Token);
            var stream = there.GetStream();
            await Task.WhenAny(client.CopyToAsync(stream, end.Token), stream.CopyToAsync(client, end.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
