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

    private readonly Line work = new();
    private readonly Line made = new();
    private int living;

    public HashingThreads(int count)
    {
        living = count;
        Begin("hashes made", made.Do);
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
    public void Dispose() => work.End();

    private static void Begin(string name, ThreadStart run) => new Thread(run) { Name = name, IsBackground = true }.Start();

    private void Hash()
    {
        StandBack();
        work.Do();
        if (Interlocked.Decrement(ref living) == 0)
        {
            made.End();
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

    // As a BlockingCollection, which would turn on the spot for a while before it sleeps, after every hash.
    private sealed class Line
    {
        private readonly Queue<Action> actions = [];
        private bool isOver;

        public void Add(Action action)
        {
            lock (actions)
            {
                ObjectDisposedException.ThrowIf(isOver, typeof(HashingThreads));
                actions.Enqueue(action);
                Monitor.Pulse(actions);
            }
        }

        public void End()
        {
            lock (actions)
            {
                isOver = true;
                Monitor.PulseAll(actions);
            }
        }

        /// <summary>Until it has ended and nothing is left.</summary>
        public void Do()
        {
            while (Next() is { } action)
            {
                action();
            }
        }

        private Action? Next()
        {
            lock (actions)
            {
                while (actions.Count == 0)
                {
                    if (isOver)
                    {
                        return null;
                    }

                    Monitor.Wait(actions);
                }

                return actions.Dequeue();
            }
        }
    }
}
