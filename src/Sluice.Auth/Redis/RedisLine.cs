using System.Collections.Concurrent;

namespace Sluice.Auth.Redis;

/// <summary>One connection that many use at once: replies come in the order of the commands. Once broken it stays so.</summary>
internal sealed class RedisLine : IAsyncDisposable
{
    private readonly RedisSocket socket;
    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly ConcurrentQueue<Waiting> queue = new();
    private readonly Task reading;
    private volatile RedisException? broken;

    public RedisLine(RedisSocket socket)
    {
        this.socket = socket;
        reading = ReadAsync();
    }

    public bool IsBroken => broken is not null;

    /// <exception cref="RedisException">The line broke. Whether the commands were carried out is not known.</exception>
    /// <exception cref="OperationCanceledException">No answer in time, by which the line is broken.</exception>
    public async Task<IReadOnlyList<RedisReply>> SendAsync(RedisPipeline commands, CancellationToken patience)
    {
        var waiting = new Waiting(commands.Count);
        try
        {
            await writing.WaitAsync(patience);
            try
            {
                queue.Enqueue(waiting);
                // Asked behind the queue: who breaks the line fails all who stand there, and we may have come after that.
                if (broken is { } why)
                {
                    throw why;
                }

                await socket.SendAsync(commands, patience);
            }
            finally
            {
                writing.Release();
            }

            return await waiting.Done.Task.WaitAsync(patience);
        }
        catch (Exception failure) when (RedisSocket.IsLost(failure))
        {
            throw Break(failure);
        }
        catch (OperationCanceledException silent)
        {
            // Half a command may have been sent, and what comes late must not be taken for another's.
            Break(silent);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Break(new RedisException("The connection is closed."));
        await closing.CancelAsync();
        await reading;
        await socket.DisposeAsync();
        closing.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var reply = await socket.ReadAsync(closing.Token);
                if (!queue.TryPeek(out var waiting))
                {
                    throw new RedisException("Redis answers what was not asked.");
                }

                waiting.Replies.Add(reply);
                if (waiting.Replies.Count == waiting.Count)
                {
                    queue.TryDequeue(out _);
                    waiting.Done.TrySetResult(waiting.Replies);
                }
            }
        }
        catch (Exception failure) when (RedisSocket.IsLost(failure) || failure is OperationCanceledException)
        {
            Break(failure);
        }
    }

    private RedisException Break(Exception failure)
    {
        var why = broken ??= failure as RedisException ?? new RedisException($"The connection to Redis was lost: {failure.Message}", failure);
        while (queue.TryDequeue(out var waiting))
        {
            waiting.Done.TrySetException(why);
        }

        return why;
    }

    private sealed class Waiting(int count)
    {
        public int Count => count;

        public List<RedisReply> Replies { get; } = new(count);

        public TaskCompletionSource<IReadOnlyList<RedisReply>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
