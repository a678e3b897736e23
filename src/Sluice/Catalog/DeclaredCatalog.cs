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
            Enums = [.. schema.Enums.Items.Select(e => scratch.Enums.FirstOrDefault(m => m.Name == e.Name) is { } twin ? Of(e, twin) : e), .. Beyond(scratch.Enums.Items, schema.Enums.Items, e => e.Name)],
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
            Columns =
            [
                .. table.Columns.Items.Select(c => made.Column(c.Name) is { Generated: { } generated } ? c with { Generated = generated, Default = null, AutoIncrement = false } : c),
                .. Beyond(made.Columns.Items, table.Columns.Items, c => c.Name).Where(c => IsUnsayable(c.Name)),
            ],
            PrimaryKey = made.PrimaryKey is null ? null : table.PrimaryKey ?? (made.PrimaryKey.Columns.Any(c => IsUnsayable(c.Name)) ? made.PrimaryKey : null),
            Indexes =
            [
                .. table.Indexes.Items.Where(i => indexes.Contains(i.Name)),
                .. Beyond(made.Indexes.Items, table.Indexes.Items, i => i.Name).Where(i => i.Columns.Any(c => IsUnsayable(c.Name)) || IsRepeated(i, made)),
            ],
            ForeignKeys =
            [
                .. table.ForeignKeys.Items.Where(k => keys.Contains(k.Name)),
                .. Beyond(made.ForeignKeys.Items, table.ForeignKeys.Items, k => k.Name).Where(k => k.Columns.Any(IsUnsayable)),
            ],
            PartitionBy = made.PartitionBy,
        };
    }

    /// <summary>A field and an enum value need a letter in their name.</summary>
    private static bool IsUnsayable(string name) => !name.Any(char.IsAsciiLetter);

    /// <summary>A field is unique once; another index of the kind cannot be said.</summary>
    private static bool IsRepeated(Index index, Table made) =>
        index is { IsUnique: true, Columns: [var only] } && made.Indexes.Any(i => i != index && i is { IsUnique: true, Columns: [var other] } && other.Name == only.Name);

    private static EnumType Of(EnumType type, EnumType made) =>
        Beyond(made.Values.Items, type.Values.Items, v => v).All(IsUnsayable) && type.Values.All(v => made.Values.Contains(v)) ? type with { Values = made.Values } : type;
}
