using Sluice.Auth.Settings;

namespace Sluice.Auth.Redis;

/// <summary>Commands over one connection, which is made again when it is lost. While Redis is away, callers hear so at once and do not wait for it.</summary>
internal sealed class RedisClient(RedisAddress address, TimeProvider clock, TimeSpan patience) : IAsyncDisposable
{
    /// <summary>How long somebody who signs in waits for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim opening = new(1);
    private readonly Backoff backoff = new();
    private volatile RedisLine? line;
    private long notBefore = long.MinValue;

    public RedisAddress Address => address;

    public bool IsConnected => line is { IsBroken: false };

    /// <exception cref="RedisException">It is away, or refused one of them. Whether others were carried out is not known.</exception>
    public async Task<IReadOnlyList<RedisReply>> SendAsync(RedisPipeline commands, CancellationToken cancellation)
    {
        // The commands are not withdrawn with their caller: he goes, the line goes on.
        var replies = await SendWholeAsync(commands).WaitAsync(cancellation);
        return replies.OfType<RedisReply.Error>().FirstOrDefault() is { } refused ? throw new RedisException($"Redis at {address} refused: {refused.Code}") : replies;
    }

    public async ValueTask DisposeAsync()
    {
        if (line is { } open)
        {
            await open.DisposeAsync();
        }

        opening.Dispose();
    }

    private async Task<IReadOnlyList<RedisReply>> SendWholeAsync(RedisPipeline commands)
    {
        using var late = new CancellationTokenSource(patience);
        try
        {
            return await (await LineAsync(late.Token)).SendAsync(commands, late.Token);
        }
        catch (OperationCanceledException silent)
        {
            throw new RedisException($"Redis at {address} does not answer.", silent);
        }
    }

    private async Task<RedisLine> LineAsync(CancellationToken late)
    {
        if (line is { IsBroken: false } open)
        {
            return open;
        }

        await opening.WaitAsync(late);
        try
        {
            if (line is { IsBroken: false } other)
            {
                return other;
            }

            if (clock.GetTimestamp() < notBefore)
            {
                throw new RedisException($"Redis at {address} is away.");
            }

            if (line is { } old)
            {
                line = null;
                await old.DisposeAsync();
            }

            // Should this fail, or take too long, the next try is later.
            notBefore = clock.GetTimestamp() + (long)(backoff.Next().TotalSeconds * clock.TimestampFrequency);
            line = new RedisLine(await RedisSocket.OpenAsync(address, late));
            backoff.Reset();
            notBefore = long.MinValue;
            return line;
        }
        finally
        {
            opening.Release();
        }
    }
}
