using Sluice.Catalog;
using Sluice.Lint.Statements;
using Sluice.Sql.Lexing;

namespace Sluice.Lint.Known;

/// <summary>
/// The schema as the statements so far have made it, told from their text alone. What they never mentioned is not known, and
/// not taken to be absent.
/// </summary>
internal sealed partial class KnownSchema
{
    // More columns than PostgreSQL allows; a hostile script must not make each look into a list a long one.
    private const int MostRemembered = 2000;
    private const int MostIndexes = 200;

    private readonly Dictionary<string, Relation> relations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> tableOfIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> enums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> replicaIndexes = new(StringComparer.Ordinal);
    private readonly HashSet<string> newTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownDomain> domains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> volatileFunctions = new(StringComparer.Ordinal);

    private readonly HashSet<string> temporary = new(StringComparer.Ordinal);

    // New tables of the first schema: once search_path is another, their names may mean tables that others have.
    private readonly List<Relation> newInFirstSchema = [];

    // The script set search_path, so that nobody knows where a name without a schema leads.
    private bool followsSearchPath;

    // Who may use what, by kind of use (r references, v is a view on, p is a partition of, i inherits from, t has the type), so that nobody looks through every table.
    private readonly Dictionary<(char Use, string Key), SortedSet<string>> links = [];

    /// <summary>What scripts have made by now, each in a session of its own; nothing of it is new.</summary>
    public static KnownSchema After(IEnumerable<string> history, bool? isUtc = null)
    {
        var known = new KnownSchema { IsUtc = isUtc };
        foreach (var script in history)
        {
            foreach (var statement in StatementSplitter.Split(script))
            {
                known.Apply(StatementReader.Read(statement.Text(script), statement.Transaction, known.IsTemporary));
            }

            known.EndSession();
        }

        known.Settle();
        known.IsUtc = isUtc;
        return known;
    }

    public IEnumerable<Relation> Relations => relations.Values;

    /// <summary>Whether the session's TimeZone is UTC; null where nobody said.</summary>
    public bool? IsUtc { get; set; }

    public static string KeyOf(ObjectName name) => name.Schema is "" or "public" ? Part(name.Name) : $"{Part(name.Schema)}.{Part(name.Name)}";

    /// <summary>A key back to the names that it is made of.</summary>
    public static IEnumerable<string> Parts(string key)
    {
        for (var at = 0; at < key.Length;)
        {
            var end = at;
            for (var quoted = false; end < key.Length && (quoted || key[end] is not '.'); end++)
            {
                quoted ^= key[at] is '"' && key[end] is '"';
            }

            var part = key[at..end];
            yield return part is ['"', .. var inside, '"'] ? inside.Replace("\"\"", "\"", StringComparison.Ordinal) : part;
            at = end + 1;
        }
    }

    /// <summary>Whether the session made a table or view of this name for itself, which hides all others.</summary>
    public bool IsTemporary(string name) => temporary.Contains(name) && Find(new ObjectName(SqlCursor.Temporary, name)) is not null;

    /// <summary>Temporary tables go, and search_path is what it was.</summary>
    public void EndSession()
    {
        foreach (var name in temporary)
        {
            Remove(KeyOf(new ObjectName(SqlCursor.Temporary, name)));
        }

        temporary.Clear();
        followsSearchPath = false;
    }

    public Relation? Find(ObjectName name) => relations.GetValueOrDefault(KeyOf(name));

    public Relation? Find(string key) => relations.GetValueOrDefault(key);

    /// <summary>The table whose rows replicas tell apart by this index.</summary>
    public Relation? ReplicatedBy(string index) => replicaIndexes.TryGetValue(index, out var table) && Find(table) is { } found && found.ReplicaIndex == index ? found : null;

    public Relation? TableOfIndex(ObjectName index) => tableOfIndex.TryGetValue(KeyOf(index), out var table) ? Find(table) : null;

    public bool IsEnum(string type) => enums.ContainsKey(TypeKey(type));

    public IReadOnlyList<string> Labels(ObjectName type) => enums.TryGetValue(KeyOf(type), out var labels) ? labels : [];

    public bool IsNewType(ObjectName type) => newTypes.Contains(KeyOf(type));

    public KnownDomain? Domain(string type) => domains.GetValueOrDefault(TypeKey(type));

    /// <summary>Null for a function that was never seen.</summary>
    public bool? IsVolatile(string function) => volatileFunctions.TryGetValue(function, out var known) ? known : null;

    /// <summary>The tables with a foreign key to this one.</summary>
    public IEnumerable<Relation> Referencing(string key) =>
        Linked('r', key).Where(t => t.Constraints.Exists(c => c.References == key));

    /// <summary>The tables with a column of this type.</summary>
    public IEnumerable<Relation> Using(ObjectName type) => Linked('t', KeyOf(type)).Where(r => r.Columns.Exists(c => c.Type is { } t && TypeKey(t.Name) == KeyOf(type)));

    public IEnumerable<Relation> PartitionsOf(string key) => Linked('p', key).Where(r => r.Parent == key);

    public Relation? DefaultPartitionOf(string key) => PartitionsOf(key).FirstOrDefault(p => p.IsDefault);

    public IEnumerable<Relation> InheritorsOf(string key) => Linked('i', key);

    /// <summary>Partitions and inheritors, and theirs; one that was seen is not gone into again.</summary>
    public List<Relation> Below(string key)
    {
        var (found, next) = (new List<Relation>(), new Queue<string>([key]));
        var seen = new HashSet<string>(StringComparer.Ordinal) { key };
        while (next.TryDequeue(out var at))
        {
            foreach (var below in PartitionsOf(at).Concat(InheritorsOf(at)).Where(b => seen.Add(b.Key)))
            {
                found.Add(below);
                next.Enqueue(below.Key);
            }
        }

        return found;
    }

    public IEnumerable<Relation> ViewsOn(string key) => Linked('v', key).Where(r => r.Sources.Contains(key));

    /// <summary>From here on nothing of it is new: others know and fill it.</summary>
    public void Settle()
    {
        newTypes.Clear();
        newInFirstSchema.Clear();
        foreach (var relation in relations.Values)
        {
            relation.New = false;
        }
    }

    // A dot inside of a name must not look like the one between two.
    private static string Part(string name) => name.Contains('.', StringComparison.Ordinal) || name.StartsWith('"') ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;

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

    private void Link(char use, string key, string user) =>
        (links.TryGetValue((use, key), out var users) ? users : links[(use, key)] = new(StringComparer.Ordinal)).Add(user);

    private IEnumerable<Relation> Linked(char use, string key) => links.TryGetValue((use, key), out var users) ? users.Select(Find).OfType<Relation>() : [];

    private void AddIndex(Relation table, KnownIndex index)
    {
        if (table.Indexes.Count >= MostIndexes)
        {
            return;
        }

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
