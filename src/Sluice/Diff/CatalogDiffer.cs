using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff.Renames;

namespace Sluice.Diff;

/// <summary>What differs between two catalogs, as values; what to do about it is the planner's business.</summary>
public static class CatalogDiffer
{
    public static ImmutableArray<Change> Diff(Database from, Database to) => Diff(from, to, IsWholeServer(from) && IsWholeServer(to));

    /// <param name="exact">What differs in a letter differs; else what a schema would say alike is alike.</param>
    internal static ImmutableArray<Change> Diff(Database from, Database to, bool exact)
    {
        var renames = LiveRenames.Between(from, to);
        from = RenamedCatalog.Of(from, renames);
        var tables = KeyedDifference.Of(from.Tables.Items.Where(OwnTables.Keep), to.Tables.Items.Where(OwnTables.Keep), t => t.Name);
        var enums = KeyedDifference.Of(from.Enums.Items, to.Enums.Items, e => e.Name);
        var context = new TableContext(
            OneSideIsServer: from.Origin != to.Origin,
            ComparePartialIndexes: from.SeesPartialIndexes && to.SeesPartialIndexes,
            OnlyPreviousIsSchema: from.Origin is CatalogOrigin.Schema && to.Origin is CatalogOrigin.Server,
            OnlyNextIsSchema: from.Origin is CatalogOrigin.Server && to.Origin is CatalogOrigin.Schema,
            Exact: exact);
        return
        [
            .. renames.Select(r => new Change.Renamed(r)),
            .. exact ? AllSchemas(from, to) : Schemas(from, to, enums),
            .. ExtensionDifference.Of(from.Extensions, to.Extensions, exact),
            .. enums.Added.Select(e => new Change.EnumAdded(e)),
            .. enums.Removed.Select(e => new Change.EnumRemoved(e)),
            .. enums.Common.Select(p => Enum(p.From, p.To, exact)).OfType<Change>(),
            .. tables.Added.Select(t => new Change.TableAdded(t)),
            .. tables.Removed.Select(t => new Change.TableRemoved(t)),
            .. tables.Common.SelectMany(p => p.From.PartitionBy == p.To.PartitionBy
                ? new TableDifference(p.From, p.To, context).Changes()
                // No command makes a table partitioned, or otherwise partitioned.
                : [new Change.TableRemoved(p.From), new Change.TableAdded(p.To)]),
            .. Objects(from, to),
        ];
    }

    /// <summary>Definitions come from servers on both sides: they are compared to the letter.</summary>
    private static IEnumerable<Change> Objects(Database from, Database to)
    {
        if (!Sees(from) || !Sees(to))
        {
            return [];
        }

        var objects = KeyedDifference.Of(from.Objects.Items, to.Objects.Items, o => o.Id);
        return
        [
            .. objects.Removed.Select(o => new Change.ObjectRemoved(o)),
            .. objects.Added.Select(o => new Change.ObjectAdded(o)),
            .. objects.Common.Where(p => p.From.Definition != p.To.Definition).Select(p => new Change.ObjectChanged(p.From, p.To)),
        ];
    }

    /// <summary>Two of these are compared to the letter: nothing is the other side's spelling, and nothing is out of sight.</summary>
    private static bool IsWholeServer(Database database) => database is { Origin: CatalogOrigin.Server, SeesObjects: true };

    private static IEnumerable<Change> AllSchemas(Database from, Database to)
    {
        var schemas = KeyedDifference.Of(from.Schemas.Items, to.Schemas.Items, s => s);
        return [.. schemas.Added.Select(s => new Change.SchemaAdded(s)), .. schemas.Removed.Select(s => new Change.SchemaRemoved(s))];
    }

    /// <summary>In an empty database there is nothing to be seen.</summary>
    private static bool Sees(Database database) => database.SeesObjects || database.Origin is CatalogOrigin.Nothing;

    /// <summary>A declared schema is made when something is to live in it.</summary>
    private static IEnumerable<Change> Schemas(Database from, Database to, KeyedDifference<EnumType> enums)
    {
        var existing = from.Schemas.Items.ToHashSet(StringComparer.Ordinal);
        if (from.Origin is not CatalogOrigin.Nothing)
        {
            existing.Add(from.DefaultSchema);
        }

        var inhabited = from.Tables.Items.Concat(to.Tables.Items).Select(t => t.Name.Schema)
            .Concat(enums.Added.Select(e => e.Name.Schema))
            .ToHashSet(StringComparer.Ordinal);
        return to.Schemas.Items
            .Where(s => !existing.Contains(s) && inhabited.Contains(s))
            .Select(s => new Change.SchemaAdded(s));
    }

    private static Change.EnumChanged? Enum(EnumType from, EnumType to, bool exact)
    {
        var values = KeyedDifference.Of(from.Values.Items, to.Values.Items, v => v);
        var reordered = exact && !from.Values.Items.Where(to.Values.Items.Contains).SequenceEqual(to.Values.Items.Where(from.Values.Items.Contains));
        return values.Added.IsEmpty && values.Removed.IsEmpty && !reordered ? null : new(from, to, values.Added, values.Removed) { Reordered = reordered };
    }
}
