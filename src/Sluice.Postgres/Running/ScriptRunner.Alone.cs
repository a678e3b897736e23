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
        var probe = new LoneProbe(connection, segment.Statement, patience);
        if (books?.OpenNote(segment.First) is { } note)
        {
            switch (await probe.FindAsync(note, cancellation))
            {
                case LoneState.Done:
                    await books.DoneApartAsync(segment, null, IsLast(segment), cancellation);
                    return null;
                case LoneState.Unknown:
                    throw new ProblemException(HistoryProblems.Undecided(books.Entry, Describe(segment)));
            }
        }

        if (books is not null)
        {
            await books.RequireLockAsync(cancellation);
            await probe.ClearAsync(cancellation);
            await books.IntentAsync(segment, await probe.NoteAsync(cancellation), cancellation);
        }

        var (failure, duration) = await TryAloneAsync(segment, probe, cancellation);
        if (books is not null)
        {
            await (failure is null
                ? books.DoneApartAsync(segment, duration, IsLast(segment), cancellation)
                : failure.ConnectionLost ? Task.CompletedTask : books.FailedApartAsync(segment, cancellation));
        }

        return failure;
    }

    private async Task<(ScriptFailure? Failure, TimeSpan Duration)> TryAloneAsync(Segment.Alone segment, LoneProbe probe, CancellationToken cancellation)
    {
        var wait = patience?.Begin();
        while (true)
        {
            if (segment.Statement is LoneStatement.CreateIndex or LoneStatement.Reindex && patience is not null)
            {
                await patience.ClearLockWaitersAsync(cancellation);
            }

            var started = Stopwatch.GetTimestamp();
            if (await SendAloneAsync(segment, cancellation) is not { } failure)
            {
                return (null, Stopwatch.GetElapsedTime(started));
            }

            if (wait is null || !wait.IsWorthAnother(failure))
            {
                return (failure with { Blocker = wait?.Blocker(failure) }, default);
            }

            await probe.ClearAsync(cancellation);
            await wait.PauseAsync(cancellation);
        }
    }

    private async Task<ScriptFailure?> SendAloneAsync(Segment.Alone segment, CancellationToken cancellation)
    {
        // What runs outside a transaction is long and in nobody's way; only a script's own limit holds for it.
        var ours = session.LockTimeout is not null && !cut.Script.Contains("lock_timeout", StringComparison.OrdinalIgnoreCase);
        try
        {
            await SetLockTimeoutAsync(ours ? TimeSpan.Zero : null, cancellation);
            await using var command = new NpgsqlCommand(cut.Statements[segment.First].Text(cut.Script), connection) { AllResultTypesAreUnknown = true };
            var work = command.ExecuteNonQueryAsync(cancellation);
            await (patience is null ? work : patience.WatchLoneAsync(work, segment.Statement, cancellation));
            await SetLockTimeoutAsync(ours ? session.LockTimeout : null, cancellation);
            return null;
        }
        catch (NpgsqlException failure)
        {
            return new ScriptFailure(cut.Script, cut.Statements, segment.First, segment, failure);
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

    private string Describe(Segment segment)
    {
        var line = new Sluice.Text.SourceText("", cut.Script).Position(cut.Statements[segment.First].Span.Start).Line;
        return $"statement {segment.First + 1} of {cut.Statements.Length} (line {line})";
    }
}
