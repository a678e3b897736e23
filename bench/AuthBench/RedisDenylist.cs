using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Sluice.Bench.Auth;

/// <summary>One connection that all requests share, questions sent together as they come: how the common clients of Redis do it.</summary>
internal sealed class RedisDenylist : IDenylist
{
    private readonly Channel<(string Key, TaskCompletionSource<bool> Answer)> asked = Channel.CreateUnbounded<(string, TaskCompletionSource<bool>)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentQueue<TaskCompletionSource<bool>> waiting = new();
    private readonly NetworkStream stream;

    public RedisDenylist(string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect("127.0.0.1", int.Parse(address, CultureInfo.InvariantCulture));
        stream = new NetworkStream(socket, ownsSocket: true);
        _ = Task.Run(SendAsync);
        _ = Task.Run(ReceiveAsync);
    }

    public ValueTask<bool> HoldsAsync(string token)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        asked.Writer.TryWrite(($"blacklist:{Field.HashOf(token)}", answer));
        return new ValueTask<bool>(answer.Task);
    }

    private async Task SendAsync()
    {
        var buffer = new byte[1 << 16];
        while (await asked.Reader.WaitToReadAsync())
        {
            var length = 0;
            while (length < buffer.Length - 200 && asked.Reader.TryRead(out var question))
            {
                waiting.Enqueue(question.Answer);
                length += Encoding.ASCII.GetBytes($"*2\r\n$6\r\nEXISTS\r\n${question.Key.Length}\r\n{question.Key}\r\n", buffer.AsSpan(length));
            }

            await stream.WriteAsync(buffer.AsMemory(0, length));
        }
    }

    // Each answer is `:0` or `:1`, and a line break.
    private async Task ReceiveAsync()
    {
        var buffer = new byte[1 << 16];
        var at = 0;
        while (await stream.ReadAsync(buffer) is > 0 and var read)
        {
            for (var i = 0; i < read; i++, at = (at + 1) % 4)
            {
                if (at == 1 && waiting.TryDequeue(out var answer))
                {
                    answer.SetResult(buffer[i] == '1');
                }
            }
        }
    }
}
