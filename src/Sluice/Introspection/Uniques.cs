using Sluice.Catalog;

namespace Sluice.Introspection;

internal static class Uniques
{
    /// <summary>The unique indexes on one column alone; a field can state the first, further ones say the same again.</summary>
    public static IEnumerable<Catalog.Index> OfColumn(Table table, string column) =>
        table.Indexes.Where(i => i.IsUnique && i.Where is null && i.Columns is [var only] && only.Name == column);
}
