using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Diff.Renames;

/// <summary>
/// What of the difference between two servers' catalogs can only be a rename, by traces that a drop and an add do not leave:
/// indexes and keys under their old names, columns in their old places. What is no more than likely is for a person to say.
/// </summary>
public static class CertainRenames
{
    /// <param name="lostColumns">Tables of <paramref name="to"/> in which some column was dropped at some time.</param>
    /// <param name="answered">Those that a person has told of.</param>
    public static ImmutableArray<Rename> Between(Database from, Database to, IReadOnlySet<ObjectName> lostColumns, ImmutableArray<Rename> answered)
    {
        ImmutableArray<Rename.Table> tables =
        [
            .. answered.OfType<Rename.Table>(),
            .. Pairs(Kept(from), Kept(to), t => t.Name, AreOne).Select(p => new Rename.Table(p.From.Name, p.To.Name)).Where(r => !answered.Contains(r)),
        ];
        // Whichever way it came about, a type with the same values can be renamed back without loss.
        ImmutableArray<Rename.Enum> enums = [.. Pairs(from.Enums.Items, to.Enums.Items, e => e.Name, (a, b) => a.Values == b.Values).Select(p => new Rename.Enum(p.From.Name, p.To.Name))];
        var renamed = RenamedCatalog.Of(from, [.. tables, .. enums]);
        ImmutableArray<Rename.Column> told = [.. answered.OfType<Rename.Column>()];
        renamed = RenamedCatalog.Of(renamed, [.. told]);
        var twins = KeyedDifference.Of(Kept(renamed), Kept(to), t => t.Name).Common;
        return
        [
            .. tables,
            .. enums,
            .. told,
            .. twins.SelectMany(t => Columns(t.From, t.To, lostColumns.Contains(t.To.Name))),
            .. KeyedDifference.Of(renamed.Enums.Items, to.Enums.Items, e => e.Name).Common.SelectMany(e => Values(e.From, e.To)),
            .. Sequences(renamed, to),
        ];
    }

    private static IEnumerable<Table> Kept(Database database) => database.Tables.Items.Where(OwnTables.Keep);

    /// <summary>Things that only one side has, each with its only counterpart on the other.</summary>
    private static IEnumerable<(T From, T To)> Pairs<T>(IEnumerable<T> from, IEnumerable<T> to, Func<T, ObjectName> name, Func<T, T, bool> areOne)
    {
        var items = KeyedDifference.Of(from, to, name);
        var pairs = (from gone in items.Removed from come in items.Added where areOne(gone, come) select (From: gone, To: come)).ToList();
        return pairs.Where(p => pairs.Count(o => name(o.From) == name(p.From) || name(o.To) == name(p.To)) == 1);
    }

    /// <summary>The names of keys and indexes stay when a table is renamed, and two tables of a schema cannot share them.</summary>
    private static bool AreOne(Table from, Table to) =>
        from.Columns.Items.Select(c => (c.Type, c.Arity)).SequenceEqual(to.Columns.Items.Select(c => (c.Type, c.Arity))) && Marks(from).Intersect(Marks(to), StringComparer.Ordinal).Any();

    private static IEnumerable<string> Marks(Table table) =>
        [.. table.PrimaryKey is { } key ? [key.Name] : (string[])[], .. table.Indexes.Items.Select(i => i.Name), .. table.ForeignKeys.Items.Select(k => k.Name)];

    /// <summary>A column that is added stands last, in a place that no other had: in any other place, it was there under another name.</summary>
    private static IEnumerable<Rename.Column> Columns(Table from, Table to, bool lostColumns)
    {
        var (previous, next) = (from.Columns.Items, to.Columns.Items);
        if (previous.Length != next.Length)
        {
            return [];
        }

        var pairs = previous.Zip(next).Index().Where(p => p.Item.First.Name != p.Item.Second.Name).ToList();
        var isSure = pairs.All(p => from.Column(p.Item.Second.Name) is null && to.Column(p.Item.First.Name) is null
            && p.Item.First.Type == p.Item.Second.Type && p.Item.First.Arity == p.Item.Second.Arity
            && (!lostColumns || next[p.Index..].Any(c => from.Column(c.Name) is not null)));
        return isSure ? pairs.Select(p => new Rename.Column(to.Name, p.Item.First.Name, p.Item.Second.Name)) : [];
    }

    /// <summary>PostgreSQL cannot take a value away: another one in its place is the same one.</summary>
    private static IEnumerable<Rename.EnumValue> Values(EnumType from, EnumType to)
    {
        var (previous, next) = (from.Values.Items, to.Values.Items);
        var pairs = previous.Length == next.Length ? previous.Zip(next).Where(p => p.First != p.Second).ToList() : [];
        return pairs.All(p => !next.Contains(p.First) && !previous.Contains(p.Second)) ? pairs.Select(p => new Rename.EnumValue(to.Name, p.First, p.Second)) : [];
    }

    /// <summary>Those of SERIAL columns; the others are dropped and made like any object.</summary>
    private static IEnumerable<Rename.Sequence> Sequences(Database from, Database to)
    {
        var owned = to.Sequences.Items.Where(s => s.OwnedBy is not null).ToLookup(s => s.OwnedBy!, s => s.Name);
        var names = from.Sequences.Items.Select(s => s.Name).ToHashSet();
        return from.Sequences.Items
            .Where(s => s.OwnedBy is not null && owned[s.OwnedBy].Count() == 1)
            .Select(s => new Rename.Sequence(s.Name, owned[s.OwnedBy!].Single()))
            .Where(r => r.From != r.To && !names.Contains(r.To));
    }
}
