using System.Collections.Immutable;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Preflight;

/// <summary>The checks after a run: nothing left half done, and no table lost rows unnoticed.</summary>
public static class PostVerify
{
    /// <summary>What to compare with after the run: rows of the tables that it touches (of all where its text does not tell which), and what is broken already.</summary>
    public static Task<StateBefore> BeginAsync(RunAhead ahead, CancellationToken cancellation = default) =>
        Operation.RunAsync(ahead.Settings, async () =>
        {
            var tables = await TablesAhead.ReadAsync(ahead, cancellation);
            var untouched = tables.Unclear is null ? tables.All.Except(tables.Touched) : [];
            var facts = await ServerFacts.ReadAsync(ahead.Connection, ahead.Settings.Address.Schema, cancellation);
            return new StateBefore(untouched, await TableRowCounts.ReadAsync(ahead.Connection, n => !untouched.Contains(n), cancellation), facts.InvalidIndexes);
        });

    public static Task<CheckReport> ReadAsync(RunAhead ahead, StateBefore before, CancellationToken cancellation = default) =>
        Operation.RunAsync(ahead.Settings, async () =>
        {
            var facts = await ServerFacts.ReadAsync(ahead.Connection, ahead.Settings.Address.Schema, cancellation);
            var after = await TableRowCounts.ReadAsync(ahead.Connection, n => !before.Untouched.Contains(n), cancellation);
            var made = facts.InvalidIndexes.RemoveRange(before.InvalidIndexes);
            return new CheckReport(
            [
                PreflightRun.Constraints(facts),
                made.IsEmpty ? PreflightRun.InvalidIndexes(facts.InvalidIndexes, Verdict.Warning) : PreflightRun.InvalidIndexes(made, Verdict.Critical),
                .. Deltas(before.Rows, after),
            ]);
        });

    private static IEnumerable<Check> Deltas(ImmutableSortedDictionary<string, RowCount> before, ImmutableSortedDictionary<string, RowCount> after)
    {
        foreach (var (table, rows) in before)
        {
            if (!after.TryGetValue(table, out var now))
            {
                yield return Rows(table, $"{rows} → dropped", Verdict.Warning);
            }
            else
            {
                var delta = now.Rows == rows.Rows ? "unchanged" : string.Create(CultureInfo.InvariantCulture, $"{now.Rows - rows.Rows:+#;-#}");
                yield return Rows(table, $"{rows} → {now} ({delta})", now.Rows < rows.Rows && now.Rows <= rows.Rows / 2 ? Verdict.Warning : Verdict.Ok);
            }
        }

        foreach (var (table, rows) in after.Where(t => !before.ContainsKey(t.Key)))
        {
            yield return Rows(table, $"new, {rows}", Verdict.Ok);
        }
    }

    private static Check Rows(string table, string value, Verdict verdict) => new($"rows of {table}", value, "half of them gone", verdict);
}

/// <summary>What was there before a run.</summary>
public sealed class StateBefore
{
    internal StateBefore(ImmutableHashSet<ObjectName> untouched, ImmutableSortedDictionary<string, RowCount> rows, ImmutableArray<string> invalidIndexes)
    {
        Untouched = untouched;
        Rows = rows;
        InvalidIndexes = invalidIndexes;
    }

    /// <summary>Tables that the run cannot change; none where its text does not tell.</summary>
    internal ImmutableHashSet<ObjectName> Untouched { get; }

    internal ImmutableSortedDictionary<string, RowCount> Rows { get; }

    internal ImmutableArray<string> InvalidIndexes { get; }
}
