using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Text;

namespace Sluice.Plan.Objects;

/// <summary>What is made again is let go by the keys that refer to it: a table with partitions, a computed column, a primary key, a unique index.</summary>
internal static class ReferencingKeys
{
    public static ImmutableArray<Change> Complete(Database from, Database to, ImmutableArray<Change> changes)
    {
        var tables = changes.OfType<Change.TableRemoved>().Select(c => c.Table.Name).Intersect(changes.OfType<Change.TableAdded>().Select(c => c.Table.Name)).ToHashSet();
        var columns = changes.OfType<Change.ColumnChanged>().Where(c => c.Difference.Type is TypeCast.NotCastable && (c.From.IsComputed || c.To.IsComputed))
            .Select(c => (c.Table, c.To.Name)).ToHashSet();
        var unique = changes.Select(ColumnsThatWereUnique).OfType<(ObjectName Table, EquatableArray<string>)>().ToHashSet();
        if (tables.Count == 0 && columns.Count == 0 && unique.Count == 0)
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
                || unique.Contains((key.ReferencedTable, Sorted(key.ReferencedColumns.Items)))
                || key.ReferencedColumns.Items.Any(c => columns.Contains((key.ReferencedTable, c)))
                || key.Columns.Items.Any(c => columns.Contains((table.Name, c)))
            select new[] { (Change)new Change.ForeignKeyRemoved(table.Name, key), new Change.ForeignKeyAdded(table.Name, key) };
        return [.. changes, .. again.SelectMany(c => c)];
    }

    private static (ObjectName Table, EquatableArray<string>)? ColumnsThatWereUnique(Change change) => change switch
    {
        Change.PrimaryKeyRemoved { Table: var table, Key: var key } => (table, Sorted(key.Columns.Items.Select(c => c.Name))),
        Change.PrimaryKeyChanged { Table: var table, From: var key } => (table, Sorted(key.Columns.Items.Select(c => c.Name))),
        Change.IndexRemoved { Table: var table, Index: { IsUnique: true } index } => (table, Sorted(index.Columns.Items.Select(c => c.Name))),
        _ => null,
    };

    // A key may name the columns in another order than the index it refers to.
    private static EquatableArray<string> Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
}
