using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan.Objects;

/// <summary>A table that is made again with partitions, and a computed column that is made again, are let go by the keys that refer to them.</summary>
internal static class ReferencingKeys
{
    public static ImmutableArray<Change> Complete(Database from, Database to, ImmutableArray<Change> changes)
    {
        var tables = changes.OfType<Change.TableRemoved>().Select(c => c.Table.Name).Intersect(changes.OfType<Change.TableAdded>().Select(c => c.Table.Name)).ToHashSet();
        var columns = changes.OfType<Change.ColumnChanged>().Where(c => c.Difference.Type is TypeCast.NotCastable && (c.From.IsComputed || c.To.IsComputed))
            .Select(c => (c.Table, c.To.Name)).ToHashSet();
        if (tables.Count == 0 && columns.Count == 0)
        {
            return changes;
        }

        var known = changes.Select(c => c switch
        {
            Change.ForeignKeyRemoved removed => (removed.Table, removed.Key.Name),
            Change.ForeignKeyRenamed renamed => (renamed.Table, renamed.From.Name),
            _ => default,
        }).ToHashSet();
        var before = from.Tables.Items.ToDictionary(t => t.Name);
        var again =
            from table in to.Tables.Items
            where !tables.Contains(table.Name) && before.ContainsKey(table.Name)
            from key in table.ForeignKeys.Items
            where !known.Contains((table.Name, key.Name)) && before[table.Name].ForeignKeys.Items.Contains(key)
            where tables.Contains(key.ReferencedTable)
                || key.ReferencedColumns.Items.Any(c => columns.Contains((key.ReferencedTable, c)))
                || key.Columns.Items.Any(c => columns.Contains((table.Name, c)))
            select new[] { (Change)new Change.ForeignKeyRemoved(table.Name, key), new Change.ForeignKeyAdded(table.Name, key) };
        return [.. changes, .. again.SelectMany(c => c)];
    }
}
