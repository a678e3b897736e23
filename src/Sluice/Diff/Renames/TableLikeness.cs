using Sluice.Catalog;

namespace Sluice.Diff.Renames;

internal static class TableLikeness
{
    public static Likeness Of(Table removed, Table added) =>
        // All tables of implicit many-to-many relations look the same; what they join tells them apart.
        JoinTables.Is(removed) && JoinTables.Is(added)
            ? Likeness.None
                .With(0.7, Likeness.Common(Targets(removed), Targets(added)), "join the same tables")
                .With(0.3, Likeness.OfNames(removed.Name.Name, added.Name.Name), "similar name")
            : Likeness.None
                .With(0.6, Likeness.Common(Columns(removed), Columns(added)), "columns in common")
                .With(0.2, Likeness.OfNames(removed.Name.Name, added.Name.Name), "similar name")
                .With(0.1, Likeness.Common(Key(removed), Key(added)), "same primary key")
                .With(0.1, Likeness.Common(Targets(removed), Targets(added)), "refer to the same tables");

    private static IEnumerable<(string, ColumnType)> Columns(Table table) => table.Columns.Items.Select(c => (c.Name, c.Type));

    private static IEnumerable<string> Key(Table table) => table.PrimaryKey?.Columns.Items.Select(c => c.Name) ?? [];

    private static IEnumerable<ObjectName> Targets(Table table) =>
        table.ForeignKeys.Items.Select(k => k.ReferencedTable == table.Name ? default : k.ReferencedTable);
}
