using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Sql.Effects;

/// <summary>Gathers what the parts of a statement do, and knows the tables that are there.</summary>
internal sealed class EffectTally(Database known)
{
    private readonly Dictionary<string, LockLevel> locks = new(StringComparer.Ordinal);
    private readonly SortedSet<string> rewrites = new(StringComparer.Ordinal);
    private readonly SortedSet<string> scans = new(StringComparer.Ordinal);

    public string? Note { get; set; }

    public string? Creates { get; set; }

    public void Lock(string table, LockLevel level)
    {
        if (table.Length > 0)
        {
            locks[table] = locks.TryGetValue(table, out var held) && held > level ? held : level;
        }
    }

    public void Scan(string table, LockLevel level)
    {
        if (table.Length > 0)
        {
            Lock(table, level);
            scans.Add(table);
        }
    }

    public void Rewrite(string table)
    {
        Scan(table, LockLevel.AccessExclusive);
        Empty(table);
    }

    /// <summary>Its rows go without being read.</summary>
    public void Empty(string table)
    {
        if (table.Length > 0)
        {
            Lock(table, LockLevel.AccessExclusive);
            rewrites.Add(table);
        }
    }

    public Table? Table(string name) => known.Tables.Items.FirstOrDefault(t => IsNamed(t.Name, name));

    public string? TableOfIndex(string index) => known.Tables.Items
        .Where(t => t.Indexes.Items.Any(i => IsNamed(t.Name with { Name = i.Name }, index)) || (t.PrimaryKey is { } key && IsNamed(t.Name with { Name = key.Name }, index)))
        .Select(t => t.Name.Name)
        .FirstOrDefault();

    /// <summary>Tables with a foreign key to this one.</summary>
    public IEnumerable<string> Referencing(string table) => known.Tables.Items
        .Where(t => t.ForeignKeys.Items.Any(k => IsNamed(k.ReferencedTable, table)))
        .Select(t => t.Name.Name);

    /// <summary>Tables with a column of this domain.</summary>
    public IEnumerable<string> Using(string type) => known.Tables.Items
        .Where(t => t.Columns.Items.Any(c => c.Type is ColumnType.Unsupported { Text: var text } && text == type))
        .Select(t => t.Name.Name);

    public StatementEffect Sum() => new(
        [.. locks.Where(l => l.Value > LockLevel.None).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new TableLock(l.Key, l.Value))],
        [.. rewrites],
        [.. scans],
        Note)
    {
        Creates = Creates,
    };

    private static bool IsNamed(ObjectName full, string name) => name == full.Name || name == $"{full.Schema}.{full.Name}";
}
