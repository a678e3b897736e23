using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Passwords;

/// <summary>
/// The only way to hash: so many at once as memory and processors bear, so many more may wait, the next is turned away.
/// On threads of their own that give way to all others, so that requests that hash nothing do not wait for those that do.
/// </summary>
internal sealed class HashingGate(IOptions<SluiceAuthOptions> options) : IDisposable
{
    private readonly PasswordOptions settings = options.Value.Passwords;
    private readonly SemaphoreSlim free = new(Parallel(options.Value.Passwords));
    private readonly HashingThreads threads = new(Parallel(options.Value.Passwords));
    private int inside;
    private int working;
    private int mostAtOnce;

    /// <summary>The most that ever worked at the same time.</summary>
    public int MostAtOnce => Volatile.Read(ref mostAtOnce);

    /// <summary>How many work or wait.</summary>
    public int Inside => Volatile.Read(ref inside);

    /// <summary>Stands in for the hash of who is not there: as much work as a real one.</summary>
    public string Decoy { get; } = PasswordHash.Make("nobody's password", options.Value.Passwords);

    /// <returns>Null when too many wait already.</returns>
    public Task<string?> MakeAsync(string password, CancellationToken cancellation) =>
        RunAsync<string?>(() => PasswordHash.Make(password, settings), null, cancellation);

    /// <returns>Null when too many wait already.</returns>
    public Task<Verdict?> VerifyAsync(string password, string stored, CancellationToken cancellation) =>
        RunAsync<Verdict?>(() => PasswordHash.Verify(password, stored, settings), null, cancellation);

    public void Dispose()
    {
        threads.Dispose();
        free.Dispose();
    }

    private async Task<T> RunAsync<T>(Func<T> work, T turnedAway, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref inside) > settings.WaitingHashes + Parallel(settings))
        {
            Interlocked.Decrement(ref inside);
            return turnedAway;
        }

        try
        {
            await free.WaitAsync(cancellation);
            try
            {
                return await threads.RunAsync(() => Count(work));
            }
            finally
            {
                free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }

    private T Count<T>(Func<T> work)
    {
        var now = Interlocked.Increment(ref working);
        for (var most = mostAtOnce; now > most; most = mostAtOnce)
        {
            Interlocked.CompareExchange(ref mostAtOnce, now, most);
        }

        try
        {
            return work();
        }
        finally
        {
            Interlocked.Decrement(ref working);
        }
    }

    private static int Parallel(PasswordOptions options) => options.ParallelHashes > 0 ? options.ParallelHashes : Math.Max(1, Environment.ProcessorCount - 1);
}
