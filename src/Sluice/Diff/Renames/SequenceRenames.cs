using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>
/// A sequence that SERIAL named after its table and column follows their renames, so that the database is the one that the
/// schema would make. One that somebody named otherwise keeps its name.
/// </summary>
internal static class SequenceRenames
{
    public static IEnumerable<Rename> Of(Database source, Database target, ImmutableArray<Rename> renames)
    {
        var before = new NamesBefore(renames);
        var taken = RelationNames.Of(source).ToHashSet();
        foreach (var rename in renames.OfType<Rename.Table>())
        {
            taken.Remove(rename.From);
        }

        var known = source.Tables.Items.ToDictionary(t => t.Name);
        var wanted =
        (
            from table in target.Tables.Items
            let old = known.GetValueOrDefault(before.Table(table.Name))
            where old is not null
            from column in table.Columns.Items
            let previous = old.Column(before.Column(table.Name, column.Name))
            where previous is not null && (old.Name != table.Name || previous.Name != column.Name)
            where previous.Default is ColumnDefault.NextValue && column.Default is ColumnDefault.NextValue
            let current = Sequence(source, old, previous)
            let next = new ObjectName(table.Name.Schema, ((ColumnDefault.NextValue)column.Default!).Sequence)
            where target.Origin is CatalogOrigin.Server || SequenceNames.Of(old.Name.Name, previous.Name).Equals(current.Name, StringComparison.OrdinalIgnoreCase)
            select (Old: current, Rename: new Rename.Sequence(current.Schema == old.Name.Schema ? current with { Schema = table.Name.Schema } : current, next))
        ).Where(s => s.Rename.From != s.Rename.To).ToArray();
        taken.ExceptWith(wanted.Select(s => s.Old));
        return wanted.Select(s => s.Rename).Where(r => r.From.Schema == r.To.Schema && !taken.Contains(r.To));
    }

    private static ObjectName Sequence(Database from, Table table, Column column) =>
        from.Sequences.Items.FirstOrDefault(s => s.OwnedBy is { } owner && owner.Table == table.Name && owner.Column == column.Name)?.Name
        ?? table.Name with { Name = ((ColumnDefault.NextValue)column.Default!).Sequence };
}
