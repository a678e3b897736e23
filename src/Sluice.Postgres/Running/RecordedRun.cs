using System.Data;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;

namespace Sluice.Postgres.Running;

/// <summary>A run that is no migration's, in the journal: its row is there before it acts, and says at the end what was done.</summary>
internal sealed class RecordedRun
{
    private readonly NpgsqlConnection connection;
    private readonly RunSettings settings;
    private readonly JournalRun? journal;

    private RecordedRun(NpgsqlConnection connection, RunSettings settings, JournalRun? journal)
    {
        this.connection = connection;
        this.settings = settings;
        this.journal = journal;
    }

    /// <param name="connection">The books' own: not the one that a user's script runs in.</param>
    public static async Task<T> RunAsync<T>(NpgsqlConnection connection, RunSettings settings, Func<RecordedRun, Task<T>> act, CancellationToken cancellation, string? backup = null)
    {
        var without = settings.JournalDisabled ? "it is switched off" : await JournalSchema.EnsureAsync(connection, cancellation);
        if (without is not null)
        {
            settings.Progress?.Report(new RunEvent.NotJournalled(without));
            return await act(new RecordedRun(connection, settings, null));
        }

        var journal = await JournalRun.BeginAsync(connection, settings.Identity, backup, settings.Clock, cancellation);
        var outcome = "failed";
        try
        {
            var result = await act(new RecordedRun(connection, settings, journal));
            outcome = "ok";
            return result;
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        finally
        {
            await FinishAsync(connection, settings, journal, outcome);
        }
    }

    /// <summary>What was done, in words; and what of, where it was a script.</summary>
    public Task NoteAsync(string note, string? script = null, int statements = 0) =>
        WriteAsync("", settings.Identity.CorrelationId, "", new JournalEntry(0, statements, script is null ? "" : JournalEntry.HashOf(script), JournalEntry.Done, null, note));

    /// <summary>A migration that a person said is applied: there is an attempt to it that is over.</summary>
    public Task MarkedAppliedAsync(string history, string migration) =>
        WriteAsync(history, Guid.NewGuid().ToString("D"), migration, new JournalEntry(0, 0, "", JournalEntry.Done, null, "marked as applied"));

    /// <summary>Attempts that are not to be continued, whatever of them stayed: of one migration, or of all.</summary>
    public async Task GiveUpAsync(string history, string? migration, string why, CancellationToken cancellation)
    {
        if (journal is null)
        {
            return;
        }

        foreach (var attempt in await Attempt.UnfinishedAsync(connection, history, history + " down", cancellation))
        {
            if (migration is null || attempt.Migration == migration)
            {
                await WriteAsync(history, attempt.Id, attempt.Migration, new JournalEntry(0, 0, "", JournalEntry.Withdrawn, null, why));
            }
        }
    }

    private async Task WriteAsync(string history, string attempt, string migration, JournalEntry entry)
    {
        if (journal is null)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { journal.Write(history, attempt, migration, [entry]) } };
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
        journal.Committed(null);
    }

    /// <summary>Ends a run's row. What it did is done by then: a journal that cannot be written is told of, and is no failure.</summary>
    public static async Task FinishAsync(NpgsqlConnection connection, RunSettings settings, JournalRun journal, string outcome)
    {
        if (connection.State is not ConnectionState.Open)
        {
            return;
        }

        try
        {
            if (await journal.FinishAsync(connection, outcome, CancellationToken.None) is { } head)
            {
                settings.Progress?.Report(new RunEvent.Journalled(head));
            }
        }
        catch (NpgsqlException lost)
        {
            // The connection is gone, or the script took the journal away; a run without an end is what is left of it.
            settings.Progress?.Report(new RunEvent.NotJournalled(Redaction.Clean(lost.Message, settings.Address)));
        }
    }
}
