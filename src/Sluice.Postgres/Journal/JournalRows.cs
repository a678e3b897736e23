using System.Collections.Immutable;
using System.Globalization;
using Npgsql;

namespace Sluice.Postgres.Journal;

/// <summary>Every row of the journal, in the order it was written.</summary>
/// <param name="LastNumber">The highest run number that the server has given out; 0 where the user may not know.</param>
internal sealed record JournalRows(ImmutableArray<RunRow> Runs, ILookup<long, StatementRow> Statements, long LastNumber, long Database)
{
    private const string Queries =
        """
        SELECT id, correlation_id, command, tool_version, host, actor, started, backup, previous_hash, start_hash, finished, outcome, finish_hash
        FROM sluice.runs ORDER BY id;
        SELECT id, run, history, attempt, migration, ordinal, total, hash, outcome, duration_ms, note, written, chain
        FROM sluice.statements ORDER BY id;
        SELECT coalesce((
                   SELECT CASE WHEN pg_catalog.has_sequence_privilege(s.oid, 'SELECT') THEN pg_catalog.pg_sequence_last_value(s.oid::regclass) END
                   FROM pg_catalog.pg_class s WHERE s.oid = pg_catalog.pg_get_serial_sequence('sluice.runs', 'id')::regclass::oid), 0),
               (SELECT oid::bigint FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        """;

    public static async Task<JournalRows> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // One view of both tables: a run at work would otherwise look like statements without one.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await using var command = new NpgsqlCommand(Queries, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var runs = ImmutableArray.CreateBuilder<RunRow>();
        while (await reader.ReadAsync(cancellation))
        {
            runs.Add(new RunRow(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), Time(reader, 6)!.Value,
                Text(reader, 7), reader.GetString(8), reader.GetString(9), Time(reader, 10), Text(reader, 11), Text(reader, 12)));
        }

        await reader.NextResultAsync(cancellation);
        var statements = new List<StatementRow>();
        while (await reader.ReadAsync(cancellation))
        {
            var entry = new JournalEntry(
                reader.GetInt32(5), reader.GetInt32(6), reader.GetString(7), reader.GetString(8), reader.IsDBNull(9) ? null : TimeSpan.FromMilliseconds(reader.GetInt64(9)), Text(reader, 10));
            statements.Add(new StatementRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), entry, Time(reader, 11)!.Value, reader.GetString(12)));
        }

        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new JournalRows(runs.ToImmutable(), statements.ToLookup(s => s.Run), reader.GetInt64(0), reader.GetInt64(1));
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column), TimeSpan.Zero);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

internal sealed record RunRow(
    long Id,
    string CorrelationId,
    string Command,
    string ToolVersion,
    string Host,
    string Actor,
    DateTimeOffset Started,
    string? Backup,
    string PreviousHash,
    string StartHash,
    DateTimeOffset? Finished,
    string? Outcome,
    string? FinishHash)
{
    public string ExpectedStart => JournalRun.StartHash(PreviousHash, CorrelationId, Command, ToolVersion, Host, Actor, Started, Backup);

    public string ExpectedFinish(string last) => JournalRun.FinishHash(last, Finished ?? DateTimeOffset.UnixEpoch, Outcome ?? "");
}

internal sealed record StatementRow(long Id, long Run, string History, string Attempt, string Migration, JournalEntry Entry, DateTimeOffset Written, string Chain)
{
    public string Expected(string previous) => JournalRun.StatementHash(previous, Run, History, Attempt, Migration, Entry, Written);

    public string Describe() => (Migration.Length, Entry.Ordinal) switch
    {
        (0, _) => Entry.Note ?? Entry.Outcome,
        (_, 0) => $"{Migration} ({Entry.Outcome})",
        _ => string.Create(CultureInfo.InvariantCulture, $"statement {Entry.Ordinal} of {Migration} ({Entry.Outcome})"),
    };
}
