using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Recovery;

namespace Sluice.Postgres.Drill;

/// <summary>The largest table is dropped while somebody writes, and brought back from a base backup and WAL, as it was the moment before.</summary>
internal static class DroppedTableDrill
{
    public static async Task<DrillResult> RunAsync(DrillStage stage, CancellationToken cancellation)
    {
        var settings = stage.Settings;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stage.Say("receiving the scratch server's WAL, and copying its data");
        var listener = new Listener();
        var receiving = WalReceiver.RunAsync(settings, new WalRequest { Folder = stage.Backups, Progress = listener }, ending.Token);
        try
        {
            await await Task.WhenAny(listener.Receiving, receiving);
            await BaseBackupRun.TakeAsync(settings, new BaseBackupRequest { Folder = stage.Backups, Progress = stage }, cancellation);
            await using var writer = await DrillWriter.StartAsync(settings.Address, settings.Clock, cancellation);
            await writer.MoreAsync(50, cancellation);
            var table = await LargestAsync(settings.Address, cancellation);
            var held = await HeldAsync(settings.Address, table, cancellation);

            stage.Say($"dropping {table.Schema}.{table.Name} while somebody writes");
            var moment = new DateTimeOffset(await DrillStage.AskAsync<DateTime>(settings.Address, "SELECT pg_catalog.clock_timestamp()", cancellation), TimeSpan.Zero);
            await DrillStage.ExecuteAsync(settings.Address, $"DROP TABLE {Sql(table)} CASCADE", cancellation);
            var started = Stopwatch.GetTimestamp();
            await writer.MoreAsync(50, cancellation);

            var request = new RecoveryRequest
            {
                Folder = stage.Backups,
                Target = new RecoveryTarget.Time(moment),
                Home = Path.Combine(stage.Request.Scratch, "moment"),
                StateFolder = stage.Request.StateFolder,
                IsDurable = false,
                Progress = stage,
            };
            var server = await PointInTime.RunAsync(settings, request, await PointInTime.PlanAsync(settings, request, cancellation), cancellation);
            try
            {
                var (rows, since) = await writer.MissingAsync(server.Address, moment, cancellation);
                stage.Say($"bringing {table.Schema}.{table.Name} back");
                var back = await TableReturn.RunAsync(settings, server, Name(table), cancellation);
                var took = Stopwatch.GetElapsedTime(started);
                List<string> differences = [.. DatabaseContents.RowDifferences([held], [await HeldAsync(settings.Address, table, cancellation)])];
                var passed = differences.Count == 0 && server.IsWhole;
                return new DrillResult(
                    DrillScenario.DroppedTable,
                    passed ? DrillVerdict.Passed : DrillVerdict.Failed,
                    passed ? "a dropped table came back as it was the moment before, and writers went on" : $"the table is not what it was: {string.Join(", ", differences)}",
                    (long)took.TotalMilliseconds,
                    (long)(moment - (since ?? moment)).TotalMilliseconds,
                    [
                        string.Create(CultureInfo.InvariantCulture, $"{table.Schema}.{table.Name}, {back.Rows:#,0} rows, hash as before it was dropped"),
                        string.Create(CultureInfo.InvariantCulture, $"asked for {request.Target}, the last transaction before it was committed {(moment - (server.ReachedAt ?? moment)).TotalMilliseconds:0} ms earlier"),
                        string.Create(CultureInfo.InvariantCulture, $"{rows} of the writer's commits before that moment are missing, {writer.Count} were made in all"),
                        .. back.Missing.Select(m => $"to be made again: {m}"),
                    ]);
            }
            finally
            {
                await server.RemoveAsync();
            }
        }
        finally
        {
            await ending.CancelAsync();
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<ObjectName> LargestAsync(DatabaseAddress address, CancellationToken cancellation)
    {
        await using var connection = await ServerConnection.OpenAsync(address, cancellation);
        await using var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relpersistence = 'p' AND n.nspname::text !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sluice')
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent))
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.objid = c.oid AND d.deptype = 'e')
              AND c.relname <> $1
            ORDER BY pg_catalog.pg_table_size(c.oid) DESC, 1, 2 LIMIT 1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = DrillWriter.Table });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new ObjectName(reader.GetString(0), reader.GetString(1))
            : throw new ProblemException(new Problem(DrillRun.NothingToTry, "The backup has no table that could be dropped."));
    }

    private static async Task<TableRows> HeldAsync(DatabaseAddress address, ObjectName table, CancellationToken cancellation)
    {
        await using var connection = await ServerConnection.OpenAsync(address, cancellation);
        await using var transaction = await DatabaseContents.BeginAsync(connection, cancellation);
        return (await DatabaseContents.ReadAsync(connection, [table], (_, _) => { }, cancellation)).Tables[0];
    }

    private static string Name(ObjectName table) => $"{table.Schema}.{table.Name}";

    private static string Sql(ObjectName table) => $"{ServerConnection.Quote(table.Schema)}.{ServerConnection.Quote(table.Name)}";

    private sealed class Listener : IProgress<WalEvent>
    {
        private readonly TaskCompletionSource receiving = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Receiving => receiving.Task;

        public void Report(WalEvent value)
        {
            if (value is WalEvent.Receiving)
            {
                receiving.TrySetResult();
            }
        }
    }
}
