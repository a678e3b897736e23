using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Journal;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Running;

/// <summary>Runs a script segment by segment, many statements a round trip, each segment's books in its own transaction.</summary>
/// <param name="books">Null for scripts that no history knows.</param>
/// <param name="patience">Null where nobody else is in the database, or nothing is to be tried again.</param>
internal sealed partial class ScriptRunner(ScriptSession session, Segmentation script, MigrationBooks? books = null, LockPatience? patience = null)
{
    // Bounds the memory on both sides; without it a 5 MB script would be one message chain.
    private const int StatementsInBatch = 400;

    private readonly NpgsqlConnection connection = session.Connection;
    private readonly List<(NpgsqlBatchCommand Command, int Index)> waiting = [];
    private readonly TimeSpan?[] durations = new TimeSpan?[script.Statements.Length];
    private Segmentation cut = script;
    private long sent;

    /// <returns>Null when all of it ran.</returns>
    public async Task<ScriptFailure?> RunAsync(CancellationToken cancellation)
    {
        if (ScriptFailure.BeforeSending(cut) is { } refused)
        {
            return refused;
        }

        if (!session.IsPooled)
        {
            await RepeatSettingsAsync(cancellation);
        }

        for (var next = 0; next < cut.Segments.Length;)
        {
            var segment = cut.Segments[next];
            var failure = segment is Segment.Alone alone
                ? await RunAloneAsync(alone, cancellation)
                : await RunTogetherAsync(segment, cancellation);
            if (failure is null)
            {
                next++;
            }
            else if (!await RecutAsync(failure, cancellation))
            {
                return failure;
            }
        }

        if (cut.Segments.IsEmpty && books is not null)
        {
            await books.FinishApartAsync(cancellation);
        }

        return null;
    }

    /// <summary>What the part that is done set in its session, for the part that is not.</summary>
    private async Task RepeatSettingsAsync(CancellationToken cancellation)
    {
        var first = cut.Segments is [var head, ..] ? head.First : 0;
        foreach (var statement in cut.Statements.Take(first).Where(s => s.IsSessionSetting()))
        {
            await using var set = new NpgsqlCommand(statement.Text(cut.Script), connection);
            await set.ExecuteNonQueryAsync(cancellation);
        }
    }

    private async Task<ScriptFailure?> RunTogetherAsync(Segment segment, CancellationToken cancellation)
    {
        var wait = patience?.Begin();
        while (true)
        {
            if (await TryTogetherAsync(segment, cancellation) is not { } failure)
            {
                return null;
            }

            books?.RolledBack();
            waiting.Clear();
            durations.AsSpan(segment.First, segment.End - segment.First).Clear();
            if (wait is null || !wait.IsWorthAnother(failure))
            {
                if (books is not null && patience?.TakeEnded() is { } ended && !failure.ConnectionLost)
                {
                    await books.GaveUpAsync(segment, ended, cancellation);
                }

                return failure with { Blocker = wait?.Blocker(failure) };
            }

            await RollBackAsync(failure, cancellation);
            await wait.PauseAsync(cancellation);
        }
    }

    // A COMMIT that failed has ended the transaction; another ROLLBACK would earn a warning.
    private async Task RollBackAsync(ScriptFailure failure, CancellationToken cancellation)
    {
        if (failure.Cause?.BatchCommand?.CommandText is not "COMMIT")
        {
            await using var rollback = new NpgsqlCommand("ROLLBACK", connection);
            await rollback.ExecuteNonQueryAsync(cancellation);
        }
    }

    private async Task<ScriptFailure?> TryTogetherAsync(Segment segment, CancellationToken cancellation)
    {
        var current = segment.First;
        var begun = books?.Now ?? default;
        sent = Stopwatch.GetTimestamp();
        try
        {
            Open(segment);
            for (; current < segment.End - (segment is Segment.Scripted ? 1 : 0); current++)
            {
                await SendAsync(current, segment, cancellation);
            }

            await CloseAsync(segment, begun, cancellation);
            return null;
        }
        catch (NpgsqlException failure)
        {
            books?.ThrowIfFenced(failure);
            var inBatch = waiting.FindIndex(w => ReferenceEquals(w.Command, failure.BatchCommand));
            var at = inBatch >= 0 ? waiting[inBatch].Index : current;
            return new ScriptFailure(cut.Script, cut.Statements, at, segment, failure);
        }
    }

    private void Open(Segment segment)
    {
        if (segment is Segment.Transaction or Segment.Scripted { Opening: Opening.Missing })
        {
            Add("BEGIN", segment.First);
        }

        if (session.IsPooled && segment is not Segment.Scripted { Opening: Opening.Own })
        {
            AddLocalSettings(segment);
        }
        else if (patience is not null && segment is not Segment.Scripted { Opening: Opening.Own } && !cut.SetsLockTimeout() && cut.LockClassOf(segment) is LockClass.Unlimited)
        {
            Add("SET LOCAL lock_timeout = 0", segment.First);
        }
    }

    private async Task SendAsync(int index, Segment segment, CancellationToken cancellation)
    {
        var statement = cut.Statements[index];

        // A plain BEGIN within a transaction that is open already changes nothing; sent, it would earn a warning.
        if (statement.Keywords is ["BEGIN"] or ["BEGIN", "WORK" or "TRANSACTION"] or ["START", "TRANSACTION"]
            && (index > segment.First || segment is Segment.Scripted { Opening: not Opening.Own }))
        {
            return;
        }

        if (statement.ReturnsRows)
        {
            // As text: some types have no binary form, which is what a batch would ask for.
            await FlushAsync(cancellation);
            await using var query = new NpgsqlCommand(statement.Text(cut.Script), connection) { AllResultTypesAreUnknown = true };
            await WatchAsync(query.ExecuteNonQueryAsync(cancellation), cancellation);
            Measure(index);
            return;
        }

        Add(statement.Text(cut.Script), index);
        if (session.IsPooled && index == segment.First && segment is Segment.Scripted { Opening: Opening.Own })
        {
            AddLocalSettings(segment);
        }

        if (waiting.Count >= StatementsInBatch)
        {
            await FlushAsync(cancellation);
        }
    }

    // The books are written just before the COMMIT, whoever's it is, so that they say what is true whenever the run ends; what
    // fits into one message goes with them.
    private async Task CloseAsync(Segment segment, DateTimeOffset begun, CancellationToken cancellation)
    {
        if (segment is Segment.Scripted { Keeps: false })
        {
            Add(cut.Statements[segment.End - 1].Text(cut.Script), segment.End - 1);
            await FlushAsync(cancellation);
            begun = books?.Now ?? default;
        }
        else if (patience is { MayPushAside: true })
        {
            await FlushAsync(cancellation);
        }

        var together = waiting.Count > 0;
        foreach (var command in books?.Closing(segment, durations, segment == cut.Segments[^1], begun, together, patience?.TakeEnded()) ?? [])
        {
            waiting.Add((command, segment.End));
        }

        if (session.IsPooled)
        {
            AddResets(segment);
        }

        if (segment is Segment.Transaction)
        {
            Add("COMMIT", segment.End);
        }
        else if (segment is Segment.Scripted { Keeps: true })
        {
            Add(cut.Statements[segment.End - 1].Text(cut.Script), segment.End - 1);
        }

        var journalEnd = await FlushAsync(cancellation);
        books?.Committed(journalEnd);
    }

    private void Add(string text, int index) => waiting.Add((new NpgsqlBatchCommand(text), index));

    /// <returns>The journal's new end, where what was sent held rows of it.</returns>
    private async Task<string?> FlushAsync(CancellationToken cancellation)
    {
        if (waiting.Count == 0)
        {
            return null;
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var (command, _) in waiting)
        {
            batch.BatchCommands.Add(command);
        }

        var work = JournalEndAsync(batch, cancellation);
        await WatchAsync(work, cancellation);
        Measure(waiting[^1].Index);
        waiting.Clear();
        return await work;
    }

    private static async Task<string?> JournalEndAsync(NpgsqlBatch batch, CancellationToken cancellation)
    {
        string? end = null;
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        do
        {
            var isJournal = reader.FieldCount == 1 && reader.GetName(0) == JournalRun.End;
            while (isJournal && await reader.ReadAsync(cancellation))
            {
                end = reader.GetString(0);
            }
        }
        while (await reader.NextResultAsync(cancellation));
        return end;
    }

    private Task WatchAsync(Task work, CancellationToken cancellation) => patience is null ? work : patience.WatchAsync(work, cancellation);

    private void Measure(int index)
    {
        if (index < durations.Length)
        {
            durations[index] = Stopwatch.GetElapsedTime(sent);
        }

        sent = Stopwatch.GetTimestamp();
    }
}
