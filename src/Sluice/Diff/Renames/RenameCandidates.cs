using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>Which of the things that go between two catalogs may be among those that come.</summary>
public static class RenameCandidates
{
    /// <summary>Below it, two things have too little in common to ask about them.</summary>
    public const double Threshold = 0.5;

    /// <summary>The best first. Renames that are known of count as done.</summary>
    public static ImmutableArray<RenameCandidate> Between(Database from, Database to)
    {
        (from, to) = StoredNames.OfBoth(from, to);
        var changes = CatalogDiffer.Diff(from, to);
        ImmutableArray<Rename> known = [.. changes.OfType<Change.Renamed>().Select(c => c.Rename)];
        var before = new NamesBefore(known);
        var source = RenamedCatalog.Of(from, known);
        return
        [
            .. Tables(changes).Concat(Columns(changes, source, to, before)).Concat(Enums(changes)).Concat(Values(changes, before))
                .Where(c => c.Score >= Threshold)
                .OrderByDescending(c => c.Score)
                .ThenBy(c => c.OldPath, StringComparer.Ordinal)
                .ThenBy(c => c.New, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<RenameCandidate> Tables(ImmutableArray<Change> changes) =>
        from removed in changes.OfType<Change.TableRemoved>().Select(c => c.Table)
        from added in changes.OfType<Change.TableAdded>().Select(c => c.Table)
        select TableLikeness.Of(removed, added).Candidate(new Rename.Table(removed.Name, added.Name), removed.Name);

    private static IEnumerable<RenameCandidate> Columns(ImmutableArray<Change> changes, Database source, Database to, NamesBefore before)
    {
        var added = changes.OfType<Change.ColumnAdded>().ToLookup(c => c.Table, c => c.Column);
        var previous = source.Tables.Items.ToDictionary(t => t.Name);
        var next = to.Tables.Items.ToDictionary(t => t.Name);
        return
            from removed in changes.OfType<Change.ColumnRemoved>()
            from column in added[removed.Table]
            select ColumnLikeness.Of(previous[removed.Table], removed.Column, next[removed.Table], column)
                .Candidate(new Rename.Column(removed.Table, removed.Column.Name, column.Name), before.Table(removed.Table));
    }

    private static IEnumerable<RenameCandidate> Enums(ImmutableArray<Change> changes) =>
        from removed in changes.OfType<Change.EnumRemoved>().Select(c => c.Enum)
        from added in changes.OfType<Change.EnumAdded>().Select(c => c.Enum)
        select Likeness.None
            .With(0.7, Likeness.Common(removed.Values, added.Values), "values in common")
            .With(0.3, Likeness.OfNames(removed.Name.Name, added.Name.Name), "similar name")
            .Candidate(new Rename.Enum(removed.Name, added.Name), removed.Name);

    private static IEnumerable<RenameCandidate> Values(ImmutableArray<Change> changes, NamesBefore before) =>
        from change in changes.OfType<Change.EnumChanged>()
        from removed in change.Removed
        from added in change.Added
        select Likeness.None
            .With(0.4, change is { Removed.Count: 1, Added.Count: 1 } ? 1 : 0, "the only one that goes, and the only one that comes")
            .With(0.3, Likeness.Same(change.From.Values.Items.IndexOf(removed), change.To.Values.Items.IndexOf(added)), "same place")
            .With(0.3, Likeness.OfNames(removed, added), "similar name")
            .Candidate(new Rename.EnumValue(change.To.Name, removed, added), before.Enum(change.From.Name));
}
