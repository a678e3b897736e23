using System.Collections.Immutable;
using System.Globalization;
using Npgsql;

namespace Sluice.Postgres.Journal;

/// <summary>Whether the journal is as it was written.</summary>
public static class JournalAudit
{
    /// <summary>What was changed, added or taken out, in words; empty for a sound journal, or for none.</summary>
    public static async Task<ImmutableArray<string>> FindAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        if (!await JournalSchema.ExistsAsync(connection, cancellation))
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<string>();
        var ends = await StatementsAsync(connection, found, cancellation);
        await RunsAsync(connection, ends, found, cancellation);
        return found.ToImmutable();
    }

    // The chain's end in each run, as the rows have it.
    private static async Task<Dictionary<long, string>> StatementsAsync(NpgsqlConnection connection, ImmutableArray<string>.Builder found, CancellationToken cancellation)
    {
        var ends = new Dictionary<long, string>();
        await using var command = new NpgsqlCommand(
            """
            SELECT s.run, s.history, s.attempt, s.migration, s.ordinal, s.total, s.hash, s.outcome, s.duration_ms, s.note, s.written, s.chain, coalesce(r.start_hash, '')
            FROM sluice.statements s LEFT JOIN sluice.runs r ON r.id = s.run
            ORDER BY s.id
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var run = reader.GetInt64(0);
            var entry = new JournalEntry(
                reader.GetInt32(4),
                reader.GetInt32(5),
                reader.GetString(6),
                reader.GetString(7),
                reader.IsDBNull(8) ? null : TimeSpan.FromMilliseconds(reader.GetInt64(8)),
                reader.IsDBNull(9) ? null : reader.GetString(9));
            var expected = JournalRun.StatementHash(
                ends.GetValueOrDefault(run, reader.GetString(12)), run, reader.GetString(1), reader.GetString(2), reader.GetString(3), entry, Time(reader, 10));
            if (expected != reader.GetString(11))
            {
                found.Add(string.Create(CultureInfo.InvariantCulture, $"run {run}: the row of statement {entry.Ordinal} of {reader.GetString(3)} ({entry.Outcome}) is not as it was written, or one before it is gone"));
            }

            ends[run] = reader.GetString(11);
        }

        return ends;
    }

    private static async Task RunsAsync(NpgsqlConnection connection, Dictionary<long, string> ends, ImmutableArray<string>.Builder found, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT id, correlation_id, command, tool_version, host, actor, started, backup, previous_hash, start_hash, finished, outcome, finish_hash
            FROM sluice.runs ORDER BY id
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var previous = "";
        while (await reader.ReadAsync(cancellation))
        {
            var id = reader.GetInt64(0);
            var start = JournalRun.StartHash(
                reader.GetString(8), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), Time(reader, 6), Text(reader, 7));
            if (reader.GetString(8) != previous)
            {
                found.Add(string.Create(CultureInfo.InvariantCulture, $"run {id}: the run before it is gone, or was changed"));
            }

            var finish = Text(reader, 12);
            if (start != reader.GetString(9)
                || (finish is not null && finish != JournalRun.FinishHash(ends.GetValueOrDefault(id, reader.GetString(9)), Time(reader, 10), Text(reader, 11) ?? "")))
            {
                found.Add(string.Create(CultureInfo.InvariantCulture, $"run {id}: its row, or the end of its statements, is not as it was written"));
            }

            previous = finish ?? reader.GetString(9);
        }
    }

    private static DateTimeOffset Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? DateTimeOffset.UnixEpoch : new DateTimeOffset(reader.GetDateTime(column), TimeSpan.Zero);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
