using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Maintaining;

/// <summary>Does a plan of maintenance, with its tasks in the journal. What somebody else holds is left for the next time, and so is what the time does not suffice for.</summary>
public static class MaintenanceRun
{
    /// <summary>The problem of who comes second.</summary>
    public const string AnotherIsAtWork = MaintenanceLock.Held;

    private const string NoTime = "no time is left";

    // What autovacuum does, too: it rests for 2 ms whenever it has read or written some 200 pages. Months begin in UTC.
    private const string Politeness = "SET lock_timeout = '2s'; SET vacuum_cost_delay = '2ms'; SET TimeZone = 'UTC'";

    // Where a rebuilding waits for transactions that began before it; they go on meanwhile, and nobody waits for it.
    private const string RebuildPatience = "SET lock_timeout = '30s'";

    /// <param name="progress">Told after each task.</param>
    /// <exception cref="ProblemException">SL5703: another one is at work.</exception>
    public static Task<ImmutableArray<MaintainedTask>> RunAsync(
        RunSettings settings, MaintenancePlan plan, MaintenancePolicy policy, IProgress<MaintainedTask> progress, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var books = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            await MaintenanceLock.TakeAsync(books, settings.Address, cancellation);
            return await RecordedRun.RunAsync(books, settings, async run =>
            {
                await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
                var began = Stopwatch.GetTimestamp();
                var done = ImmutableArray.CreateBuilder<MaintainedTask>();
                foreach (var task in plan.Tasks)
                {
                    var left = policy.MaxTime - Stopwatch.GetElapsedTime(began);
                    done.Add(left <= TimeSpan.Zero ? new MaintainedTask(task, TimeSpan.Zero, NoTime, null) : await DoAsync(connection, settings, task, left, cancellation));
                    if (task is not MaintenanceTask.Vacuum && done[^1].Skipped is null)
                    {
                        await run.NoteAsync(task.Done);
                    }

                    progress.Report(done[^1]);
                }

                var vacuumed = done.Where(t => t is { Task: MaintenanceTask.Vacuum, Skipped: null }).Select(t => t.Task.Name).ToList();
                if (vacuumed.Count > 0 || done.All(t => t.Skipped is not null))
                {
                    await run.NoteAsync(vacuumed.Count == 0 ? "did nothing" : $"vacuumed {string.Join(", ", vacuumed)}");
                }

                return done.ToImmutable();
            }, cancellation);
        });

    private static async Task<MaintainedTask> DoAsync(NpgsqlConnection connection, RunSettings settings, MaintenanceTask task, TimeSpan? left, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        string? skipped = null, result = null;
        void Hear(object sender, NpgsqlNoticeEventArgs said) => skipped = said.Notice.SqlState == PostgresErrorCodes.LockNotAvailable ? "somebody holds it" : skipped;
        connection.Notice += Hear;
        try
        {
            await ExecuteAsync(connection, $"{Politeness}; SET statement_timeout = {Milliseconds(left)}", cancellation);
            switch (task)
            {
                case MaintenanceTask.Vacuum vacuum:
                    await ExecuteAsync(connection, $"VACUUM (ANALYZE, SKIP_LOCKED) {vacuum.Table.Name}", cancellation);
                    break;
                case MaintenanceTask.Reindex reindex:
                    skipped = await RebuildAsync(connection, reindex, cancellation) ?? skipped;
                    break;
                case MaintenanceTask.AddPartition add:
                    await ExecuteAsync(connection, string.Create(
                        CultureInfo.InvariantCulture, $"CREATE TABLE {add.Partition} PARTITION OF {add.Table} FOR VALUES FROM ('{add.From:yyyy-MM-dd}') TO ('{add.From.AddMonths(1):yyyy-MM-dd}')"), cancellation);
                    break;
                case MaintenanceTask.DropPartition drop:
                    await ExecuteAsync(connection, $"DROP TABLE {drop.Partition}", cancellation);
                    break;
                case MaintenanceTask.CleanUp cleanUp:
                    result = await CallAsync(connection, cleanUp, left, cancellation);
                    break;
                case MaintenanceTask.RemoveBackup backup:
                    Retention.Remove(backup.Path);
                    break;
                case MaintenanceTask.RemoveLog log:
                    File.Delete(log.Path);
                    break;
                default:
                    throw new UnreachableException($"no way to do {task}");
            }
        }
        catch (PostgresException refused) when (connection.State is System.Data.ConnectionState.Open)
        {
            // One that fails is told of, and the others go on.
            skipped = refused.SqlState switch
            {
                PostgresErrorCodes.LockNotAvailable => "somebody holds it",
                PostgresErrorCodes.UndefinedTable => "it is gone",
                PostgresErrorCodes.QueryCanceled => task is MaintenanceTask.CleanUp cleanUp && !(left < cleanUp.Limit) ? $"it took longer than {cleanUp.Limit.TotalSeconds:0} s" : NoTime,
                _ => Redaction.Clean(refused.MessageText, settings.Address),
            };
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            skipped = refused.Message;
        }
        finally
        {
            connection.Notice -= Hear;
        }

        return new MaintainedTask(task, Stopwatch.GetElapsedTime(started), skipped, result);
    }

    // What it has built is invalid where it does not end, and is written to by everybody until it is dropped.
    private static async Task<string?> RebuildAsync(NpgsqlConnection connection, MaintenanceTask.Reindex task, CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync(connection, RebuildPatience, cancellation);
            await ExecuteAsync(connection, $"REINDEX INDEX CONCURRENTLY {task.Index}", cancellation);
            return null;
        }
        catch (PostgresException refused) when (connection.State is System.Data.ConnectionState.Open && refused.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled)
        {
            var why = refused.SqlState == PostgresErrorCodes.QueryCanceled ? NoTime : "a transaction that began before it goes on";
            return await DropLeftoversAsync(connection, task) is { IsEmpty: false } left ? $"{why}, and so {string.Join(", ", left)} could not be dropped: DROP INDEX CONCURRENTLY {left[0]}" : why;
        }
        catch (OperationCanceledException) when (connection.State is System.Data.ConnectionState.Open)
        {
            await DropLeftoversAsync(connection, task);
            throw;
        }
    }

    /// <returns>Those that are still there: somebody holds their table.</returns>
    private static async Task<ImmutableArray<string>> DropLeftoversAsync(NpgsqlConnection connection, MaintenanceTask.Reindex task)
    {
        await ExecuteAsync(connection, "SET statement_timeout = '5s'", CancellationToken.None);
        foreach (var leftover in await LeftoversAsync(connection, task))
        {
            try
            {
                await ExecuteAsync(connection, $"DROP INDEX CONCURRENTLY {leftover}", CancellationToken.None);
            }
            catch (PostgresException held) when (held.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled)
            {
                // It is among those that are told of.
            }
        }

        return await LeftoversAsync(connection, task);
    }

    private static async Task<ImmutableArray<string>> LeftoversAsync(NpgsqlConnection connection, MaintenanceTask.Reindex task)
    {
        await using var find = new NpgsqlCommand(
            """
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT i.indisvalid AND n.nspname = $1 AND c.relname::text ~ '_cc(new|old)\d*$' AND pg_catalog.starts_with($2, pg_catalog.regexp_replace(c.relname, '_cc(new|old)\d*$', ''))
              AND i.indrelid = (SELECT s.indrelid FROM pg_catalog.pg_index s JOIN pg_catalog.pg_class sc ON sc.oid = s.indexrelid WHERE sc.relname = $2 AND sc.relnamespace = n.oid)
            """,
            connection) { Parameters = { new NpgsqlParameter { Value = task.Schema }, new NpgsqlParameter { Value = task.BareName } } };
        await using var reader = await find.ExecuteReaderAsync(CancellationToken.None);
        var found = ImmutableArray.CreateBuilder<string>();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            found.Add(reader.GetString(0));
        }

        return found.ToImmutable();
    }

    private static async Task<string?> CallAsync(NpgsqlConnection connection, MaintenanceTask.CleanUp task, TimeSpan? left, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, $"SET LOCAL statement_timeout = {Milliseconds(left < task.Limit ? left : task.Limit)}", cancellation);
        await using var call = new NpgsqlCommand(task.Select, connection, transaction) { CommandTimeout = 0 };
        var result = await call.ExecuteScalarAsync(cancellation) as string;
        await transaction.CommitAsync(cancellation);
        return string.IsNullOrEmpty(result) ? null : result;
    }

    private static string Milliseconds(TimeSpan? time) => time is { } limit ? ((long)Math.Ceiling(limit.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture) : "0";

    // Names come quoted from the server. CommandTimeout 0: a large table takes its time.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
