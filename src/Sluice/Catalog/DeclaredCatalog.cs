using System.Collections.Immutable;

namespace Sluice.Catalog;

/// <summary>
/// What a schema and its SQL files ask for together: the language part as the schema says it, the objects as a scratch
/// database has them in which both were applied.
/// </summary>
public static class DeclaredCatalog
{
    public static Database Of(Database schema, Database scratch)
    {
        schema = StoredNames.Of(schema);
        var made = scratch.Tables.Items.ToDictionary(t => t.Name);
        return schema with
        {
            Tables =
            [
                .. schema.Tables.Items.Select(t => made.TryGetValue(t.Name, out var twin) ? Of(t, twin) : t),
                .. Beyond(scratch.Tables.Items, schema.Tables.Items, t => t.Name),
            ],
            Enums = [.. schema.Enums.Items, .. Beyond(scratch.Enums.Items, schema.Enums.Items, e => e.Name)],
            // Which version is there is the server's choice.
            Extensions = [.. schema.Extensions.Items, .. Beyond(scratch.Extensions.Items, schema.Extensions.Items, e => e.Name).Select(e => e with { Version = null })],
            Views = scratch.Views,
            SeesPartialIndexes = true,
            SeesObjects = true,
            Objects = scratch.Objects,
            Dependencies = scratch.Dependencies,
        };
    }

    private static IEnumerable<T> Beyond<T, TKey>(ImmutableArray<T> made, ImmutableArray<T> declared, Func<T, TKey> key)
    {
        var known = declared.Select(key).ToHashSet();
        return made.Where(m => !known.Contains(key(m)));
    }

    /// <summary>Without the keys and indexes that the SQL files made into more than the language can say.</summary>
    private static Table Of(Table table, Table made)
    {
        var indexes = made.Indexes.Items.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var keys = made.ForeignKeys.Items.Select(k => k.Name).ToHashSet(StringComparer.Ordinal);
        return table with
        {
            Columns = [.. table.Columns.Items.Select(c => made.Column(c.Name) is { Generated: { } generated } ? c with { Generated = generated, Default = null, AutoIncrement = false } : c)],
            PrimaryKey = made.PrimaryKey is null ? null : table.PrimaryKey,
            Indexes = [.. table.Indexes.Items.Where(i => indexes.Contains(i.Name))],
            ForeignKeys = [.. table.ForeignKeys.Items.Where(k => keys.Contains(k.Name))],
            PartitionBy = made.PartitionBy,
        };
    }
}
