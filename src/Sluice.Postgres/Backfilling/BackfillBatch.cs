using System.Data;
using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backfilling;

/// <summary>
/// One batch after another, each in a transaction that moves the position with the rows. No row is passed over because
/// somebody holds it: the batch is given up, and tried again smaller and later. A further pass looks at many rows at once, and
/// writes only where it has found one: what it finds lies in half as many rows, and so on down to a batch.
/// </summary>
internal sealed class BackfillBatch(NpgsqlConnection work, NpgsqlConnection books, BackfillSql sql, BackfillPace writing, BackfillPace looking, RunSettings settings)
{
    /// <summary>Whether somebody waits for a row that this transaction has written. Asked while it is open, so of the locks alone.</summary>
    public const string IsWaitedFor = """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_lock_status() WHERE NOT granted AND locktype = 'transactionid' AND transactionid = pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.xid)
        """;

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly BlockerWatch watch = new(books, settings, FirstLook);
    private string[] upTo = [];

    /// <returns>The row as the batch left it, which is as it was when there is something to write in rows that were looked at; null when it had been written by another in between, and nothing was done.</returns>
    /// <exception cref="ProblemException">SL5085: the expression fails for a row. SL5087: somebody would not let go of one.</exception>
    public async Task<BackfillRow?> RunAsync(BackfillRow row, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ;)
        {
            var looks = row.Pass > 1 && row.Settles && looking.Rows > writing.Rows;
            var pace = looks ? looking : writing;
            var rows = pace.Rows;
            try
            {
                return await TryAsync(row, rows, looks, cancellation);
            }
            catch (PostgresException refused) when (IsOfARow(refused))
            {
                if (rows == 1)
                {
                    throw new ProblemException(BackfillDefinition.Refused(refused, settings.Address, $" in the row {sql.Shown(upTo)}; those before it are done"), refused);
                }

                pace.Halve(rows);
            }
            catch (PostgresException refused) when (IsPassing(refused))
            {
                // Also where the server gave up waiting in the moment in which it was told to.
                cancellation.ThrowIfCancellationRequested();
                var spent = Stopwatch.GetElapsedTime(started);
                if (spent + pause >= settings.LockBudget)
                {
                    throw new ProblemException(Held(refused, row), refused);
                }

                if (pause >= WorthTelling)
                {
                    settings.Progress?.Report(new RunEvent.LockRetry(watch.Blocker, pause, spent, settings.LockBudget));
                }

                pace.Halve(rows);
                await Task.Delay(pause, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task<BackfillRow?> TryAsync(BackfillRow row, int rows, bool looks, CancellationToken cancellation)
    {
        var after = row.Position?.Items.ToArray() ?? sql.NoKey;
        await using var transaction = await work.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
        var (worker, passed) = await FindEndAsync(transaction, row, after, rows, cancellation);
        var begun = Stopwatch.GetTimestamp();
        if (looks && await IsAnyOpenAsync(transaction, after, cancellation))
        {
            looking.Halve(rows);
            return row;
        }

        var (changed, open) = looks ? (0, 0) : await ChangeAsync(transaction, worker, after, row.Settles, cancellation);
        var closing = Stopwatch.GetTimestamp();
        var advance = BackfillTable.Advance(row, upTo, passed, changed, open == 0);
        bool others;
        await using (var close = new NpgsqlBatch(work, transaction) { BatchCommands = { new NpgsqlBatchCommand(IsWaitedFor), advance } })
        {
            others = await close.ExecuteScalarAsync(cancellation) is true;
        }

        if (advance.RecordsAffected == 0)
        {
            return null;
        }

        // How far away the server is costs few rows as much as many, and is what closing costs.
        var spent = Stopwatch.GetElapsedTime(begun, closing) - Stopwatch.GetElapsedTime(closing);
        await transaction.CommitAsync(cancellation);
        (looks ? looking : writing).Took(spent, others);
        if (row.Pass > 1 && !looks)
        {
            looking.Double();
        }

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

    private async Task<bool> IsAnyOpenAsync(NpgsqlTransaction transaction, string?[] after, CancellationToken cancellation)
    {
        await using var look = new NpgsqlBatch(work, transaction) { BatchCommands = { Between(sql.IsAnyOpen, after, upTo) } };
        return await look.ExecuteScalarAsync(cancellation) is true;
    }

    private async Task<(long Changed, long Open)> ChangeAsync(NpgsqlTransaction transaction, int worker, string?[] after, bool asks, CancellationToken cancellation)
    {
        await using var change = new NpgsqlBatch(work, transaction) { BatchCommands = { Between(asks ? sql.Change : sql.ChangeUnasked, after, upTo) } };
        await using var reader = await watch.AwaitAsync(change.ExecuteReaderAsync(cancellation), worker, cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetInt64(0), reader.GetInt64(1)) : (reader.RecordsAffected, reader.RecordsAffected);
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
        "SL5087", $"The backfill stands still before the row {sql.Shown(upTo)}: {Redaction.Clean(refused.MessageText, settings.Address)}.{(watch.Blocker.Length == 0 ? "" : $"\nHeld by {watch.Blocker}")}")
    {
        Remedies =
        [
            $"What was done stays done ({row.Passed} rows are passed). Wait until that session has ended, then run the same command again.",
            "Or be more patient: --lock-budget 10m",
        ],
    };
}
