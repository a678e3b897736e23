using Sluice.Catalog;
using Index = Sluice.Catalog.Index;

namespace Sluice.Diff;

/// <summary>Between two servers indexes and keys are who their names say they are; what only has another name was renamed.</summary>
internal sealed partial class TableDifference
{
    private IEnumerable<Change> IndexesByName() => ByName<Index>(
        from.Indexes.Items,
        to.Indexes.Items,
        i => i.Name,
        (a, b) => a with { Name = b.Name } == b,
        i => new Change.IndexAdded(to.Name, i),
        i => new Change.IndexRemoved(from.Name, i),
        (a, b) => new Change.IndexRenamed(from.Name, a, b));

    private IEnumerable<Change> ForeignKeysByName() => ByName<ForeignKey>(
        from.ForeignKeys.Items,
        to.ForeignKeys.Items,
        k => k.Name,
        (a, b) => a with { Name = b.Name } == b && IsStable(a),
        k => new Change.ForeignKeyAdded(to.Name, k),
        k => new Change.ForeignKeyRemoved(from.Name, k),
        (a, b) => new Change.ForeignKeyRenamed(from.Name, a, b));

    private static IEnumerable<Change> ByName<T>(
        IEnumerable<T> from,
        IEnumerable<T> to,
        Func<T, string> name,
        Func<T, T, bool> doTheSame,
        Func<T, Change> added,
        Func<T, Change> removed,
        Func<T, T, Change> renamed)
    {
        var items = KeyedDifference.Of(from, to, name);
        var others = items.Added.ToList();
        foreach (var item in items.Removed)
        {
            var twin = others.FindIndex(o => doTheSame(item, o));
            yield return twin < 0 ? removed(item) : renamed(item, others[twin]);
            if (twin >= 0)
            {
                others.RemoveAt(twin);
            }
        }

        foreach (var (previous, next) in items.Common.Where(p => !doTheSame(p.From, p.To)))
        {
            yield return removed(previous);
            yield return added(next);
        }

        foreach (var item in others)
        {
            yield return added(item);
        }
    }
}
