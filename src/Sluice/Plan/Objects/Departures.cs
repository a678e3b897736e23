using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using static Sluice.Catalog.ObjectKind;

namespace Sluice.Plan.Objects;

/// <summary>
/// Which objects must go: those that are not wanted, those that have no other way to change, and all that depends on
/// something that goes.
/// </summary>
internal sealed class Departures
{
    private readonly ObjectGraph graph;
    private readonly TouchedTables touched;
    private readonly HashSet<ObjectId> retyped;

    public Departures(ObjectGraph graph, TouchedTables touched, IEnumerable<ObjectId> first, IEnumerable<ObjectId> altered)
    {
        this.graph = graph;
        this.touched = touched;
        Gone = [.. first];
        retyped = [.. touched.Retyped, .. Gone.Concat(altered).Where(RetypesColumn).Select(ColumnOf)];
        while (graph.Dependencies.Where(Goes).Select(d => d.Of).ToArray() is { Length: > 0 } more)
        {
            Gone.UnionWith(more);
            retyped.UnionWith(Gone.Where(RetypesColumn).Select(ColumnOf));
        }
    }

    public HashSet<ObjectId> Gone { get; }

    /// <summary>Those that need a command of their own; the others go with what they are a part of. What needs another goes before it.</summary>
    public ImmutableArray<SqlObject> Explicit => [.. graph.Ordered(Gone.Select(graph.Find).OfType<SqlObject>().Where(o => NeedsCommand(o.Id))).Reverse()];

    private bool Goes(Dependency dependency)
    {
        var (of, on, kind) = dependency;
        if (Gone.Contains(of) || (graph.Find(of) is null && kind is not DependencyKind.Part))
        {
            return false;
        }

        return Gone.Contains(on) || touched.Destroys(on) || (retyped.Contains(on) && (Hinders(of.Kind) || IsReset(of)));
    }

    private bool NeedsCommand(ObjectId id)
    {
        if (id.Kind is PartitionKey || touched.Destroys(id))
        {
            return false;
        }

        var needs = graph.Needs(id).ToList();
        var goesAlong = IsReset(id) || needs.Any(d => d.Kind is DependencyKind.Part && (Gone.Contains(d.On) || touched.Destroys(d.On)));
        return !goesAlong || needs.Any(d => d.Kind is DependencyKind.Use && Gone.Contains(d.On) && graph.Find(d.On) is not null);
    }

    /// <summary>PostgreSQL refuses to change the type of a column while these look at it; indexes and checks it makes again itself.</summary>
    private static bool Hinders(ObjectKind kind) =>
        kind is ObjectKind.View or MaterializedView or Rule or Policy or Trigger or Function or Procedure or Aggregate or Publication;

    /// <summary>A new type brings its own storage and collation.</summary>
    private bool IsReset(ObjectId id) =>
        id.Kind is ColumnStorage or ColumnCompression && retyped.Contains(ColumnOf(id))
        || id.Kind is DomainColumn or ColumnCollation && touched.Retyped.Contains(ColumnOf(id));

    private static bool RetypesColumn(ObjectId id) => id.Kind is DomainColumn or ColumnCollation;

    private static ObjectId ColumnOf(ObjectId id) => id with { Kind = ObjectKind.Column };
}
