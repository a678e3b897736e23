using Npgsql;
using NpgsqlTypes;

namespace Sluice.Postgres.Journal;

/// <summary>
/// The journal of the run at hand. Each row's hash covers the row before it, each run's start the end of the run before,
/// so that a row that was changed or taken out is found.
/// </summary>
internal sealed class JournalRun
{
    private const string Insert = """
        INSERT INTO sluice.statements (run, history, attempt, migration, ordinal, total, hash, outcome, duration_ms, note, written, chain)
        SELECT $1, $2, $3, $4, o, t, h, r, 
        """;

    private const string Rows = """
         FROM ROWS FROM (
            pg_catalog.unnest($6::int4[]), pg_catalog.unnest($7::int4[]), pg_catalog.unnest($8::text[]), pg_catalog.unnest($9::text[]),
            pg_catalog.unnest($10::int8[]), pg_catalog.unnest($11::text[]), pg_catalog.unnest($12::text[])) AS x (o, t, h, r, d, n, c)
        """;

    // The row without a chain is the last; the volatile function keeps the planner from asking the clock twice for it.
    private const string Measuring = $"""
        {Insert} CASE WHEN c IS NULL THEN ms ELSE d END, n, $5,
            coalesce(c, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to($14::text || pg_catalog.length(ms::text)::text || ':' || ms::text || $15::text, 'UTF8')), 'hex'))
        {Rows}, (
            SELECT greatest(0, (1000::numeric * extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp())::numeric)::bigint - $13)) AS m (ms)
        RETURNING chain AS {End}
        """;

    private readonly long id;
    private readonly TimeProvider clock;
    private string committed;
    private string written;

    private JournalRun(long id, string hash, TimeProvider clock)
    {
        this.id = id;
        this.clock = clock;
        committed = written = hash;
    }

    /// <summary>Writes the run's own row.</summary>
    public static async Task<JournalRun> BeginAsync(NpgsqlConnection connection, RunIdentity identity, string? backup, TimeProvider clock, CancellationToken cancellation)
    {
        var started = clock.GetUtcNow();
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var read = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("LOCK TABLE sluice.runs IN SHARE ROW EXCLUSIVE MODE"),
                new NpgsqlBatchCommand("SELECT coalesce(finish_hash, start_hash) FROM sluice.runs ORDER BY id DESC LIMIT 1"),
            },
        };
        var previous = await read.ExecuteScalarAsync(cancellation) as string ?? "";
        var hash = StartHash(previous, identity.CorrelationId, identity.Command, identity.ToolVersion, identity.Host, identity.Actor, started, backup);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO sluice.runs (correlation_id, command, tool_version, host, actor, started, backup, previous_hash, start_hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
            """,
            connection,
            transaction);
        foreach (var value in new object?[] { identity.CorrelationId, identity.Command, identity.ToolVersion, identity.Host, identity.Actor, started.UtcDateTime, backup, previous, hash })
        {
            insert.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
        }

        var id = (long)(await insert.ExecuteScalarAsync(cancellation))!;
        await transaction.CommitAsync(cancellation);
        return new JournalRun(id, hash, clock);
    }

    /// <summary>The column in which the command of <see cref="Write"/> answers with the chain's new end.</summary>
    public const string End = "sluice_chain_end";

    /// <summary>One command that writes the rows; call <see cref="Committed"/> or <see cref="RolledBack"/> when that is known.</summary>
    /// <param name="measured">
    /// Of the open transaction, what the durations already tell: the rest is the last row's, which is sent together with its
    /// statement and therefore before anybody can know. Null where the rows have their durations.
    /// </param>
    public NpgsqlBatchCommand Write(string history, string attempt, string migration, IReadOnlyList<JournalEntry> entries, TimeSpan? measured = null)
    {
        var now = clock.GetUtcNow();
        var chains = new string?[entries.Count];
        var known = measured is null ? chains.Length : chains.Length - 1;
        for (var i = 0; i < known; i++)
        {
            chains[i] = written = StatementHash(written, id, history, attempt, migration, entries[i], now);
        }

        var (before, after) = measured is null ? ("", "") : Around(written, id, history, attempt, migration, entries[^1], now);
        var command = new NpgsqlBatchCommand(measured is null ? Insert + "d, n, $5, c" + Rows : Measuring)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = id },
                new NpgsqlParameter { Value = history },
                new NpgsqlParameter { Value = attempt },
                new NpgsqlParameter { Value = migration },
                new NpgsqlParameter { Value = now.UtcDateTime },
                new NpgsqlParameter { Value = entries.Select(e => e.Ordinal).ToArray() },
                new NpgsqlParameter { Value = entries.Select(e => e.Total).ToArray() },
                new NpgsqlParameter { Value = entries.Select(e => e.Hash).ToArray() },
                new NpgsqlParameter { Value = entries.Select(e => e.Outcome).ToArray() },
                new NpgsqlParameter { Value = entries.Select(e => (long?)e.Duration?.TotalMilliseconds).ToArray() },
                new NpgsqlParameter { Value = entries.Select(e => e.Note).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new NpgsqlParameter { Value = chains, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
        if (measured is { } spent)
        {
            command.Parameters.AddRange(new[] { new NpgsqlParameter { Value = (long)spent.TotalMilliseconds }, new NpgsqlParameter { Value = before }, new NpgsqlParameter { Value = after } });
        }

        return command;
    }

    /// <param name="end">What the command answered, where the server measured.</param>
    public void Committed(string? end) => committed = written = end ?? written;

    public void RolledBack() => written = committed;

    /// <summary>After a COMMIT whose answer was lost: goes on from what the table holds.</summary>
    public async Task FindEndAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT chain FROM sluice.statements WHERE run = $1 ORDER BY id DESC LIMIT 1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        committed = written = await command.ExecuteScalarAsync(cancellation) as string ?? committed;
    }

    /// <returns>The journal's head now; null when somebody has taken the run's row away.</returns>
    public async Task<JournalHead?> FinishAsync(NpgsqlConnection connection, string outcome, CancellationToken cancellation)
    {
        var finished = clock.GetUtcNow();
        var hash = FinishHash(committed, finished, outcome);
        await using var command = new NpgsqlCommand(
            """
            UPDATE sluice.runs SET finished = $2, outcome = $3, finish_hash = $4 WHERE id = $1
            RETURNING (SELECT oid::bigint FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
            """,
            connection);
        foreach (var value in new object[] { id, finished.UtcDateTime, outcome, hash })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync(cancellation) is long database ? new JournalHead(id, hash, database) : null;
    }

    internal static string StartHash(string previous, string correlation, string command, string version, string host, string actor, DateTimeOffset started, string? backup) =>
        JournalEntry.Chain(previous, correlation, command, version, host, actor, JournalEntry.Time(started), backup);

    internal static string StatementHash(string previous, long run, string history, string attempt, string migration, JournalEntry entry, DateTimeOffset written) =>
        JournalEntry.Chain(
            previous,
            JournalEntry.Number(run),
            history,
            attempt,
            migration,
            JournalEntry.Number(entry.Ordinal),
            JournalEntry.Number(entry.Total),
            entry.Hash,
            entry.Outcome,
            entry.Duration is { } duration ? JournalEntry.Number((long)duration.TotalMilliseconds) : null,
            entry.Note,
            JournalEntry.Time(written));

    // The same text in two halves: the server puts the duration between them.
    private static (string Before, string After) Around(string previous, long run, string history, string attempt, string migration, JournalEntry entry, DateTimeOffset written) =>
        (previous + JournalEntry.Links(
            JournalEntry.Number(run), history, attempt, migration, JournalEntry.Number(entry.Ordinal), JournalEntry.Number(entry.Total), entry.Hash, entry.Outcome) + "\n",
         JournalEntry.Links(entry.Note, JournalEntry.Time(written)));

    internal static string FinishHash(string last, DateTimeOffset finished, string outcome) =>
        JournalEntry.Chain(last, JournalEntry.Time(finished), outcome);
}
