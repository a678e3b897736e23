using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backfilling;

/// <summary>
/// Pass after pass over the rows in the order of the key. The first does what is there; a further one finds what others wrote
/// meanwhile behind its position, and where it finds nothing, that is the proof.
/// </summary>
internal sealed class BackfillRun(NpgsqlConnection work, NpgsqlConnection books, BackfillSql sql, BackfillRequest request, RunSettings settings)
{
    // Whoever still finds some in the last was not overtaken by chance: somebody goes on writing them.
    private const int MostPasses = 4;

    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(1);

    private readonly BackfillPace pace = new(request.Batch);

    public async Task<BackfillResult> RunAsync(long id, CancellationToken cancellation)
    {
        var row = await BackfillTable.ReadAsync(work, id, cancellation);
        if (row.State == BackfillRow.Running)
        {
            settings.Progress?.Report(new RunEvent.BackfillStarted(row.Name, row.Pass, row.Passed, row.Total));
        }

        for (var passes = 1; ; passes++)
        {
            row = row.State == BackfillRow.Running ? await PassAsync(row, cancellation) : row;
            if (row.State != BackfillRow.Running)
            {
                return Result(row, row.State == BackfillRow.Done ? BackfillEnd.DoneBefore : BackfillEnd.Cancelled);
            }

            if (row.Found == 0 || !row.Settles)
            {
                await BackfillTable.FinishAsync(work, row, cancellation);
                return Result(row, row.Settles ? BackfillEnd.Verified : BackfillEnd.Done);
            }

            await BackfillTable.NextPassAsync(work, row, cancellation);
            if (passes == MostPasses)
            {
                return Result(row, BackfillEnd.StillWritten);
            }

            settings.Progress?.Report(new RunEvent.BackfillPass(row.Name, row.Pass, row.Found));
            row = await BackfillTable.ReadAsync(work, row.Id, cancellation);
        }
    }

    private static BackfillResult Result(BackfillRow row, BackfillEnd end) => new(row.Name, end, row.Changed, row.Pass, row.Found);

    /// <returns>The row at the end of the pass, or as somebody else left it.</returns>
    private async Task<BackfillRow> PassAsync(BackfillRow row, CancellationToken cancellation)
    {
        if (row.Last is null)
        {
            if (await LastAsync(cancellation) is not { } last)
            {
                return row;
            }

            await BackfillTable.EndPassAtAsync(work, row, last, cancellation);
            row = await BackfillTable.ReadAsync(work, row.Id, cancellation);
        }

        var batch = new BackfillBatch(work, books, sql, pace, settings);
        var pressure = new Pressure(books, request, settings.Progress);
        var (started, before, told) = (Stopwatch.GetTimestamp(), row.Passed, Stopwatch.GetTimestamp());
        while (row.State == BackfillRow.Running && row.Position != row.Last)
        {
            await pressure.HoldBackAsync(cancellation);
            row = await batch.RunAsync(row, cancellation) ?? await BackfillTable.ReadAsync(work, row.Id, cancellation);
            if (Stopwatch.GetElapsedTime(told) >= Telling)
            {
                told = Stopwatch.GetTimestamp();
                var rate = (row.Passed - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
                settings.Progress?.Report(new RunEvent.BackfillProgress(row.Name, row.Pass, row.Passed, row.Changed, row.Total, (long)rate, pace.Rows));
            }
        }

        return row;
    }

    private async Task<string[]?> LastAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql.Last, work);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : null;
    }
}
