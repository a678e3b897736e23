using Sluice.Catalog;
using Sluice.Syntax;

namespace Sluice.Introspection;

/// <summary>Whether a client could address the rows of a table: a key of required columns whose types and names the schema can say.</summary>
internal sealed class Identifiers(Database database, Pairing pairing, Naming naming)
{
    private readonly Dictionary<ObjectName, bool> usable = database.Tables.ToDictionary(t => t.Name, t => IsUsable(t, naming));

    public bool Has(Table table) => usable[table.Name];

    public bool IsIgnored(Table table) =>
        (pairing.Entity(table.Name, isView: false)?.IsIgnored ?? false) || (!Has(table) && table.Columns.Count > 0);

    private static bool IsUsable(Table table, Naming naming)
    {
        var columns = table.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        bool Serves(IEnumerable<IndexColumn> key) => key.All(k =>
            columns[k.Name] is { Arity: FieldArity.Required, Type: not ColumnType.Unsupported } && !naming.IsUnsayable(table.Name, k.Name));

        return (table.PrimaryKey is { } primary && Serves(primary.Columns))
            || table.Indexes.Any(i => i.IsUnique && i.Where is null && Serves(i.Columns));
    }
}
