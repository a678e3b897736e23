using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using Sluice.Lint.Measuring;
using Sluice.Lint.Predicting;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Measuring;

/// <summary>Runs a script on a scratch database, each statement between two looks at what is there.</summary>
internal sealed class MeasuredScript(RunSettings settings, DatabaseAddress address, NpgsqlConnection connection, string script, ImmutableArray<Prediction> told)
{
    private readonly Segmentation cut = Segmentation.Of(script);
    private readonly string schema = address.Schema;
    private HashSet<uint> old = [];
    private MeasuredStatement[] statements = [];

    public async Task<ImmutableArray<MeasuredStatement>> RunAsync(CancellationToken cancellation)
    {
        var start = await Relations.ReadSharedAsync(connection, schema, cancellation);
        old = [.. start.ById.Keys];
        var tables = start.ById.Values.Where(r => r.Table == 0).Select(r => r.Key).ToHashSet(StringComparer.Ordinal);
        statements = [.. cut.Statements.Select((s, i) => new MeasuredStatement(s.Span, told[i].Where(tables.Contains), null))];
        foreach (var segment in cut.Segments)
        {
            var kept = statements[segment.First..segment.End];
            if (await TryAsync(segment, cancellation) is { } refusal)
            {
                // Nothing of it stayed. Without rows the same is seen, but for rows that refuse it.
                kept.CopyTo(statements, segment.First);
                statements[refusal.Index] = statements[refusal.Index] with { RowRefusal = refusal.Reason };
                await EmptyAsync(cancellation);
                await TryAsync(segment, cancellation);
            }
        }

        return [.. statements];
    }

    /// <returns>The first statement that rows refuse; null where none does, or none are left to.</returns>
    private async Task<(int Index, string Reason)?> TryAsync(Segment segment, CancellationToken cancellation)
    {
        var mayRefuse = statements[segment.First..segment.End].All(s => s.RowRefusal is null);
        return segment is Segment.Alone ? await AloneAsync(segment.First, mayRefuse, cancellation) : await TogetherAsync(segment, mayRefuse, cancellation);
    }

    private async Task<(int Index, string Reason)?> TogetherAsync(Segment segment, bool mayRefuse, CancellationToken cancellation)
    {
        if (segment is Segment.Transaction or Segment.Scripted { Opening: Opening.Missing })
        {
            await ExecuteAsync("BEGIN", cancellation);
        }

        for (var i = segment.First; i < segment.End; i++)
        {
            var failure = await MeasureAsync(i, cancellation);
            if (failure is not null && mayRefuse && IsOfRows(failure))
            {
                await ExecuteAsync("ROLLBACK", cancellation);
                return (i, Describe(failure));
            }
        }

        if (segment is Segment.Transaction && await FailureOfAsync("COMMIT", cancellation) is { } refused)
        {
            if (mayRefuse && IsOfRows(refused))
            {
                return (segment.End - 1, Describe(refused));
            }

            Refuse(segment.End - 1, "the COMMIT after it fails: " + Describe(refused));
        }

        return null;
    }

    private async Task<PostgresException?> MeasureAsync(int index, CancellationToken cancellation)
    {
        var statement = cut.Statements[index];
        var text = statement.Text(script);
        if (statement.Transaction is not TransactionControl.None)
        {
            return await FailureOfAsync(text, cancellation) is { } border ? Refuse(index, Describe(border), border) : null;
        }

        if (BeyondDatabase.Reaches(statement, text))
        {
            return Refuse(index, "it reaches beyond the database, and is not run on a copy.", null);
        }

        // A statement that cannot be run must not take the others with it. One that is about the transaction itself cannot be wrapped.
        var wrapped = statement.Keywords.Items is not ["SAVEPOINT" or "RELEASE" or "ROLLBACK" or "SET" or "RESET" or "LOCK", ..];
        if (wrapped)
        {
            await ExecuteAsync("SAVEPOINT sluice_traced", cancellation);
        }

        var before = await Relations.ReadAsync(connection, schema, cancellation);
        var started = Stopwatch.GetTimestamp();
        if (await FailureOfAsync(text, cancellation) is { } failure)
        {
            await ExecuteAsync(wrapped ? "ROLLBACK TO SAVEPOINT sluice_traced" : "ROLLBACK; BEGIN", cancellation);
            return Refuse(index, Describe(failure), failure);
        }

        var took = Stopwatch.GetElapsedTime(started);
        var seen = (await Relations.ReadAsync(connection, schema, cancellation)).Since(before, old, took);
        if (wrapped)
        {
            if (await BeyondDatabase.WrittenAsync(connection, cancellation) is { } beyond)
            {
                await ExecuteAsync("ROLLBACK TO SAVEPOINT sluice_traced", cancellation);
                return Refuse(index, $"it reaches beyond the database (it writes to {beyond}), and was taken back.", null);
            }

            await ExecuteAsync("RELEASE SAVEPOINT sluice_traced", cancellation);
        }

        statements[index] = statements[index] with { Seen = seen };
        return null;
    }

    private async Task<(int Index, string Reason)?> AloneAsync(int index, bool mayRefuse, CancellationToken cancellation)
    {
        var statement = cut.Statements[index];
        if (BeyondDatabase.Reaches(statement, statement.Text(script)))
        {
            Refuse(index, "it reaches beyond the database, and is not run on a copy.");
            return null;
        }

        var before = await Relations.ReadSharedAsync(connection, schema, cancellation);
        var locked = told[index].Locks.Items.Select(l => l.Table).ToHashSet(StringComparer.Ordinal);
        await using var watch = await LoneWatch.OpenAsync(settings, address, before.ById.Where(r => r.Value.IsTable && locked.Contains(r.Value.Key)).Select(r => r.Key), cancellation);
        var started = Stopwatch.GetTimestamp();
        ImmutableArray<(uint, LockLevel)> seen;
        try
        {
            seen = await watch.WatchAsync(SendAsync(statement.Text(script), cancellation), connection.ProcessID, cancellation);
        }
        catch (PostgresException failure) when (!cancellation.IsCancellationRequested)
        {
            await DropInvalidAsync(before, cancellation);
            if (mayRefuse && IsOfRows(failure))
            {
                return (index, Describe(failure));
            }

            Refuse(index, Describe(failure));
            return null;
        }

        var took = Stopwatch.GetElapsedTime(started);
        statements[index] = statements[index] with { Seen = (await Relations.ReadSharedAsync(connection, schema, cancellation)).Since(before, old, took, seen) };
        return null;
    }

    // A build that failed leaves its index behind, and the name taken.
    private async Task DropInvalidAsync(Relations before, CancellationToken cancellation)
    {
        await using var left = new NpgsqlCommand("SELECT indexrelid, indexrelid::regclass::text FROM pg_catalog.pg_index WHERE NOT indisvalid", connection);
        var names = new List<string>();
        await using (var reader = await left.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                if (!before.ById.ContainsKey(reader.GetFieldValue<uint>(0)))
                {
                    names.Add(reader.GetString(1));
                }
            }
        }

        foreach (var name in names)
        {
            await ExecuteAsync($"DROP INDEX {name}", cancellation);
        }
    }

    private async Task EmptyAsync(CancellationToken cancellation)
    {
        await using var all = new NpgsqlCommand(
            "SELECT pg_catalog.string_agg(c.oid::regclass::text, ', ') FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname::text !~ '^(pg_|information_schema$)'",
            connection);
        if (await all.ExecuteScalarAsync(cancellation) is string names)
        {
            await ExecuteAsync($"TRUNCATE {names} CASCADE", cancellation);
        }
    }

    // 22: a value cannot be converted; 23: a constraint.
    private static bool IsOfRows(PostgresException failure) => failure.SqlState is ['2', '2' or '3', ..];

    private static string Describe(PostgresException failure) => $"{failure.SqlState} {failure.MessageText}";

    private void Refuse(int index, string reason) => statements[index] = statements[index] with { Refusal = reason };

    private PostgresException? Refuse(int index, string reason, PostgresException? failure)
    {
        Refuse(index, reason);
        return failure;
    }

    private async Task<PostgresException?> FailureOfAsync(string sql, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(sql, cancellation);
            return null;
        }
        catch (PostgresException failure) when (!cancellation.IsCancellationRequested && connection.State is System.Data.ConnectionState.Open)
        {
            return failure;
        }
    }

    // A batch is sent as it is; a command would be cut at the semicolons of a SQL-standard body. As text: some types have no binary form.
    private async Task SendAsync(string sql, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(sql) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.NextResultAsync(cancellation))
        {
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
