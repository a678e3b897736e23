using Sluice.Catalog;

namespace Sluice.Diff;

/// <param name="OneSideIsServer">One side comes from a server, which rewrites what it is told, the other from a schema, which says it as told.</param>
/// <param name="Exact">Both sides come from servers that were looked at as a whole: what differs in a letter differs.</param>
internal sealed record TableContext(bool OneSideIsServer, bool ComparePartialIndexes, bool OnlyPreviousIsSchema, bool OnlyNextIsSchema, bool Exact);

/// <summary>The changes of one table that both catalogs have.</summary>
internal sealed partial class TableDifference(Table from, Table to, TableContext context)
{
    private readonly KeyedDifference<Column> columns = KeyedDifference.Of(from.Columns.Items, to.Columns.Items, c => c.Name);
    private readonly HashSet<string> retyped = new(StringComparer.Ordinal);

    public IEnumerable<Change> Changes()
    {
        if (from == to)
        {
            return [];
        }

        var changes = new List<Change>();
        changes.AddRange(columns.Removed.Select(c => new Change.ColumnRemoved(from.Name, c)));
        changes.AddRange(columns.Added.Select(c => new Change.ColumnAdded(to.Name, c)));
        foreach (var (previous, next) in columns.Common)
        {
            var difference = ColumnComparison.Of(previous, next, context);
            if (difference.Type is not null)
            {
                retyped.Add(next.Name);
            }

            if (difference.Any)
            {
                changes.Add(new Change.ColumnChanged(from.Name, previous, next, difference));
            }
        }

        changes.AddRange(PrimaryKeys());
        changes.AddRange(context.Exact ? IndexesByName() : Indexes());
        changes.AddRange(context.Exact ? ForeignKeysByName() : ForeignKeys());
        return changes;
    }

    private IEnumerable<Change> PrimaryKeys() => (from.PrimaryKey, to.PrimaryKey) switch
    {
        (null, null) => [],
        (null, { } key) => [new Change.PrimaryKeyAdded(to.Name, key)],
        ({ } key, null) => [new Change.PrimaryKeyRemoved(from.Name, key)],
        ({ } previous, { } next) when PrimaryKeyChanged(previous, next) => [new Change.PrimaryKeyChanged(from.Name, previous, next)],
        ({ } previous, { } next) when previous.Name != next.Name => [new Change.PrimaryKeyRenamed(from.Name, previous, next)],
        _ => [],
    };

    private bool PrimaryKeyChanged(PrimaryKey previous, PrimaryKey next) =>
        !previous.Columns.Items.Select(c => (c.Name, c.Descending)).SequenceEqual(next.Columns.Items.Select(c => (c.Name, c.Descending)))
        || previous.Columns.Items.Any(c => retyped.Contains(c.Name));
}
