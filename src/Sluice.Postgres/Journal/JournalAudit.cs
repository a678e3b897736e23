using System.Collections.Immutable;
using System.Globalization;
using Npgsql;

namespace Sluice.Postgres.Journal;

/// <summary>
/// Whether the journal is as it was written. The chain shows every change but one at its very end: that takes the numbers
/// the server has given out, or a head that was kept elsewhere. Who may write to both can still lie.
/// </summary>
public static class JournalAudit
{
    /// <param name="heads">Heads of this database's journal as logs of earlier runs have them.</param>
    /// <returns>Null where there is no journal, or none that this user may read.</returns>
    public static async Task<JournalReport?> ReadAsync(NpgsqlConnection connection, IEnumerable<JournalHead> heads, CancellationToken cancellation = default)
    {
        if (await JournalSchema.IsReadableAsync(connection, cancellation) is not true)
        {
            return null;
        }

        var rows = await JournalRows.ReadAsync(connection, cancellation);
        ImmutableArray<JournalFinding> findings =
        [
            .. Runs(rows.Runs),
            .. rows.Runs.SelectMany(run => Statements(run, rows.Statements[run.Id].ToImmutableArray())),
            .. rows.Statements.Where(g => rows.Runs.All(r => r.Id != g.Key)).Select(g => Found(g.Key, null, $"its row is gone; {g.Count()} of its statements are there")),
            .. End(rows, heads),
        ];
        return new JournalReport(
            rows.Runs.Length,
            rows.Statements.Sum(g => g.Count()),
            rows.Runs is [.., var last] ? new JournalHead(last.Id, last.FinishHash ?? last.StartHash, rows.Database) : null,
            [.. findings.OrderBy(f => f.Run).ThenBy(f => f.Row ?? 0).Distinct()],
            [.. rows.Runs.Where(r => r.FinishHash is null).Select(r => new UnfinishedRun(r.Id, r.Command, r.Host, r.Started))]);
    }

    private static IEnumerable<JournalFinding> Runs(ImmutableArray<RunRow> runs)
    {
        // A run may begin before the one before it has ended; then it goes on from that one's start.
        var places = ChainOrder.Of(runs.Length, (i, j) => j < 0
            ? runs[i].PreviousHash.Length == 0
            : runs[i].PreviousHash == runs[j].FinishHash || runs[i].PreviousHash == runs[j].StartHash);
        for (var i = 0; i < runs.Length; i++)
        {
            var (run, before) = (runs[i], i == 0 ? null : runs[i - 1]);
            if (run.ExpectedStart != run.StartHash)
            {
                yield return Found(run.Id, null, "its row was edited");
            }

            if (Says(places[i], Gap(before?.Id ?? 0, run.Id, "run"), "the run before it was edited or is gone") is { } what)
            {
                yield return Found(run.Id, null, what);
            }
        }
    }

    private static IEnumerable<JournalFinding> Statements(RunRow run, ImmutableArray<StatementRow> rows)
    {
        string Chain(int at) => at < 0 ? run.StartHash : rows[at].Chain;

        var places = ChainOrder.Of(rows.Length, (i, j) => rows[i].Expected(Chain(j)) == rows[i].Chain);
        for (var i = 0; i < rows.Length; i++)
        {
            if (Says(places[i], i == 0 ? "" : Gap(rows[i - 1].Id, rows[i].Id, "row"), "it was edited, or one before it is gone") is { } what)
            {
                yield return Found(run.Id, rows[i].Id, $"{rows[i].Describe()}: {what}");
            }
        }

        if (run.FinishHash is null)
        {
            if (run.Outcome is not null || run.Finished is not null)
            {
                yield return Found(run.Id, null, "its end was written by another hand");
            }

            yield break;
        }

        var end = rows.Length - 1;
        while (end >= -1 && run.ExpectedFinish(Chain(end)) != run.FinishHash)
        {
            end--;
        }

        if (end < -1)
        {
            yield return Found(run.Id, null, "its outcome or time of end was edited, or statements at its end are gone or edited");
        }

        for (var i = end + 1; end >= -1 && i < rows.Length; i++)
        {
            yield return Found(run.Id, rows[i].Id, $"{rows[i].Describe()}: it was inserted after the run's end");
        }
    }

    private static IEnumerable<JournalFinding> End(JournalRows rows, IEnumerable<JournalHead> heads)
    {
        var last = rows.Runs is [.., var run] ? run.Id : 0;
        if (rows.LastNumber > last)
        {
            yield return Found(last + 1, null, string.Create(CultureInfo.InvariantCulture, $"gone from the journal's end: the server has given out numbers up to {rows.LastNumber} (or the run was lost as it began)"));
        }

        var known = rows.Runs.ToDictionary(r => r.Id, r => r.FinishHash);
        foreach (var head in heads.Where(h => h.Database == rows.Database))
        {
            if (!known.TryGetValue(head.Run, out var hash))
            {
                yield return Found(head.Run, null, "a log has its end, and the journal does not have it");
            }
            else if (hash != head.Hash)
            {
                yield return Found(head.Run, null, "its end is not the one that a log has");
            }
        }
    }

    private static string? Says(Place place, string gap, string broken) => place switch
    {
        Place.Sound => null,
        Place.Broken => broken + gap,
        Place.Inserted => "it was inserted",
        Place.Moved => "it is out of order",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A transaction that was rolled back leaves a gap too, so a gap alone proves nothing.
    private static string Gap(long before, long at, string what) => (at - before) switch
    {
        <= 1 => "",
        2 => string.Create(CultureInfo.InvariantCulture, $" ({what} {before + 1} is not there)"),
        _ => string.Create(CultureInfo.InvariantCulture, $" ({what}s {before + 1} to {at - 1} are not there)"),
    };

    private static JournalFinding Found(long run, long? row, string text) =>
        new(run, row, string.Create(CultureInfo.InvariantCulture, $"run {run}{(row is { } number ? $", row {number}" : "")}: {text}"));
}
