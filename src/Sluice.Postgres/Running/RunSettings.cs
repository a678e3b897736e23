using System.Collections.Immutable;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Text;

namespace Sluice.Postgres.Running;

/// <summary>What every operation needs to know; made once by the command.</summary>
public sealed record RunSettings
{
    public required DatabaseAddress Address { get; init; }

    /// <summary>The migrations folder.</summary>
    public required string MigrationsPath { get; init; }

    /// <summary>The schemas the datasource declares (`schemas = […]`); empty for the address's own alone.</summary>
    public ImmutableArray<string> DeclaredSchemas { get; init; } = [];

    /// <summary>The SQL files beside the schema, which own whatever the schema language cannot say; without any, nobody does.</summary>
    public ImmutableArray<SourceText> SqlFiles { get; init; } = [];

    /// <summary>Whether catalogs are read with their objects.</summary>
    public bool SeesObjects
    {
        get => field || !SqlFiles.IsEmpty;
        init;
    }

    /// <summary>`shadowDatabaseUrl`, null to create and drop one.</summary>
    public DatabaseAddress? ShadowAddress { get; init; }

    /// <summary>Where what replays make is remembered; null for nowhere.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Whether long replays may leave a database on the server for the next to begin with; for development servers.</summary>
    public bool KeepsShadows { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Called on whatever thread the run is on.</summary>
    public IProgress<RunEvent>? Progress { get; init; }

    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Behind a pooler: for how long after a sign of life a run is taken to be alive.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>`PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK`.</summary>
    public bool LockDisabled { get; init; }

    /// <summary>How long a statement of a migration may wait for a lock, and let others queue behind it, before it is tried again.</summary>
    public TimeSpan StatementLockTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a transaction is tried again while others hold what it needs.</summary>
    public TimeSpan LockBudget { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>`--on-block`, `--block-after`, `--block-also`.</summary>
    public BlockerPolicy Blockers { get; init; } = BlockerPolicy.Wait;

    /// <summary>`--no-journal`.</summary>
    public bool JournalDisabled { get; init; }

    public RunIdentity Identity { get; init; } = RunIdentity.Unnamed;

    /// <summary>
    /// Called under the lock before the first statement, where something is to be applied or undone; answers with the backup
    /// it took, for the journal. What it throws stops the run, and nothing was changed.
    /// </summary>
    public Func<RunAhead, CancellationToken, Task<string?>>? Before { get; init; }

    /// <summary>Called under the lock once all of it was applied or undone.</summary>
    public Func<RunAhead, CancellationToken, Task>? After { get; init; }

    /// <summary>All schemas of the datasource, the address's own first when none is declared.</summary>
    public ImmutableArray<string> Schemas => DeclaredSchemas.IsEmpty ? [Address.Schema] : DeclaredSchemas;
}

/// <summary>What happens during a run, as it happens.</summary>
public abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>A connection failed for a passing reason and is tried again.</summary>
    public sealed record Retrying(string Server, int Attempt, int Attempts, TimeSpan Delay, string Reason) : RunEvent;

    public sealed record DatabaseCreated(string Database, string Server) : RunEvent;

    /// <summary>Another session holds the lock; <paramref name="Holder"/> says which.</summary>
    public sealed record WaitingForLock(string Holder) : RunEvent;

    public sealed record MigrationStarted(string Name, int Ordinal, int Total) : RunEvent;

    /// <summary>No journal is written; the run goes on without.</summary>
    public sealed record WithoutJournal(string Reason) : RunEvent;

    /// <summary>The run's row could not be written or ended.</summary>
    public sealed record NotJournalled(string Reason) : RunEvent;

    /// <summary>The run's row was ended; kept outside the database, its head shows later whether the journal's end was cut off.</summary>
    public sealed record Journalled(JournalHead Head) : RunEvent;

    /// <summary>An earlier run did not finish this migration, by the journal's account; it goes on after <paramref name="Done"/> statements.</summary>
    public sealed record Resuming(string Name, int Done, int Total) : RunEvent;

    /// <summary>The server wants a COMMIT before a statement that only it could know of; nothing had stayed, and it is sent again so.</summary>
    /// <param name="Statement">Which one, with its line.</param>
    public sealed record CutAgain(string Statement, string Reason) : RunEvent;

    /// <summary>A statement waits for a lock.</summary>
    public sealed record Blocked(string Blocker, TimeSpan Waited) : RunEvent;

    /// <summary>A transaction gave up waiting for a lock; nothing of it stayed, and it is tried again.</summary>
    public sealed record LockRetry(string Blocker, TimeSpan Delay, TimeSpan Spent, TimeSpan Budget) : RunEvent;

    /// <summary>An invalid index that a failed CREATE or REINDEX CONCURRENTLY left was dropped.</summary>
    public sealed record InvalidIndexDropped(string Index) : RunEvent;

    /// <summary>A session that waits for the lock in the server would make a concurrent index build wait for it in turn.</summary>
    public sealed record LockWaiter(string Waiter, bool Cancelled) : RunEvent;

    /// <summary>It was still there when the run gave up: a session in its way would not let go of the table either.</summary>
    public sealed record InvalidIndexLeft(string Index) : RunEvent;

    /// <summary>A session in the way was cancelled or ended, as `--on-block` says.</summary>
    public sealed record BlockerEnded(string Blocker, OnBlock How) : RunEvent;

    /// <summary>A session in the way is left alone although `--on-block` would have it pushed aside.</summary>
    public sealed record BlockerSpared(string Blocker, string Reason) : RunEvent;

    /// <summary>How far a long statement is, by the server's account.</summary>
    /// <param name="Work">`index`, `vacuum`, `vacuum full`, `cluster`, `analyze`, `copy`.</param>
    /// <param name="Done">In the view's own unit: rows, blocks, bytes, sessions to wait for.</param>
    /// <param name="Total">0 when the server does not know.</param>
    public sealed record StatementProgress(string Work, string Phase, long Done, long Total) : RunEvent
    {
        public int Percent => Total <= 0 ? 0 : (int)Math.Clamp(100.0 * Done / Total, 0, 100);
    }

    public sealed record MigrationApplied(string Name, int Ordinal, int Total, TimeSpan Duration) : RunEvent;

    /// <summary>The down script of an applied migration begins.</summary>
    public sealed record UndoStarted(string Name, int Ordinal, int Total) : RunEvent;

    public sealed record Undone(string Name, int Ordinal, int Total, TimeSpan Duration) : RunEvent;

    /// <summary>A notice of the server (`RAISE NOTICE`, `IF NOT EXISTS … skipping`).</summary>
    public sealed record Notice(string Severity, string Message) : RunEvent;

    /// <summary>A backfill begins, or goes on where it stopped.</summary>
    /// <param name="Passed">Rows that earlier runs have gone through in this pass.</param>
    /// <param name="Total">0 when the server has never counted.</param>
    public sealed record BackfillStarted(string Name, int Pass, long Passed, long Total) : RunEvent;

    /// <param name="Changed">Rows written so far, by earlier runs too.</param>
    /// <param name="Rate">Rows a second.</param>
    /// <param name="Batch">Rows of the next batch.</param>
    public sealed record BackfillProgress(string Name, int Pass, long Passed, long Changed, long Total, long Rate, int Batch) : RunEvent
    {
        /// <summary>Null when it cannot be told.</summary>
        public TimeSpan? Left => Rate > 0 && Total > Passed ? TimeSpan.FromSeconds((Total - Passed) / Rate) : null;
    }

    /// <summary>All rows were gone through, and are gone through again: others may have written meanwhile.</summary>
    /// <param name="Found">Rows that the pass wrote.</param>
    public sealed record BackfillPass(string Name, int Pass, long Found) : RunEvent;

    /// <summary>A backfill waits for the server's sake.</summary>
    public sealed record BackfillHeldBack(string Reason) : RunEvent;

    /// <summary>One step of an online change begins.</summary>
    public sealed record OnlineStep(string Migration, string State, string Title, int Ordinal, int Total) : RunEvent;

    public sealed record ShadowCreated(string Database) : RunEvent;

    /// <summary>A shadow database that a killed run left behind was dropped.</summary>
    public sealed record LeftoverShadowDropped(string Database) : RunEvent;

    /// <summary>A replay begins with what an earlier one left, after its first <paramref name="Done"/> migrations.</summary>
    public sealed record ShadowReused(string Template, int Done) : RunEvent;

    public sealed record Replaying(int Done, int Total) : RunEvent;

    /// <summary>The cache of replays cannot be read or written; the run goes on without.</summary>
    public sealed record CacheUnusable(string Reason) : RunEvent;
}
