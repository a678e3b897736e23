using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Sluice.Catalog;

namespace Sluice.Plan.Objects;

/// <summary>Who needs whom in one catalog.</summary>
internal sealed partial class ObjectGraph
{
    private readonly Dictionary<ObjectId, SqlObject> objects;
    private readonly ILookup<ObjectId, Dependency> needs;

    public ObjectGraph(Database database)
    {
        objects = database.Objects.Items.ToDictionary(o => o.Id);
        Dependencies = database.Dependencies.Items;
        needs = Dependencies.ToLookup(d => d.Of);
    }

    public ImmutableArray<Dependency> Dependencies { get; }

    public IEnumerable<SqlObject> Objects => objects.Values;

    public SqlObject? Find(ObjectId id) => objects.GetValueOrDefault(id);

    public IEnumerable<Dependency> Needs(ObjectId id) => needs[id];

    /// <summary>What is needed comes before what needs it; otherwise by kind and name, as the catalog lists them.</summary>
    public ImmutableArray<SqlObject> Ordered(IEnumerable<SqlObject> some)
    {
        var wanted = some.ToDictionary(o => o.Id);
        var byName = wanted.Values.Where(o => o.Id.Kind is ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Function or ObjectKind.Aggregate).ToLookup(o => o.Id.Name, StringComparer.Ordinal);
        var ordered = ImmutableArray.CreateBuilder<SqlObject>();
        var seen = new HashSet<ObjectId>();
        foreach (var item in objects.Values.Where(o => wanted.ContainsKey(o.Id)))
        {
            Visit(item);
        }

        return ordered.ToImmutable();

        void Visit(SqlObject item)
        {
            if (!seen.Add(item.Id))
            {
                return;
            }

            foreach (var on in needs[item.Id].Select(d => d.On).Where(wanted.ContainsKey))
            {
                Visit(wanted[on]);
            }

            foreach (var mentioned in Mentions(item).SelectMany(w => byName[w]))
            {
                Visit(mentioned);
            }

            ordered.Add(item);
        }
    }

    // A body that is text is no dependency to the server, but where it is SQL, the server looks at it when it makes the routine.
    private static IEnumerable<string> Mentions(SqlObject item) =>
        item.Id.Kind is ObjectKind.Function or ObjectKind.Procedure && item.Definition.Contains("\n LANGUAGE sql", StringComparison.Ordinal)
            ? Words().Matches(item.Definition).Select(m => m.Value.Trim('"')).Distinct(StringComparer.Ordinal)
            : [];

    [GeneratedRegex("\"[^\"]+\"|[\\p{L}_][\\w$]*", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
