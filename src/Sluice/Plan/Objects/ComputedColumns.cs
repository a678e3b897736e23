using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan.Objects;

/// <summary>
/// A computed column stands in the way of every change to what it is computed from, and it is a part of its table's
/// commands: so it is made again there.
/// </summary>
internal static class ComputedColumns
{
    /// <summary>The changes, and those of the columns that must give way to them.</summary>
    public static ImmutableArray<Change> Complete(Database from, Database to, ImmutableArray<Change> changes)
    {
        var computed = from.Objects.Items.Where(o => o.Id.Kind is ObjectKind.GeneratedColumn).Select(o => o.Id).ToHashSet();
        if (computed.Count == 0)
        {
            return changes;
        }

        var moved = Moved(from, to, changes);
        var tables = to.Tables.Items.ToDictionary(t => t.Name);
        var hindering = from.Dependencies.Items.Where(d => computed.Contains(d.Of) && moved.Contains(d.On)).Select(d => d.Of).ToHashSet();
        var again = from.Tables.Items.Where(t => tables.ContainsKey(t.Name))
            .SelectMany(t => t.Columns.Items
                .Where(c => hindering.Contains(new ObjectId(ObjectKind.GeneratedColumn, t.Name.Schema, t.Name.Name, c.Name)))
                .Select(c => (Table: t.Name, From: c, To: tables[t.Name].Column(c.Name))))
            .Where(c => c.To is { IsComputed: true })
            .ToDictionary(c => (c.Table, c.From.Name), c => new Change.ColumnChanged(c.Table, c.From, c.To!, ColumnDifference.None with { Type = TypeCast.NotCastable }));
        return again.Count == 0
            ? changes
            : [.. changes.Where(c => c is not Change.ColumnChanged changed || !again.ContainsKey((changed.Table, changed.From.Name))), .. again.Values];
    }

    /// <summary>Columns that go or change their type; objects that go or are made again.</summary>
    private static HashSet<ObjectId> Moved(Database from, Database to, ImmutableArray<Change> changes)
    {
        HashSet<ObjectId> moved =
        [
            .. changes.OfType<Change.ColumnRemoved>().Select(c => Column(c.Table, c.Column)),
            .. changes.OfType<Change.ColumnChanged>().Where(c => TouchedTables.Retypes(c.From, c.To, c.Difference)).Select(c => Column(c.Table, c.From)),
            .. changes.OfType<Change.ObjectRemoved>().Select(c => c.Object.Id),
            .. changes.Select(TypedColumn).OfType<ObjectId>(),
            .. changes.OfType<Change.ObjectChanged>().Where(c => !InPlace.IsPossible(c.From, c.To, from, to)).Select(c => c.From.Id),
        ];
        var objects = from.Objects.Items.Select(o => o.Id).ToHashSet();
        while (from.Dependencies.Items.Where(d => objects.Contains(d.Of) && moved.Contains(d.On) && !moved.Contains(d.Of)).Select(d => d.Of).ToArray() is { Length: > 0 } more)
        {
            moved.UnionWith(more);
        }

        return moved;
    }

    /// <summary>A column that takes on another domain or collation.</summary>
    private static ObjectId? TypedColumn(Change change) => change switch
    {
        Change.ObjectAdded { Object.Id: var id } => id,
        Change.ObjectRemoved { Object.Id: var id } => id,
        Change.ObjectChanged { From.Id: var id } => id,
        _ => null,
    } is { Kind: ObjectKind.DomainColumn or ObjectKind.ColumnCollation } facet ? facet with { Kind = ObjectKind.Column } : null;

    private static ObjectId Column(ObjectName table, Column column) => new(ObjectKind.Column, table.Schema, table.Name, column.Name);
}
