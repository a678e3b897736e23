using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>Tables, views, indexes and sequences of a schema share their names.</summary>
internal static class RelationNames
{
    public static IEnumerable<ObjectName> Of(Database database) =>
    [
        .. database.Tables.Items.SelectMany(t => t.Indexes.Items.Select(i => t.Name with { Name = i.Name }).Prepend(t.Name)),
        .. database.Tables.Items.Where(t => t.PrimaryKey is not null).Select(t => t.Name with { Name = t.PrimaryKey!.Name }),
        .. database.Sequences.Items.Select(s => s.Name),
        .. database.Views.Items.Select(v => v.Name),
    ];
}
