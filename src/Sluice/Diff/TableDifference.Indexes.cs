using Sluice.Catalog;
using Sluice.Diff.Renames;
using Sluice.Model;
using Sluice.Text;
using Index = Sluice.Catalog.Index;

namespace Sluice.Diff;

/// <summary>Indexes and foreign keys are matched by what they do; a match with another name is a rename.</summary>
internal sealed partial class TableDifference
{
    private IEnumerable<Change> Indexes()
    {
        var previous = Shapes(from, to, context.OnlyNextIsSchema);
        var next = Shapes(to, from, context.OnlyPreviousIsSchema);
        var previousShapes = previous.Select(p => p.Shape).ToHashSet();
        var nextByShape = next.ToLookup(n => n.Shape, n => n.Index);
        var columnSets = previous.CountBy(p => p.Shape.ColumnsAndKind()).ToDictionary();

        foreach (var (index, shape) in previous)
        {
            if (!nextByShape.Contains(shape))
            {
                yield return new Change.IndexRemoved(from.Name, index);
            }
            else if (columnSets[shape.ColumnsAndKind()] == 1 && nextByShape[shape].First() is var twin && twin.Name != index.Name)
            {
                // With several indexes on the same columns it is anyone's guess which one was renamed: then none is.
                yield return new Change.IndexRenamed(from.Name, index, twin);
            }
        }

        foreach (var (index, shape) in next)
        {
            if (!previousShapes.Contains(shape))
            {
                yield return new Change.IndexAdded(to.Name, index);
            }
        }
    }

    private (Index Index, IndexShape Shape)[] Shapes(Table table, Table other, bool otherIsSchema)
    {
        // An operator class on an ordinary index comes from a hand-written migration more often than from the schema, which
        // for long could not say it: where the schema has the index without one, it has said nothing about it.
        var stated = otherIsSchema ? Comparable(other).Select(IndexShape.Of).ToHashSet() : [];
        return [.. Comparable(table).Select(i => (i, IndexShape.Of(i))).Select(p =>
            p.i.Type is IndexType.BTree or IndexType.Hash && !stated.Contains(p.Item2) && stated.Contains(p.Item2.WithoutClasses())
                ? (p.i, p.Item2.WithoutClasses())
                : p)];
    }

    private IEnumerable<Index> Comparable(Table table) =>
        context.ComparePartialIndexes ? table.Indexes.Items : table.Indexes.Items.Where(i => i.Where is null);

    private IEnumerable<Change> ForeignKeys()
    {
        var wanted = to.ForeignKeys.Items.Where(IsStable).ToLookup(ForeignKeyShape.Of);
        var existing = from.ForeignKeys.Items.Where(IsStable).ToLookup(ForeignKeyShape.Of);
        // Where two keys do the same, each keeps its name before one of them is taken to be renamed.
        var kept = from.ForeignKeys.Items.Select(Named).Intersect(to.ForeignKeys.Items.Select(Named)).ToHashSet();
        var taken = new HashSet<ForeignKey>(ReferenceEqualityComparer.Instance);
        foreach (var key in from.ForeignKeys.Items)
        {
            var shape = ForeignKeyShape.Of(key);
            if (!IsStable(key) || !wanted.Contains(shape))
            {
                yield return new Change.ForeignKeyRemoved(from.Name, key);
            }
            else if (!kept.Contains(Named(key)) && wanted[shape].FirstOrDefault(k => !kept.Contains(Named(k)) && !taken.Contains(k)) is { } twin)
            {
                taken.Add(twin);
                // Older tools named the keys of these otherwise; nobody wants a migration for that.
                if (!(JoinTables.Is(from) && JoinTables.Is(to)))
                {
                    yield return new Change.ForeignKeyRenamed(from.Name, key, twin);
                }
            }
        }

        foreach (var key in to.ForeignKeys.Items.Where(k => !IsStable(k) || !existing.Contains(ForeignKeyShape.Of(k))))
        {
            yield return new Change.ForeignKeyAdded(to.Name, key);
        }
    }

    private static (string Name, ForeignKeyShape Shape) Named(ForeignKey key) => (key.Name, ForeignKeyShape.Of(key));

    /// <summary>A key over a column whose type changes has to be made again.</summary>
    private bool IsStable(ForeignKey key) => !key.Columns.Items.Any(retyped.Contains);

    private sealed record ForeignKeyShape(
        EquatableArray<string> Columns,
        ObjectName ReferencedTable,
        EquatableArray<string> ReferencedColumns,
        ReferentialAction OnDelete,
        ReferentialAction OnUpdate)
    {
        public static ForeignKeyShape Of(ForeignKey key) =>
            new(key.Columns, key.ReferencedTable, key.ReferencedColumns, key.OnDelete, key.OnUpdate);
    }

    /// <summary>All that makes an index what it is, except its name.</summary>
    internal sealed record IndexShape(bool IsUnique, IndexType Type, EquatableArray<IndexColumn> Columns, string? Where)
    {
        public static IndexShape Of(Index index) =>
            new(index.IsUnique, index.Type, [.. index.Columns.Items.Select(c => Column(c, index.Type))], SqlText.Normalise(index.Where));

        /// <summary>As <see cref="IndexShape"/>, but blind to order, class, method and predicate.</summary>
        public IndexShape ColumnsAndKind() =>
            new(IsUnique, IndexType.BTree, [.. Columns.Items.Select(c => new IndexColumn(c.Name, false, null))], null);

        public IndexShape WithoutClasses() => this with { Columns = [.. Columns.Items.Select(c => c with { OperatorClass = null })] };

        private static IndexColumn Column(IndexColumn column, IndexType type) =>
            new(column.Name, column.Descending, column.OperatorClass is { } name && !OperatorClasses.IsDefault(name, type) ? name : null);
    }
}
