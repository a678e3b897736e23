using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Sluice.Auth.Passwords;

/// <summary>
/// Threads that do nothing but hash and stand back behind all others, and one that tells what they have made. It is told there because
/// the pool makes its threads from whichever asks for them: each is as nice as that one, for as long as it lives, and so is every process
/// started there. They stay, since making two for each hash costs as much as the rest of a sign-in.
/// </summary>
internal sealed partial class HashingThreads : IDisposable
{
    /// <summary>How far hashes stand back (nice(2)): a third of what others get where there is not enough for all, and never nothing.</summary>
    public const int Niceness = 5;

    private readonly BlockingCollection<Action> work = [];
    private readonly BlockingCollection<Action> made = [];
    private int living;

    public HashingThreads(int count)
    {
        living = count;
        Begin("hashes made", () => Do(made));
        for (var i = 0; i < count; i++)
        {
            Begin("hashes", Hash);
        }
    }

    public Task<T> RunAsync<T>(Func<T> hash)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                var value = hash();
                made.Add(() => result.SetResult(value));
            }
            catch (Exception thrown)
            {
                made.Add(() => result.SetException(thrown));
            }
        });
        return result.Task;
    }

    /// <summary>The threads end with what they have been given.</summary>
    public void Dispose() => work.CompleteAdding();

    private static void Begin(string name, ThreadStart run) => new Thread(run) { Name = name, IsBackground = true }.Start();

    private static void Do(BlockingCollection<Action> actions)
    {
        foreach (var action in actions.GetConsumingEnumerable())
        {
            action();
        }
    }

    private void Hash()
    {
        StandBack();
        Do(work);
        if (Interlocked.Decrement(ref living) == 0)
        {
            made.CompleteAdding();
        }
    }

    // For good, since only root may take it back. On Linux, 0 is the thread that asks, not its process.
    private static void StandBack()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = setpriority(0, 0, Niceness);
        }
    }

    [LibraryImport("libc")]
    private static partial int setpriority(int which, uint who, int priority);
}
