using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

/// <summary>Statements that refuse a transaction: the journal says before that one is sent, and after how it ended.</summary>
internal sealed partial class ScriptRunner
{
    private async Task<ScriptFailure?> RunAloneAsync(Segment.Alone segment, CancellationToken cancellation)
    {
        if (session.IsPooled)
        {
            await RequireSessionlessAsync(segment, cancellation);
        }

        var probe = new LoneProbe(connection, segment.Statement, patience);
        if (books?.OpenNote(segment.First) is { } note)
        {
            switch (await probe.FindAsync(note, cancellation))
            {
                case LoneState.Done:
                    await books.DoneApartAsync(segment, null, IsLast(segment), null, cancellation);
                    return null;
                case LoneState.Unknown:
                    throw new ProblemException(HistoryProblems.Undecided(books.Entry, Describe(segment.First), books.Undoing));
            }
        }

        var before = "";
        if (books is not null)
        {
            await books.RequireLockAsync(cancellation);
            before = await probe.NoteAsync(cancellation);
            await books.IntentAsync(segment, before, cancellation);
        }

        var (failure, duration) = await TryAloneAsync(segment, probe, before, cancellation);
        if (books is not null)
        {
            var ended = patience?.TakeEnded();
            await (failure is null
                ? books.DoneApartAsync(segment, duration, IsLast(segment), ended, cancellation)
                : failure.ConnectionLost ? Task.CompletedTask : books.FailedApartAsync(segment, ended, cancellation));
        }

        return failure;
    }

    private async Task<(ScriptFailure? Failure, TimeSpan Duration)> TryAloneAsync(Segment.Alone segment, LoneProbe probe, string before, CancellationToken cancellation)
    {
        var wait = patience?.Begin();
        while (true)
        {
            if (segment.Statement is LoneStatement.CreateIndex or LoneStatement.Reindex && patience is not null)
            {
                await patience.ClearLockWaitersAsync(cancellation);
            }

            var started = Stopwatch.GetTimestamp();
            if (await SendAloneAsync(segment, probe, cancellation) is not { } failure)
            {
                return (null, Stopwatch.GetElapsedTime(started));
            }

            if (wait is null || !wait.IsWorthAnother(failure))
            {
                var blocker = wait?.Blocker(failure);
                if (blocker is not null)
                {
                    await SetLockTimeoutAsync(session.IsPooled ? null : session.LockTimeout, cancellation);
                    await probe.TidyAsync(before, cancellation);
                }

                return (failure with { Blocker = blocker }, default);
            }

            await wait.PauseAsync(cancellation);
        }
    }

    private async Task<ScriptFailure?> SendAloneAsync(Segment.Alone segment, LoneProbe probe, CancellationToken cancellation)
    {
        var limit = session.IsPooled || session.LockTimeout is null || patience is null || cut.SetsLockTimeout() ? (TimeSpan?)null : cut.LockClassOf(segment) switch
        {
            // None at all would be 0.
            LockClass.Budget => patience.Budget > TimeSpan.FromMilliseconds(1) ? patience.Budget : TimeSpan.FromMilliseconds(1),
            LockClass.Unlimited => TimeSpan.Zero,
            _ => session.LockTimeout,
        };
        try
        {
            await SetLockTimeoutAsync(limit, cancellation);
            await (patience is null ? SendAsync() : patience.WatchLoneAsync(SendAsync(), segment.Statement, cut.Statements[segment.First].Text(cut.Script), cancellation));
            await SetLockTimeoutAsync(limit is null ? null : session.LockTimeout, cancellation);
            return null;
        }
        catch (NpgsqlException failure)
        {
            return new ScriptFailure(cut.Script, cut.Statements, segment.First, segment, failure);
        }

        async Task SendAsync()
        {
            if (books is not null)
            {
                await probe.ClearAsync(cancellation);
            }

            await using var command = new NpgsqlCommand(cut.Statements[segment.First].Text(cut.Script), connection) { AllResultTypesAreUnknown = true };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private async Task SetLockTimeoutAsync(TimeSpan? value, CancellationToken cancellation)
    {
        if (value is { } wait)
        {
            await using var set = new NpgsqlCommand(ScriptSession.LockTimeoutCommand(wait), connection);
            await set.ExecuteNonQueryAsync(cancellation);
        }
    }

    private bool IsLast(Segment segment) => segment == cut.Segments[^1];

    private string Describe(int index)
    {
        var line = new Sluice.Text.SourceText("", cut.Script).Position(cut.Statements[index].Span.Start).Line;
        return $"statement {index + 1} of {cut.Statements.Length} (line {line})";
    }
}
