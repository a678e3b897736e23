using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

/// <summary>Applies migrations one after the other, each with its row in the history and its statements in the journal.</summary>
internal sealed class MigrationRun : IAsyncDisposable
{
    private readonly RunSession session;
    private readonly IHistory history;
    private readonly JournalRun? journal;
    private ScriptSession? scripts;
    private bool isClean;

    // Until a migration came to its end: a run is opened to apply something.
    private string outcome = "failed";

    private MigrationRun(RunSession session, IHistory history, JournalRun? journal, ImmutableArray<Attempt> unfinished)
    {
        this.session = session;
        this.history = history;
        this.journal = journal;
        Unfinished = unfinished;
    }

    /// <summary>What earlier runs began and did not finish, by the journal's account.</summary>
    public ImmutableArray<Attempt> Unfinished { get; }

    /// <summary>Begins a run; the session holds the lock. A journal that cannot be written is done without, and said to be.</summary>
    /// <param name="open">The attempts that the history itself calls open; null for one that keeps none.</param>
    /// <param name="backup">The one that was taken for it.</param>
    public static async Task<MigrationRun> OpenAsync(RunSession session, IHistory history, IReadOnlySet<string>? open, string? backup, CancellationToken cancellation)
    {
        var settings = session.Settings;
        var without = settings.JournalDisabled ? "it is switched off" : await JournalSchema.EnsureAsync(session.Connection, cancellation);
        if (without is not null)
        {
            settings.Progress?.Report(new RunEvent.WithoutJournal(without));
            return new MigrationRun(session, history, null, []);
        }

        var unfinished = await Attempt.UnfinishedAsync(session.Connection, history.Table, history.Opposite, cancellation);
        var journal = await JournalRun.BeginAsync(session.Connection, settings.Identity, backup, settings.Clock, cancellation);
        return new MigrationRun(session, history, journal, [.. unfinished.Where(a => open is null || open.Contains(a.Id))]);
    }

    /// <summary>Applies a migration, or the rest of it where something of an earlier attempt stayed.</summary>
    /// <exception cref="ProblemException">P3018: the server refused a statement; SL5030: a lock was not to be had; SL5031, SL5032: it cannot be continued.</exception>
    public async Task ApplyAsync(MigrationFile migration, CancellationToken cancellation)
    {
        var unfinished = Unfinished.LastOrDefault(a => a.Migration == migration.Name && !a.LeftNothing);

        // What is not marked as done below has failed, however it is left.
        outcome = "failed";
        var script = migration.Script;
        var statements = StatementSplitter.Split(script);
        RequireSame(migration, statements, unfinished, history is UndoneHistory);
        var cut = Segmentation.Of(script, statements, unfinished?.Done.Length ?? 0);
        var entry = unfinished is null
            ? new HistoryEntry(Guid.NewGuid().ToString("D"), migration, session.Settings.Clock.GetUtcNow(), Begun: !cut.IsOneTransaction)
            : new HistoryEntry(unfinished.Id, migration, unfinished.Started, Begun: true);
        var books = new MigrationBooks(session, history, entry, cut, journal, unfinished?.Open);
        try
        {
            var connection = await ReadyAsync(cancellation);
            isClean = false;
            if (unfinished is not null)
            {
                session.Settings.Progress?.Report(new RunEvent.Resuming(migration.Name, unfinished.Done.Length, statements.Length));
            }
            else if (entry.Begun)
            {
                await books.BeginAsync(cancellation);
            }

            var failure = await new ScriptRunner(connection, cut, books, new LockPatience(session, connection)).RunAsync(cancellation);
            if (failure is not null)
            {
                await FailAsync(books, failure);
            }

            isClean = scripts is not null && !cut.MayLeaveTraces();
            outcome = "ok";
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            await RecordCancellationAsync(books);
            throw;
        }
    }

    /// <summary>Says that nothing stayed of an attempt, so that it is begun anew and not continued.</summary>
    /// <param name="also">Committed with it.</param>
    public async Task WithdrawAsync(Attempt attempt, CancellationToken cancellation, IEnumerable<NpgsqlBatchCommand>? also = null)
    {
        var migration = new MigrationFile(attempt.Migration, "", []);
        var entry = new HistoryEntry(attempt.Id, migration, attempt.Started, Begun: true);
        await new MigrationBooks(session, history, entry, Segmentation.Of(""), journal, null).WithdrawAsync(also ?? [], cancellation);
        outcome = "ok";
    }

    public async ValueTask DisposeAsync()
    {
        await CloseScriptsAsync();
        if (journal is not null)
        {
            await RecordedRun.FinishAsync(session.Connection, session.Settings, journal, outcome);
        }
    }

    private async Task<ScriptSession> ReadyAsync(CancellationToken cancellation)
    {
        if (scripts is null)
        {
            scripts = await ScriptSession.OpenAsync(session.Settings, session.Settings.Address, cancellation, session.Settings.StatementLockTimeout, session.Lease is not null);
            if (!scripts.IsPooled)
            {
                await AdvisoryLock.MarkWorkAsync(scripts.Connection, session.Settings, cancellation);
            }
        }

        if (!isClean && !scripts.IsPooled)
        {
            await scripts.RefreshAsync(cancellation);
        }

        return scripts;
    }

    private static void RequireSame(MigrationFile migration, ImmutableArray<SqlStatement> statements, Attempt? unfinished, bool undoing)
    {
        var done = unfinished?.Done ?? [];
        for (var i = 0; i < done.Length; i++)
        {
            if (i >= statements.Length || JournalEntry.HashOf(statements[i].Text(migration.Script)) != done[i])
            {
                throw new ProblemException(HistoryProblems.DonePartEdited(migration, statements, i, done.Length, undoing));
            }
        }
    }

    private async Task CloseScriptsAsync()
    {
        if (scripts is not null)
        {
            await scripts.DisposeAsync();
            scripts = null;
            isClean = false;
        }
    }

    private async Task FailAsync(MigrationBooks books, ScriptFailure failure)
    {
        // The failed script's session is closed first: what it still holds open is rolled back before anyone is told so.
        await CloseScriptsAsync();
        if (failure.ConnectionLost)
        {
            var isFinished = await books.IsFinishedAsync();
            await FindEndAsync();
            if (isFinished)
            {
                return;
            }
        }

        var migration = books.Entry.Migration;
        var described = failure.Describe(migration.Name, migration.Path, session.Settings.Address);
        if (failure.Blocker is { } blocker)
        {
            throw new ProblemException(HistoryProblems.Locked(migration, described, blocker, failure.Segment is { First: 0 } and not Segment.Alone), failure.Cause);
        }

        try
        {
            await books.FailAsync(failure.Index, HistoryProblems.Logs(migration, described), HistoryProblems.Reason(described), CancellationToken.None);
        }
        catch (PostgresException committed) when (failure.ConnectionLost && committed.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            // Its COMMIT was on the way when the connection broke, and came through after we had asked.
            await FindEndAsync();
            return;
        }

        throw new ProblemException(failure.On(history.Failure(migration, journal is not null), described), failure.Cause);
    }

    private Task FindEndAsync() => journal is null ? Task.CompletedTask : journal.FindEndAsync(session.Connection, CancellationToken.None);

    // One transaction that never reached its COMMIT has left nothing, not even a row.
    private async Task RecordCancellationAsync(MigrationBooks books)
    {
        await CloseScriptsAsync();
        if (books.Entry.Begun && !await books.IsFinishedAsync())
        {
            await session.CommitAsync(history.Fail(books.Entry, "The run was cancelled."), CancellationToken.None);
        }
    }
}
