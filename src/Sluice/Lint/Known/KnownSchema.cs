using Sluice.Catalog;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Known;

/// <summary>
/// The schema as the statements so far have made it, told from their text alone. What they never mentioned is not known, and
/// not taken to be absent.
/// </summary>
internal sealed partial class KnownSchema
{
    private readonly Dictionary<string, Relation> relations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> tableOfIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> enums = new(StringComparer.Ordinal);
    private readonly HashSet<string> newTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownDomain> domains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> volatileFunctions = new(StringComparer.Ordinal);

    // Keys from the referenced table to those that refer to it, so that a drop does not look through every table.
    private readonly Dictionary<string, HashSet<string>> referencing = new(StringComparer.Ordinal);

    public IEnumerable<Relation> Relations => relations.Values;

    /// <summary>Whether the session's TimeZone is UTC; null where nobody said.</summary>
    public bool? IsUtc { get; set; }

    public static string KeyOf(ObjectName name) => name.Schema is "" or "public" ? name.Name : $"{name.Schema}.{name.Name}";

    public Relation? Find(ObjectName name) => relations.GetValueOrDefault(KeyOf(name));

    public Relation? Find(string key) => relations.GetValueOrDefault(key);

    public Relation? TableOfIndex(ObjectName index) => tableOfIndex.TryGetValue(KeyOf(index), out var table) ? Find(table) : null;

    public bool IsEnum(string type) => enums.ContainsKey(TypeKey(type));

    public IReadOnlyList<string> Labels(ObjectName type) => enums.TryGetValue(KeyOf(type), out var labels) ? labels : [];

    public bool IsNewType(ObjectName type) => newTypes.Contains(KeyOf(type));

    public KnownDomain? Domain(string type) => domains.GetValueOrDefault(TypeKey(type));

    /// <summary>Null for a function that was never seen.</summary>
    public bool? IsVolatile(string function) => volatileFunctions.TryGetValue(function, out var known) ? known : null;

    /// <summary>The tables with a foreign key to this one.</summary>
    public IEnumerable<Relation> Referencing(string key) =>
        referencing.TryGetValue(key, out var tables) ? tables.Order(StringComparer.Ordinal).Select(Find).OfType<Relation>().Where(t => t.Constraints.Exists(c => c.References == key)) : [];

    /// <summary>The tables with a column of this type.</summary>
    public IEnumerable<Relation> Using(ObjectName type) => relations.Values.Where(r => r.Columns.Exists(c => c.Type is { } t && TypeKey(t.Name) == KeyOf(type)));

    public IEnumerable<Relation> PartitionsOf(string key) => relations.Values.Where(r => r.Parent == key);

    public IEnumerable<Relation> ViewsOn(string key) => relations.Values.Where(r => r.Kind is RelationKind.View or RelationKind.MaterializedView && r.Sources.Contains(key));

    /// <summary>From here on nothing of it is new: others know and fill it.</summary>
    public void Settle()
    {
        newTypes.Clear();
        foreach (var relation in relations.Values)
        {
            relation.New = false;
        }
    }

    private static string TypeKey(string type) => type.StartsWith("public.", StringComparison.Ordinal) ? type["public.".Length..] : type;

    /// <summary>One that is only mentioned is known from then on, though not what it is made of.</summary>
    private Relation Mention(ObjectName name)
    {
        var key = KeyOf(name);
        if (!relations.TryGetValue(key, out var relation))
        {
            relations.Add(key, relation = new Relation(key, name, RelationKind.Table));
        }

        return relation;
    }

    private void Remove(string key)
    {
        if (!relations.Remove(key, out var gone))
        {
            return;
        }

        foreach (var index in gone.Indexes)
        {
            tableOfIndex.Remove(IndexKey(gone, index.Name));
        }
    }

    private static string IndexKey(Relation table, string index) => KeyOf(table.Name with { Name = index });

    private void AddIndex(Relation table, KnownIndex index)
    {
        table.Indexes.RemoveAll(i => i.Name == index.Name);
        table.Indexes.Add(index);
        tableOfIndex[IndexKey(table, index.Name)] = table.Key;
    }

    private void RemoveIndex(Relation table, string index)
    {
        table.Indexes.RemoveAll(i => i.Name == index);
        tableOfIndex.Remove(IndexKey(table, index));
    }
}
