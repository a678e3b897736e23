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

    private const int MostWritten = 20_000;
    private const int MostLookedAt = 1_000_000;
    private const int LookedAtFirst = 10;

    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(1);

    private readonly BackfillPace writing = new(request.Batch, BackfillPace.Writing, MostWritten);
    private readonly BackfillPace looking = new(LookedAtFirst * Math.Min(request.Batch, MostWritten), BackfillPace.Looking, MostLookedAt);

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
        row = await GoAsync(row.Last is null ? await EndAtLastAsync(row, cancellation) : row, cancellation);
        // A pass that is to be the proof is one of the rows, too, that came behind its end while it went. Once: they may go on coming.
        return row is { State: BackfillRow.Running, Found: 0, Settles: true, Last: not null } ? await GoAsync(await EndAtLastAsync(row, cancellation), cancellation) : row;
    }

    /// <summary>The pass ends at what is the highest key now.</summary>
    private async Task<BackfillRow> EndAtLastAsync(BackfillRow row, CancellationToken cancellation)
    {
        if (await LastAsync(cancellation) is not { } last)
        {
            return row;
        }

        await BackfillTable.EndPassAtAsync(work, row, last, cancellation);
        return await BackfillTable.ReadAsync(work, row.Id, cancellation);
    }

    private async Task<BackfillRow> GoAsync(BackfillRow row, CancellationToken cancellation)
    {
        var batch = new BackfillBatch(work, books, sql, writing, looking, settings);
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
                settings.Progress?.Report(new RunEvent.BackfillProgress(row.Name, row.Pass, row.Passed, row.Changed, row.Total, (long)rate, row.Pass > 1 ? looking.Rows : writing.Rows));
            }
        }

        return row;
    }

    private async Task<string[]?> LastAsync(CancellationToken cancellation)
    {
        await using var transaction = await work.BeginTransactionAsync(cancellation);
        await using var find = new NpgsqlBatch(work, transaction) { BatchCommands = { BackfillSql.Settings(settings.Address.Schema), new NpgsqlBatchCommand(sql.Last) } };
        await using var reader = await find.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : null;
    }
}
