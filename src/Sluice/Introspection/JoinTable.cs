using Sluice.Catalog;

namespace Sluice.Introspection;

/// <summary>Tables that stand for a many-to-many relation and are no model: `_AToB` with columns A and B.</summary>
internal sealed record JoinTable(Table Table, ForeignKey A, ForeignKey B)
{
    /// <summary>Null for an ordinary table. Both forms count: a key on (A, B) since 6.x, a unique index before.</summary>
    public static JoinTable? Of(Table table)
    {
        if (!table.Name.Name.StartsWith('_') || table.Columns.Count != 2 || table.ForeignKeys.Count != 2)
        {
            return null;
        }

        var a = table.ForeignKeys.FirstOrDefault(k => Holds(k, "a"));
        var b = table.ForeignKeys.FirstOrDefault(k => Holds(k, "b"));
        var hasKey = (table.PrimaryKey is { } key && IsPair(key.Columns.Select(c => c.Name)))
            || table.Indexes.Any(i => i.IsUnique && i.Where is null && IsPair(i.Columns.Select(c => c.Name)));
        return a is not null && b is not null && hasKey
            && table.Indexes.Any(i => !i.IsUnique && i.Where is null && i.Columns is [var only] && Is(only.Name, "b"))
            && string.CompareOrdinal(a.ReferencedTable.Name, b.ReferencedTable.Name) <= 0
            ? new JoinTable(table, a, b)
            : null;
    }

    /// <summary>All of a database but those that the previous schema has a model for. Without foreign keys nothing tells one from another table, except the previous schema: see <see cref="Pairing.IsJoinTable"/>.</summary>
    public static Dictionary<ObjectName, JoinTable> All(Database database, Pairing pairing)
    {
        var found = database.Tables.Where(t => pairing.Entity(t.Name, isView: false) is null).Select(Of).OfType<JoinTable>().ToDictionary(j => j.Table.Name);
        return found.Values
            .Where(j => !found.ContainsKey(j.A.ReferencedTable) && !found.ContainsKey(j.B.ReferencedTable))
            .ToDictionary(j => j.Table.Name);
    }

    private static bool Holds(ForeignKey key, string column) => key.Columns is [var only] && Is(only, column);

    private static bool IsPair(IEnumerable<string> columns) => columns.ToList() is [var first, var second] && Is(first, "a") && Is(second, "b");

    private static bool Is(string name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
