using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Redis;

namespace Sluice.Auth.Revocation;

/// <summary>
/// Keeps the list of this node as Redis has it: told by SUBSCRIBE at once, the log read whole after each connection and on from there
/// at intervals. Gives back what Redis does not have: it was away when that was revoked, or has lost its memory.
/// </summary>
internal sealed partial class RedisFeed(RedisDenylist? denylist, RevocationList list, Hearing hearing, TimeSpan poll, TimeProvider clock, ILogger<RedisFeed> log)
    : BackgroundService
{
    private readonly Backoff backoff = new();
    private readonly SemaphoreSlim reading = new(1);
    private string place = RedisDenylist.Beginning;
    private bool isLost;

    /// <summary>Reads the log before the first request is served. Without Redis the host starts all the same; what it may do then, <see cref="Hearing"/> says.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (denylist is null)
        {
            return;
        }

        await TryAsync(() => CatchUpAsync(denylist, cancellationToken), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ListenAsync(denylist!, stoppingToken), PollAsync(denylist!, stoppingToken));

    private async Task ListenAsync(RedisDenylist denylist, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await TryAsync(() => RedisSubscription.ListenAsync(denylist.Address, denylist.Channel, () => CatchUpAsync(denylist, stop), told => list.Hear(told, clock.GetUtcNow()), stop), stop);
            await Task.Delay(backoff.Next(), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PollAsync(RedisDenylist denylist, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(poll, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            list.Prune(clock.GetUtcNow());
            await TryAsync(() => ReadOnAsync(denylist, stop), stop);
            await TryAsync(() => denylist.SettleAsync(stop), stop);
        }
    }

    private Task CatchUpAsync(RedisDenylist denylist, CancellationToken stop) => AloneAsync(
        async () =>
        {
            var there = new HashSet<string>(StringComparer.Ordinal);
            place = await denylist.ReadAsync(
                RedisDenylist.Beginning,
                revoked =>
                {
                    there.Add(revoked.Hash);
                    list.Add(revoked);
                },
                stop);
            await denylist.AddAsync(list.All.Where(r => !there.Contains(r.Hash)), stop);
        },
        stop);

    private Task ReadOnAsync(RedisDenylist denylist, CancellationToken stop) => AloneAsync(async () => place = await denylist.ReadAsync(place, list.Add, stop), stop);

    private async Task AloneAsync(Func<Task> read, CancellationToken stop)
    {
        await reading.WaitAsync(stop);
        try
        {
            await read();
            Heard();
        }
        finally
        {
            reading.Release();
        }
    }

    public override void Dispose()
    {
        reading.Dispose();
        base.Dispose();
    }

    private void Heard()
    {
        hearing.HeardRedis(clock.GetUtcNow());
        backoff.Reset();
        if (isLost)
        {
            isLost = false;
            Found(log);
        }
    }

    private async Task TryAsync(Func<Task> listen, CancellationToken stop)
    {
        try
        {
            await listen();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Stopped(log);
        }
        catch (Exception lost) when (RedisSocket.IsLost(lost) || lost is TimeoutException)
        {
            // Said once for each time that it goes.
            if (!isLost)
            {
                isLost = true;
                Lost(log, lost.Message);
            }
        }
    }

    [LoggerMessage(11, LogLevel.Warning, "Redis is lost, no revocation is heard from it meanwhile: {Reason}")]
    private static partial void Lost(ILogger log, string reason);

    [LoggerMessage(12, LogLevel.Information, "Revocations are read from Redis again.")]
    private static partial void Found(ILogger log);

    [LoggerMessage(13, LogLevel.Debug, "Reading revocations from Redis was stopped with the host.")]
    private static partial void Stopped(ILogger log);
}
