using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>The renames that are known of and still to be done between two catalogs, and what follows from them.</summary>
internal static class LiveRenames
{
    /// <summary>In the order in which they can be done, were it not for names that one sets free for another.</summary>
    public static ImmutableArray<Rename> Between(Database from, Database to)
    {
        if (to.Renames.Count == 0)
        {
            return [];
        }

        var hints = to.Renames.Items;
        var fromTables = from.Tables.Items.Where(OwnTables.Keep).Select(t => t.Name).ToHashSet();
        var toTables = to.Tables.Items.Select(t => t.Name).ToHashSet();
        ImmutableArray<Rename> tables =
        [
            .. Live(hints.OfType<Rename.Table>().Select(r => (r.From, r.To)), fromTables, toTables).Select(r => new Rename.Table(r.From, r.To)),
            .. Live(hints.OfType<Rename.Enum>().Select(r => (r.From, r.To)), Names(from.Enums.Items), Names(to.Enums.Items)).Select(r => new Rename.Enum(r.From, r.To)),
        ];
        tables = [.. tables, .. JoinTables.Renamed(from, to, tables)];
        var before = new NamesBefore(tables);
        ImmutableArray<Rename> parts =
        [
            .. hints.OfType<Rename.Column>().GroupBy(r => r.Of).SelectMany(g => Columns(g, from, to, before)),
            .. JoinTables.Swapped(RenamedCatalog.Of(from, tables), to, tables),
            .. hints.OfType<Rename.EnumValue>().GroupBy(r => r.Of).SelectMany(g => Values(g, from, to, before)),
        ];
        // On the way back, what follows was said too.
        ImmutableArray<Rename> all = [.. tables, .. parts.Distinct()];
        return [.. all, .. SequenceRenames.Of(from, to, all)];
    }

    private static IEnumerable<Rename> Columns(IGrouping<ObjectName, Rename.Column> hints, Database from, Database to, NamesBefore before) =>
        from.Tables.Items.FirstOrDefault(t => t.Name == before.Table(hints.Key)) is { } previous && to.Tables.Items.FirstOrDefault(t => t.Name == hints.Key) is { } next
            ? Live(hints.Select(r => (r.From, r.To)), Names(previous), Names(next)).Select(r => new Rename.Column(hints.Key, r.From, r.To))
            : [];

    private static IEnumerable<Rename> Values(IGrouping<ObjectName, Rename.EnumValue> hints, Database from, Database to, NamesBefore before) =>
        from.Enums.Items.FirstOrDefault(e => e.Name == before.Enum(hints.Key)) is { } previous && to.Enums.Items.FirstOrDefault(e => e.Name == hints.Key) is { } next
            ? Live(hints.Select(r => (r.From, r.To)), previous.Values.Items.ToHashSet(), next.Values.Items.ToHashSet()).Select(r => new Rename.EnumValue(hints.Key, r.From, r.To))
            : [];

    /// <summary>
    /// Those whose old name is there and not wanted, and whose new name is not there yet; a name that another of them sets
    /// free, or takes over, counts as such. Any other one has been done before.
    /// </summary>
    private static List<(T From, T To)> Live<T>(IEnumerable<(T From, T To)> hints, HashSet<T> from, HashSet<T> to)
        where T : notnull
    {
        var live = hints.Where(h => from.Contains(h.From) && to.Contains(h.To)).DistinctBy(h => h.From).DistinctBy(h => h.To).ToList();
        for (var i = live.FindIndex(IsDone); i >= 0; i = live.FindIndex(IsDone))
        {
            live.RemoveAt(i);
        }

        return live;

        bool IsDone((T From, T To) hint) =>
            (from.Contains(hint.To) && !live.Exists(h => h.From.Equals(hint.To)))
            || (to.Contains(hint.From) && !live.Exists(h => h.To.Equals(hint.From)));
    }

    private static HashSet<ObjectName> Names(ImmutableArray<EnumType> enums) => [.. enums.Select(e => e.Name)];

    private static HashSet<string> Names(Table table) => table.Columns.Items.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
}
