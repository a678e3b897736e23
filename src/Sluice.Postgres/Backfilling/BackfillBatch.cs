using System.Data;
using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backfilling;

/// <summary>
/// One batch after another, each in a transaction that moves the position with the rows. No row is passed over because
/// somebody holds it: the batch is given up, and tried again smaller and later.
/// </summary>
internal sealed class BackfillBatch(NpgsqlConnection work, NpgsqlConnection books, BackfillSql sql, BackfillPace pace, RunSettings settings)
{
    private const string Waiting = """
        SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = pg_catalog.current_database() AND pg_catalog.pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids(pid))
        """;

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private string[] upTo = [];
    private string blocker = "";
    private string told = "";

    /// <returns>The row as the batch left it; null when it had been written by another in between, and nothing was done.</returns>
    /// <exception cref="ProblemException">SL5085: the expression fails for a row. SL5087: somebody would not let go of one.</exception>
    public async Task<BackfillRow?> RunAsync(BackfillRow row, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ;)
        {
            var rows = pace.Rows;
            try
            {
                return await TryAsync(row, rows, cancellation);
            }
            catch (PostgresException refused) when (IsOfARow(refused))
            {
                if (rows == 1)
                {
                    throw new ProblemException(BackfillDefinition.Refused(refused, settings.Address, $" in the row {sql.Shown(upTo)}; those before it are done"), refused);
                }

                pace.Halve(rows);
            }
            catch (PostgresException refused) when (IsPassing(refused) && !cancellation.IsCancellationRequested)
            {
                var spent = Stopwatch.GetElapsedTime(started);
                if (spent + pause >= settings.LockBudget)
                {
                    throw new ProblemException(Held(refused, row), refused);
                }

                if (pause >= WorthTelling)
                {
                    settings.Progress?.Report(new RunEvent.LockRetry(blocker, pause, spent, settings.LockBudget));
                }

                pace.Halve(rows);
                await Task.Delay(pause, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task<BackfillRow?> TryAsync(BackfillRow row, int rows, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var after = row.Position?.Items.ToArray() ?? sql.NoKey;
        await using var transaction = await work.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
        var (worker, passed) = await FindEndAsync(transaction, row, after, rows, cancellation);
        var (changed, open) = await ChangeAsync(transaction, worker, after, cancellation);

        var advance = BackfillTable.Advance(row, upTo, passed, changed, open == 0);
        long others;
        await using (var close = new NpgsqlBatch(work, transaction) { BatchCommands = { new NpgsqlBatchCommand(Waiting), advance } })
        {
            others = (long)(await close.ExecuteScalarAsync(cancellation))!;
        }

        if (advance.RecordsAffected == 0)
        {
            return null;
        }

        await transaction.CommitAsync(cancellation);
        pace.Took(Stopwatch.GetElapsedTime(started), others > 0);
        return row with
        {
            Position = [.. upTo],
            Passed = row.Passed + passed,
            Found = row.Found + changed,
            Changed = row.Changed + changed,
            Settles = row.Settles && open == 0,
        };
    }

    // The last batch of a pass ends where the pass does.
    private async Task<(int Worker, long Passed)> FindEndAsync(NpgsqlTransaction transaction, BackfillRow row, string?[] after, int rows, CancellationToken cancellation)
    {
        var last = row.Last!.Value.Items.ToArray();
        await using var find = new NpgsqlBatch(work, transaction) { BatchCommands = { BackfillSql.Settings(settings.Address.Schema), Between(sql.Next(rows), after, last) } };
        int worker;
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            worker = reader.GetInt32(0);
            await reader.NextResultAsync(cancellation);
            if (await reader.ReadAsync(cancellation))
            {
                upTo = [.. Enumerable.Range(0, last.Length).Select(reader.GetString)];
                return (worker, rows);
            }
        }

        upTo = last;
        await using var rest = new NpgsqlBatch(work, transaction) { BatchCommands = { Between(sql.Count, after, last) } };
        return (worker, (long)(await rest.ExecuteScalarAsync(cancellation))!);
    }

    private async Task<(long Changed, long Open)> ChangeAsync(NpgsqlTransaction transaction, int worker, string?[] after, CancellationToken cancellation)
    {
        await using var change = new NpgsqlBatch(work, transaction) { BatchCommands = { Between(sql.Change, after, upTo) } };
        var changing = change.ExecuteReaderAsync(cancellation);
        if (await Task.WhenAny(changing, Task.Delay(FirstLook, cancellation)) != changing)
        {
            await LookAsync(worker, cancellation);
        }

        await using var reader = await changing;
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private async Task LookAsync(int worker, CancellationToken cancellation)
    {
        if ((await ActivityQueries.LookAsync(books, worker, cancellation)).Blockers is not [var first, ..])
        {
            return;
        }

        blocker = first.Text;
        if (told != first.Key)
        {
            told = first.Key;
            settings.Progress?.Report(new RunEvent.Blocked(first.Text, FirstLook));
        }
    }

    private static NpgsqlBatchCommand Between(string sql, string?[] after, string?[] upTo)
    {
        var command = new NpgsqlBatchCommand(sql);
        BackfillSql.Bind(command.Parameters, after, upTo);
        return command;
    }

    // A batch is short: one that ran into `statement_timeout` met a lock of another kind, or rows that cost more than those before.
    private static bool IsPassing(PostgresException refused) => refused.SqlState is PostgresErrorCodes.LockNotAvailable
        or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.QueryCanceled;

    // Data, constraints, and what functions and triggers raise.
    private static bool IsOfARow(PostgresException refused) => refused.SqlState[..2] is "22" or "23" or "P0";

    private Problem Held(PostgresException refused, BackfillRow row) => new(
        "SL5087", $"The backfill stands still before the row {sql.Shown(upTo)}: {Redaction.Clean(refused.MessageText, settings.Address)}.{(blocker.Length == 0 ? "" : $"\nHeld by {blocker}")}")
    {
        Remedies =
        [
            $"What was done stays done ({row.Passed} rows are passed). Wait until that session has ended, then run the same command again.",
            "Or be more patient: --lock-budget 10m",
        ],
    };
}
