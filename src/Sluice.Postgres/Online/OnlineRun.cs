using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using static Sluice.Postgres.Online.Spelling;

namespace Sluice.Postgres.Online;

/// <summary>Does one step after another. What needs a strong lock waits for it so briefly that clients do not notice, and comes again.</summary>
internal sealed class OnlineRun(RunSession books, NpgsqlConnection work, BackfillRequest pace) : IAsyncDisposable
{
    // All who come while it waits queue behind it: the longest that a client stands is this, for the view and for the table, and what the statements take.
    private const string Brief = "SET LOCAL lock_timeout = '80ms'";

    // A lock that lets others read and write; autovacuum gives way to it after a second.
    private const string Patient = "SET LOCAL lock_timeout = '5s'";

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly RunSettings settings = books.Settings;
    private readonly BlockerWatch watch = new(books.Connection, books.Settings, FirstLook);

    public static async Task<OnlineRun> OpenAsync(RunSession books, BackfillRequest pace, CancellationToken cancellation)
    {
        var scripts = await ScriptSession.OpenAsync(books.Settings with { Progress = null }, books.Settings.Address, cancellation);
        await scripts.RefreshAsync(cancellation);
        // A look at every row takes one processor, not all that clients have.
        await using var calm = new NpgsqlCommand("SET max_parallel_workers_per_gather = 0; SET standard_conforming_strings = on; " + string.Concat(TriggerSql.Settings.Select(s => $"SET {s.Name} = {s.Value}; ")), scripts.Connection);
        await calm.ExecuteNonQueryAsync(cancellation);
        await AdvisoryLock.MarkWorkAsync(scripts.Connection, books.Settings, cancellation);
        return new OnlineRun(books, scripts.Connection, pace);
    }

    /// <summary>Goes on from the position, up to the first step for which <paramref name="stops"/> says so.</summary>
    public async Task<OnlineRow> ForwardAsync(OnlineRow row, Func<OnlineStep, bool> stops, string end, CancellationToken cancellation)
    {
        while (row.Position < row.Steps.Length && !stops(row.Steps[row.Position]))
        {
            var step = row.Steps[row.Position];
            if (step.Kind is OnlineStepKind.Check || step.State is OnlineState.Switch)
            {
                await OnlineGuards.RequireNoNewTriggersAsync(work, cancellation);
            }

            var next = row.Position + 1 < row.Steps.Length && !stops(row.Steps[row.Position + 1]) ? row.Steps[row.Position + 1].State : end;
            settings.Progress?.Report(new RunEvent.OnlineStep(row.Migration, step.State, step.Title, row.Position + 1, row.Steps.Length));
            await DoAsync(row, step, next, cancellation);
            row = row with { Position = row.Position + 1, State = next };
        }

        return row;
    }

    /// <summary>Going on with the contraction: the last look at the rows of a table that still is to come may be long ago.</summary>
    public async Task LookAgainAsync(OnlineRow row, CancellationToken cancellation)
    {
        await OnlineGuards.RequireNoNewTriggersAsync(work, cancellation);
        var left = row.Steps.Skip(row.Position).Where(s => s.Kind is not OnlineStepKind.Check).SelectMany(s => s.Tables).ToHashSet(StringComparer.Ordinal);
        foreach (var step in row.Steps.Take(row.Position).Where(s => s is { State: OnlineState.Contract, Kind: OnlineStepKind.Check } && left.Contains(s.Tables[0])))
        {
            await CheckAsync(step, cancellation);
        }
    }

    /// <summary>Does steps that may all be done again.</summary>
    public async Task BackAsync(OnlineRow row, IReadOnlyList<OnlineStep> steps, CancellationToken cancellation)
    {
        foreach (var (i, step) in steps.Index())
        {
            settings.Progress?.Report(new RunEvent.OnlineStep(row.Migration, step.State, step.Title, i + 1, steps.Count));
            await DoAsync(row, step, null, cancellation);
        }
    }

    public ValueTask DisposeAsync() => work.DisposeAsync();

    private async Task DoAsync(OnlineRow row, OnlineStep step, string? next, CancellationToken cancellation)
    {
        switch (step.Kind)
        {
            case OnlineStepKind.Index:
                await PersistAsync(step, () => BuildAsync(step, cancellation), cancellation);
                await PersistAsync(step, () => TransactAsync([], row, next, cancellation), cancellation);
                break;
            case OnlineStepKind.Backfill:
                await BackfillAsync(row, step, cancellation);
                await PersistAsync(step, () => TransactAsync([], row, next, cancellation), cancellation);
                break;
            case OnlineStepKind.Check:
                await CheckAsync(step, cancellation);
                await PersistAsync(step, () => TransactAsync([], row, next, cancellation), cancellation);
                break;
            default:
                await PersistAsync(
                    step,
                    () => TransactAsync(
                        [.. step.Tables.Select(t => $"LOCK TABLE {t} IN SHARE UPDATE EXCLUSIVE MODE"), .. step.Kind is OnlineStepKind.Transaction ? [Brief] : Array.Empty<string>(), .. step.Statements], row, next, cancellation),
                    cancellation);
                break;
        }
    }

    private async Task TransactAsync(IReadOnlyList<string> statements, OnlineRow row, string? next, CancellationToken cancellation)
    {
        await using var transaction = await work.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(work, transaction) { Timeout = 0, BatchCommands = { new NpgsqlBatchCommand(Patient) } };
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        var advance = next is null ? null : OnlineTable.Advance(row, next);
        if (advance is not null)
        {
            batch.BatchCommands.Add(advance);
        }

        foreach (var fence in books.Fence())
        {
            batch.BatchCommands.Add(fence);
        }

        await watch.AwaitAsync(batch.ExecuteNonQueryAsync(cancellation), work.ProcessID, cancellation);
        if (advance is not null && advance.RecordsAffected != 1)
        {
            throw new ProblemException(new Problem("SL5131", "Another run has moved the online change meanwhile.") { Remedies = ["See where it is: sluice migrate online status"] });
        }

        await transaction.CommitAsync(cancellation);
    }

    // An index that a killed run left is whole, or it is dropped and built again.
    private async Task BuildAsync(OnlineStep step, CancellationToken cancellation)
    {
        if (await ScalarAsync($"SELECT i.indisvalid FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass({Literal(step.Tables[0])})::oid", cancellation) is bool isValid)
        {
            if (isValid)
            {
                return;
            }

            await AloneAsync($"DROP INDEX CONCURRENTLY {step.Tables[0]}", cancellation);
            settings.Progress?.Report(new RunEvent.InvalidIndexDropped(step.Tables[0]));
        }

        await AloneAsync(step.Statements[0], cancellation);
    }

    private async Task AloneAsync(string statement, CancellationToken cancellation)
    {
        await using (var wait = new NpgsqlCommand("SET lock_timeout = '30s'", work))
        {
            await wait.ExecuteNonQueryAsync(cancellation);
        }

        await using var command = new NpgsqlCommand(statement, work) { CommandTimeout = 0 };
        await watch.AwaitAsync(command.ExecuteNonQueryAsync(cancellation), work.ProcessID, cancellation);
    }

    private async Task BackfillAsync(OnlineRow row, OnlineStep step, CancellationToken cancellation)
    {
        var name = BackfillName(row, step);
        var result = await Backfill.RunAsync(settings with { Address = settings.Address with { Options = Pinned(settings.Address.Options) } }, pace with { Table = step.Tables[0], Set = step.Statements[0], Where = null, Name = name }, cancellation);
        if (result.End is BackfillEnd.StillWritten or BackfillEnd.Cancelled)
        {
            throw new ProblemException(new Problem("SL5133", $"The rows of `{step.Tables[0]}` could not be brought to the new version: {(result.End is BackfillEnd.Cancelled ? "somebody cancelled the backfill" : "every pass found some that lack it")}.")
            {
                Remedies = ["Go on with it: sluice migrate online start", "Or give it up: sluice migrate online rollback"],
            });
        }
    }

    // The same cast that the trigger makes, in whatever time zone this session is.
    private static string Pinned(string? options) => $"{options} -c TimeZone=UTC -c bytea_output=hex".TrimStart();

    public static string BackfillName(OnlineRow row, OnlineStep step) => string.Create(CultureInfo.InvariantCulture, $"online {row.Id}: {step.Tables[0]}");

    private async Task CheckAsync(OnlineStep step, CancellationToken cancellation)
    {
        if (await ScalarAsync(step.Statements[0], cancellation) is not true)
        {
            return;
        }

        throw new ProblemException(new Problem("SL5125", $"The two versions of a row disagree: {step.Title}. Nothing was changed by this command.\n  {step.Statements[0]}")
        {
            Remedies =
            [
                "Find the rows with the query above; a trigger that was switched off, or a replica's writes, can have left them. Write them once more (UPDATE … SET), then run this command again.",
                "Or give the change up: sluice migrate online rollback",
            ],
        });
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, work) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(cancellation);
    }

    /// <exception cref="ProblemException">SL5126: a lock was not to be had, or the server refuses the statement.</exception>
    private async Task PersistAsync(OnlineStep step, Func<Task> action, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await action();
                return;
            }
            catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                var spent = Stopwatch.GetElapsedTime(started);
                if (spent + pause >= settings.LockBudget)
                {
                    throw new ProblemException(Refused(step, $"a lock was not to be had in {spent.TotalSeconds:0} s{(watch.Blocker.Length == 0 ? "" : $", held by {watch.Blocker}")}"), refused);
                }

                settings.Progress?.Report(new RunEvent.LockRetry(watch.Blocker, pause, spent, settings.LockBudget));
                await Task.Delay(pause, cancellation);
            }
            catch (PostgresException refused) when (refused.SqlState[..2] is not "57")
            {
                books.ThrowIfFenced(refused);
                throw new ProblemException(Refused(step, $"{refused.SqlState} {Redaction.Clean(refused.MessageText, settings.Address)}"), refused);
            }
        }
    }

    private static Problem Refused(OnlineStep step, string why) => new("SL5126", $"The online change stands still at its state `{step.State}` ({step.Title}): {why}. What was done stays done.")
    {
        Remedies =
        [
            step.State is OnlineState.Contract ? "Mend that, then go on: sluice migrate online complete" : step.State is OnlineState.Rollback ? "Mend that, then go on: sluice migrate online rollback" : "Mend that, then go on: sluice migrate online start",
            .. step.State is OnlineState.Contract or OnlineState.Rollback ? Array.Empty<string>() : ["Or give it up: sluice migrate online rollback"],
            "If it is a lock: give it more time, --lock-budget 10m",
        ],
    };
}
