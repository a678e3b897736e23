using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

/// <summary>
/// Waiting for locks without standing in others' way: a statement waits briefly, because all who come later queue behind
/// it; then its transaction is given up and tried again, each time after a longer pause, as long as the budget lasts.
/// Meanwhile the books' session, which has nothing else to do, looks who blocks.
/// </summary>
internal sealed class LockPatience(RunSession books, ScriptSession scripts)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan NextLook = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(12);

    private readonly RunSettings settings = books.Settings;
    private readonly HashSet<string> decided = new(StringComparer.Ordinal);
    private readonly List<string> ended = [];
    private RunEvent.StatementProgress? progress;
    private int worker;
    private string? lone;
    private string blocker = "";
    private string told = "";

    /// <summary>How long all the tries of one segment may take.</summary>
    public TimeSpan Budget => settings.LockBudget;

    /// <summary>What is done to others for a segment's sake is to be told in its own transaction.</summary>
    public bool MayPushAside => settings.Blockers.Action is not OnBlock.Wait;

    public void Report(RunEvent happened) => settings.Progress?.Report(happened);

    public Wait Begin() => new(this);

    public Task WatchAsync(Task work, CancellationToken cancellation) => WatchAsync(work, false, cancellation);

    /// <param name="text">What was sent: behind a pooler the session at work is found by it.</param>
    public Task WatchLoneAsync(Task work, LoneStatement statement, string text, CancellationToken cancellation)
    {
        lone = text;
        return WatchAsync(work, statement is LoneStatement.CreateIndex or LoneStatement.Reindex, cancellation);
    }

    /// <summary>
    /// A session that waits in the server for the lock we hold keeps a snapshot, which an index build waits for: a deadlock.
    /// Such a wait ends by itself after ten seconds (Prisma's) or is ended here.
    /// </summary>
    public async Task ClearLockWaitersAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var told = false;
        while (await ActivityQueries.LockWaiterAsync(books.Connection, cancellation) is { } waiter)
        {
            if (Stopwatch.GetElapsedTime(started) > Courtesy)
            {
                Report(new RunEvent.LockWaiter(waiter.Text, await ActivityQueries.CancelAsync(books.Connection, waiter.Process, cancellation)));
            }
            else if (!told)
            {
                Report(new RunEvent.LockWaiter(waiter.Text, Cancelled: false));
                told = true;
            }

            await Task.Delay(NextLook, cancellation);
        }
    }

    private async Task WatchAsync(Task work, bool isBuild, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var look = FirstLook; await Task.WhenAny(work, Task.Delay(look, cancellation)) != work && !cancellation.IsCancellationRequested; look = NextLook)
        {
            try
            {
                await LookAsync(Stopwatch.GetElapsedTime(started), isBuild, cancellation);
            }
            catch (Exception gone) when (gone is NpgsqlException or ProblemException)
            {
                // Whether the lock is still ours is asked before anything is committed, and told then; looking is not worth a failure.
                break;
            }
        }

        await work;
    }

    private async Task LookAsync(TimeSpan waited, bool isBuild, CancellationToken cancellation)
    {
        worker = !scripts.IsPooled
            ? scripts.Connection.ProcessID
            : await ActivityQueries.WorkerAsync(books.Connection, scripts.Address.ApplicationName, lone, cancellation) ?? 0;
        if (worker == 0)
        {
            return;
        }

        var seen = await ActivityQueries.LookAsync(books.Connection, worker, cancellation);
        if (seen.Blockers is [var first, ..])
        {
            blocker = first.Text;
            if (told != first.Key)
            {
                told = first.Key;
                Report(new RunEvent.Blocked(first.Text, waited));
            }

            foreach (var other in seen.Blockers)
            {
                await PushAsideAsync(other, cancellation);
            }
        }

        if (isBuild && seen.LockWaiter is { } waiter)
        {
            Report(new RunEvent.LockWaiter(waiter.Text, await ActivityQueries.CancelAsync(books.Connection, waiter.Process, cancellation)));
        }

        if (seen.Progress is { } now && now != progress)
        {
            progress = now;
            Report(now);
        }
    }

    // Once for each transaction: one that is cancelled needs a moment, one that is spared is told of once.
    private async Task PushAsideAsync(OtherSession other, CancellationToken cancellation)
    {
        var policy = settings.Blockers;
        if (policy.Action is OnBlock.Wait || other.Age < policy.MinimumAge || !decided.Add(other.Key))
        {
            return;
        }

        var spared = policy.WhySpared(other)
            ?? await ActivityQueries.EndBlockerAsync(books.Connection, other.Process, worker, policy.Action, cancellation);
        if (spared is not null)
        {
            Report(new RunEvent.BlockerSpared(other.Text, spared));
            return;
        }

        Report(new RunEvent.BlockerEnded(other.Text, policy.Action));
        ended.Add($"{(policy.Action is OnBlock.Terminate ? "terminated" : "cancelled")} {other.Text}");
    }

    /// <summary>Whom the run pushed aside since it was last asked, for the journal; null when it was nobody.</summary>
    public string? TakeEnded()
    {
        var note = ended.Count == 0 ? null : string.Join('\n', ended);
        ended.Clear();
        return note;
    }

    /// <summary>The budget of one segment.</summary>
    internal sealed class Wait(LockPatience patience)
    {
        private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

        private readonly long started = Stopwatch.GetTimestamp();
        private TimeSpan pause = TimeSpan.FromMilliseconds(500);

        public bool IsWorthAnother(ScriptFailure failure) => WasRefused(failure) && Stopwatch.GetElapsedTime(started) + pause < patience.Budget;

        /// <summary>Who held the lock when the budget was used up; null when it failed for another reason.</summary>
        public string? Blocker(ScriptFailure failure) => !WasRefused(failure)
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"It was tried for {Stopwatch.GetElapsedTime(started).TotalSeconds:0.#} s and always found a lock in its way{(patience.blocker.Length == 0 ? "." : ", last that of " + patience.blocker)}");

        public async Task PauseAsync(CancellationToken cancellation)
        {
            patience.Report(new RunEvent.LockRetry(patience.blocker, pause, Stopwatch.GetElapsedTime(started), patience.Budget));
            await Task.Delay(pause, cancellation);
            pause = pause * 2 < Longest ? pause * 2 : Longest;
        }

        private static bool WasRefused(ScriptFailure failure) =>
            failure.Cause is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected };
    }
}
