using System.Collections.Immutable;
using Npgsql;

namespace Sluice.Postgres.Journal;

/// <summary>A migration that was begun by an earlier run, by the journal's account, and did not come to its end.</summary>
/// <param name="Done">The hashes of the statements that are committed, in order.</param>
/// <param name="Open">The note of the statement after those, when it was sent outside any transaction and its end is not known.</param>
internal sealed record Attempt(string Id, string Migration, DateTimeOffset Started, ImmutableArray<string> Done, OpenStatement? Open, int Total = 0)
{
    /// <summary>Where and why it stopped last; null for one that was killed, or went on since.</summary>
    public FailedStep? Failed { get; init; }

    /// <summary>Nothing of it is in the database.</summary>
    public bool LeftNothing => Done.IsEmpty && Open is null;

    /// <summary>Every attempt of a history that is neither complete nor withdrawn, oldest first.</summary>
    /// <param name="opposite">Where the same migrations are undone, or applied: one that came to its end there has no half any more.</param>
    public static async Task<ImmutableArray<Attempt>> UnfinishedAsync(NpgsqlConnection connection, string history, string opposite, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH open AS (
                SELECT attempt, migration, pg_catalog.max(id) AS last FROM sluice.statements WHERE history = $1
                GROUP BY attempt, migration
                HAVING NOT pg_catalog.bool_or(outcome = 'withdrawn' OR outcome = 'done' AND ordinal = total))
            SELECT s.attempt, s.migration, s.ordinal, s.hash, s.outcome, s.note, s.written, s.total
            FROM open JOIN sluice.statements s ON s.history = $1 AND s.attempt = open.attempt
            WHERE NOT EXISTS (
                SELECT FROM sluice.statements o
                WHERE o.history = $2 AND o.migration = open.migration AND o.id > open.last AND o.outcome = 'done' AND o.ordinal = o.total)
            ORDER BY s.id
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = history });
        command.Parameters.Add(new NpgsqlParameter { Value = opposite });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var attempts = new List<Attempt>();
        while (await reader.ReadAsync(cancellation))
        {
            var id = reader.GetString(0);
            var at = attempts.FindIndex(a => a.Id == id);
            if (at < 0)
            {
                at = attempts.Count;
                attempts.Add(new Attempt(id, reader.GetString(1), new DateTimeOffset(reader.GetDateTime(6), TimeSpan.Zero), [], null));
            }

            attempts[at] = (attempts[at] with { Total = reader.GetInt32(7) }).With(reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5), new DateTimeOffset(reader.GetDateTime(6), TimeSpan.Zero));
        }

        return [.. attempts];
    }

    private Attempt With(int ordinal, string hash, string outcome, string? note, DateTimeOffset at) => outcome switch
    {
        JournalEntry.Done => this with { Done = Done.Add(hash), Open = null, Failed = null },
        JournalEntry.Failed => this with { Failed = new FailedStep(ordinal, note, at) },
        JournalEntry.Intent => this with { Open = new OpenStatement(ordinal, note ?? "") },
        _ => this,
    };
}

internal sealed record OpenStatement(int Ordinal, string Note);

/// <param name="Ordinal">From 1; 0 for the script as a whole.</param>
/// <param name="Why">What the server said, without secrets; null in journals of before that was written down.</param>
internal sealed record FailedStep(int Ordinal, string? Why, DateTimeOffset At);
