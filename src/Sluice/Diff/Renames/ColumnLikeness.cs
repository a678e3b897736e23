using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Syntax;

namespace Sluice.Diff.Renames;

internal static class ColumnLikeness
{
    private static readonly TableContext Context = new(OneSideIsServer: true, ComparePartialIndexes: false, OnlyPreviousIsSchema: false, OnlyNextIsSchema: false, Exact: false);

    public static Likeness Of(Table from, Column removed, Table to, Column added)
    {
        var difference = ColumnComparison.Of(removed, added, Context);
        if (difference.Type is TypeCast.NotCastable)
        {
            // Its values could not stay under any name.
            return Likeness.None;
        }

        return Likeness.None
            .With(0.4, difference.Type switch { null => 1, TypeCast.Safe => 0.5, _ => 0.25 }, difference.Type is null ? "same type" : "a type that holds its values")
            .With(0.1, removed.Arity == added.Arity ? 1 : 0, removed.Arity is FieldArity.Required ? "both required" : "both optional")
            .With(0.1, difference.Default || difference.AutoIncrement ? 0 : 1, removed.Default is null ? "both without a default" : "same default")
            .With(0.1, Likeness.Same(from.Columns.Items.IndexOf(removed), to.Columns.Items.IndexOf(added)), "same place in the table")
            .With(0.1, Likeness.Common(Uses(from, removed.Name), Uses(to, added.Name)), "same keys and indexes")
            .With(0.2, Likeness.OfNames(removed.Name, added.Name), "similar name");
    }

    /// <summary>What a column takes part in, said without its name.</summary>
    private static IEnumerable<(string Kind, ObjectName? Target, int Place, int Of)> Uses(Table table, string column)
    {
        foreach (var index in table.Indexes.Items)
        {
            if (Place(index.Columns.Items.Select(c => c.Name), column) is >= 0 and var place)
            {
                yield return (index.IsUnique ? "unique" : "index", null, place, index.Columns.Count);
            }
        }

        foreach (var key in table.ForeignKeys.Items)
        {
            if (Place(key.Columns.Items, column) is >= 0 and var place)
            {
                yield return ("foreign key", key.ReferencedTable, place, key.Columns.Count);
            }
        }

        if (table.PrimaryKey is { } primary && Place(primary.Columns.Items.Select(c => c.Name), column) is >= 0 and var at)
        {
            yield return ("primary key", null, at, primary.Columns.Count);
        }
    }

    private static int Place(IEnumerable<string> columns, string column) => columns.ToImmutableArray().IndexOf(column);
}
