using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>
/// The tables of implicit many-to-many relations, whose names come from those of the models and whose columns A and B from
/// the order of these: renaming a model renames the table, and can make A what was B.
/// </summary>
internal static class JoinTables
{
    public static bool Is(Table table) => table.Columns.Count == 2 && table.Column("A") is not null && table.Column("B") is not null;

    /// <summary>Those that are told by the tables they join: one goes, one comes, and both join the same two, of which one is renamed.</summary>
    public static IEnumerable<Rename> Renamed(Database from, Database to, ImmutableArray<Rename> renames)
    {
        var after = renames.OfType<Rename.Table>().ToDictionary(r => r.From, r => r.To);
        var claimed = renames.OfType<Rename.Table>().Select(r => r.To).ToHashSet();
        var kept = to.Tables.Items.Select(t => t.Name).Intersect(from.Tables.Items.Select(t => t.Name)).ToHashSet();
        var removed = from.Tables.Items.Where(t => Is(t) && !kept.Contains(t.Name) && !after.ContainsKey(t.Name)).ToLookup(t => Joined(t, after));
        var added = to.Tables.Items.Where(t => Is(t) && !kept.Contains(t.Name) && !claimed.Contains(t.Name)).ToLookup(t => Joined(t, []));
        return removed
            .Where(g => g.Key is { } pair && (claimed.Contains(pair.First) || claimed.Contains(pair.Second)) && g.Count() == 1 && added[pair].Count() == 1)
            .Select(g => new Rename.Table(g.Single().Name, added[g.Key].Single().Name));
    }

    /// <summary>The columns of those where A and B have changed places, because a renamed model sorts elsewhere now.</summary>
    /// <param name="renamed">The catalog before, with its tables renamed already.</param>
    public static IEnumerable<Rename> Swapped(Database renamed, Database to, ImmutableArray<Rename> renames)
    {
        var touched = renames.OfType<Rename.Table>().Select(r => r.To).ToHashSet();
        var wanted = to.Tables.Items.Where(Is).ToDictionary(t => t.Name);
        return renamed.Tables.Items
            .Where(t => Is(t) && wanted.ContainsKey(t.Name))
            .Where(t => Joined(t, []) is { } pair && (touched.Contains(t.Name) || touched.Contains(pair.First) || touched.Contains(pair.Second)))
            .Where(t => (Target(t, "A"), Target(t, "B")) is ({ } a, { } b) && a != b && (a, b) == (Target(wanted[t.Name], "B"), Target(wanted[t.Name], "A")))
            .SelectMany(t => new[] { new Rename.Column(t.Name, "A", "B"), new Rename.Column(t.Name, "B", "A") });
    }

    private static (ObjectName First, ObjectName Second)? Joined(Table table, Dictionary<ObjectName, ObjectName> after)
    {
        if ((Target(table, "A"), Target(table, "B")) is not ({ } a, { } b))
        {
            return null;
        }

        var (one, two) = (after.GetValueOrDefault(a, a), after.GetValueOrDefault(b, b));
        return string.CompareOrdinal($"{one.Schema}.{one.Name}", $"{two.Schema}.{two.Name}") <= 0 ? (one, two) : (two, one);
    }

    private static ObjectName? Target(Table table, string column) =>
        table.ForeignKeys.Items.FirstOrDefault(k => k.Columns.Items is [var only] && only == column)?.ReferencedTable;
}
