using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Preflight;

/// <summary>Everything the checks need to know of a server, read in one round trip.</summary>
internal sealed record ServerFacts(
    ServerFacts.Overview Server,
    ImmutableArray<ServerFacts.OpenTransaction> Transactions,
    ImmutableArray<(string Name, TimeSpan Age)> Prepared,
    (long Count, long? BytesBehind, TimeSpan? Behind) Replicas,
    ImmutableArray<ServerFacts.Slot> Slots,
    ImmutableArray<string> InvalidIndexes,
    ImmutableArray<string> UnvalidatedConstraints)
{
    /// <param name="ForeignTables">Tables of the schema that the user does not own and so cannot alter.</param>
    /// <param name="HiddenSessions">Sessions of others of which the user may see nothing.</param>
    /// <param name="DataFolder">Null when the user may not know it.</param>
    /// <param name="LargestTable">Null when there is none; its size has the indexes in it.</param>
    public sealed record Overview(
        bool InRecovery,
        bool ReadOnly,
        bool MayCreateDatabases,
        bool MayCreate,
        long ForeignTables,
        long HiddenSessions,
        int MostConnections,
        long Connections,
        string? DataFolder,
        DateTimeOffset Started,
        string? LargestTable,
        long LargestBytes,
        long DatabaseBytes);

    public sealed record OpenTransaction(int ProcessId, string User, string Application, string State, TimeSpan Age, TimeSpan StateAge, string Query)
    {
        public bool IsIdle => State.StartsWith("idle in transaction", StringComparison.Ordinal);

        public bool IsDump => Application is "pg_dump" or "pg_dumpall" or "pg_basebackup" or "sluice backup";

        public override string ToString() =>
            $"pid {ProcessId} ({(Application.Length == 0 ? User : Application)}, {Ages.Show(IsIdle ? StateAge : Age)}): {Query}";
    }

    /// <summary>Of a statement, in one line of a finding.</summary>
    internal const int Widest = 80;

    public sealed record Slot(string Name, bool Active, long? RetainedBytes, bool Lost);

    public static async Task<ServerFacts> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        AddTo(batch, schema);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        return await ReadAsync(reader, cancellation);
    }

    /// <summary>The questions, so that others can send theirs with them; the first is the batch's first.</summary>
    internal static void AddTo(NpgsqlBatch batch, string schema)
    {
        // A look must never hang behind the locks that it is there to find. The batch is one transaction, after which it is gone.
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"{FactQueries.NobodysFunctions}, pg_catalog.set_config('lock_timeout', '3s', true)"));
        foreach (var query in FactQueries.All)
        {
            var command = new NpgsqlBatchCommand(query);
            if (query.Contains("$1", StringComparison.Ordinal))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = schema });
            }

            batch.BatchCommands.Add(command);
        }
    }

    /// <summary>The answers; the reader stands on the last of them afterwards.</summary>
    internal static async Task<ServerFacts> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var overview = new Overview(
            reader.GetBoolean(0),
            reader.GetBoolean(1),
            reader.GetBoolean(2),
            reader.GetBoolean(3),
            reader.GetInt64(4),
            reader.GetInt64(5),
            reader.GetInt32(6),
            reader.GetInt64(7),
            reader.IsDBNull(8) ? null : reader.GetString(8),
            new DateTimeOffset(reader.GetDateTime(9), TimeSpan.Zero),
            reader.IsDBNull(10) ? null : reader.GetString(10),
            reader.IsDBNull(11) ? 0 : reader.GetInt64(11),
            reader.GetInt64(12));
        return new ServerFacts(
            overview,
            await NextAsync(r => new OpenTransaction(
                r.GetInt32(0), r.GetString(1), r.GetString(2), r.GetString(3), Seconds(r, 4), Seconds(r, 5), Redaction.Statement(r.GetString(6), Widest))),
            await NextAsync(r => (r.GetString(0), Seconds(r, 1))),
            (await NextAsync(r => (r.GetInt64(0), r.IsDBNull(1) ? null : (long?)r.GetInt64(1), r.IsDBNull(2) ? null : (TimeSpan?)Seconds(r, 2))))[0],
            await NextAsync(r => new Slot(r.GetString(0), r.GetBoolean(1), r.IsDBNull(2) ? null : r.GetInt64(2), r.GetBoolean(3))),
            await NextAsync(r => r.GetString(0)),
            await NextAsync(r => r.GetString(0)));

        Task<ImmutableArray<T>> NextAsync<T>(Func<NpgsqlDataReader, T> row) => reader.NextRowsAsync(row, cancellation);
    }

    private static TimeSpan Seconds(NpgsqlDataReader reader, int column) => TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(column)));
}
