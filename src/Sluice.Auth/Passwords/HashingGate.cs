using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Passwords;

/// <summary>
/// The only way to hash: so many at once as memory and processors bear, so many more may wait, the next is turned away.
/// On threads of their own that give way to all others, so that requests that hash nothing do not wait for those that do.
/// </summary>
internal sealed partial class HashingGate(IOptions<SluiceAuthOptions> options) : IDisposable
{
    /// <summary>How far hashes stand back (nice(2)): a third of what others get where there is not enough for all, and never nothing.</summary>
    public const int Niceness = 5;

    private readonly PasswordOptions settings = options.Value.Passwords;
    private readonly SemaphoreSlim free = new(Parallel(options.Value.Passwords));
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

    public void Dispose() => free.Dispose();

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
                return await Task.Factory.StartNew(() => Aside(work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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

    // Two threads: the one that stands back does the work and nothing else. What is told that it is done runs on the other, and the pool
    // makes its threads from whichever asks for them: each is as nice as that one, for as long as it lives, and so is every process started there.
    private T Aside<T>(Func<T> work)
    {
        T made = default!;
        ExceptionDispatchInfo? failure = null;
        var aside = new Thread(() =>
        {
            try
            {
                StandBack();
                made = Count(work);
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        aside.Start();
        aside.Join();
        failure?.Throw();
        return made;
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

    // For good, since only root may take it back: the thread ends with its hash. On Linux, 0 is the thread that asks, not its process.
    private static void StandBack()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = setpriority(0, 0, Niceness);
        }
    }

    [LibraryImport("libc")]
    private static partial int setpriority(int which, uint who, int priority);

    private static int Parallel(PasswordOptions options) => options.ParallelHashes > 0 ? options.ParallelHashes : Math.Max(1, Environment.ProcessorCount - 1);
}
