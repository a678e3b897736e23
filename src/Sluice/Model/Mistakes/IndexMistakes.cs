using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL253x: `@unique`, `@@unique` and `@@index` as written.</summary>
internal static class IndexMistakes
{
    public static Mistake UnknownSort(string found) => new(
        "SL2530",
        $"`{found}` is no sort order.",
        "Write `sort: Asc` or `sort: Desc`.");

    public static Mistake UnknownType(string found) => new(
        "SL2531",
        $"`{found}` is no index type.",
        "Write one of BTree, Hash, Gin, Gist, SpGist, Brin; BTree is the default.");

    public static Mistake NameAndMap() => new(
        "SL2532",
        "`@@index` has both `name` and `map`, which mean the same: the name of the index in the database.",
        "Keep `map`.");

    public static Mistake PredicateKind(string found) => new(
        "SL2533",
        $"The `where` of an index is a condition, but found `{found}`.",
        "Write SQL, `where: raw(\"deleted_at IS NULL\")`, or fields and values, `where: { active: true, deletedAt: null }`.");

    public static Mistake PredicateField(EntityBinding entity, string field) => new(
        "SL2534",
        $"`{field}` is no scalar field of `{entity.Name}`.",
        (Spelling.Nearest(field, entity.ScalarFields.Select(f => f.Name)) is { } near ? $"Did you mean `{near}`? Else name" : "Name")
            + " a scalar field as in the schema, or write the condition as SQL in `raw(\"…\")`.");

    public static Mistake PredicateValue(string field, string found) => new(
        "SL2535",
        $"`{found}` is no value that the field `{field}` can be compared with here.",
        "Write null, a literal of the field's type, or `{ not: … }`; for all else write SQL in `raw(\"…\")`.");

    public static Mistake PartialIndexesOff(string attribute) => new(
        "SL2536",
        $"`{attribute}` has a `where`, but partial indexes are a preview feature that is off.",
        "Add `previewFeatures = [\"partialIndexes\"]` to the generator.");

    public static Mistake SortInHash() => new(
        "SL2537",
        "The index has the type Hash and the argument `sort`, but hashes have no order.",
        "Remove `sort`, or the type: BTree, the default, has an order.");

    public static Mistake CompositeInUnique(string attribute, string field) => new(
        "SL2539",
        $"`{attribute}` has several fields, of which `{field}` is of a composite type.",
        "Name scalar fields only.");

    public static Mistake FullText() => new(
        "SL2538",
        "`@@fulltext` is known only to MySQL and MongoDB.",
        "For PostgreSQL write `@@index([…], type: Gin)` on a tsvector column, `Unsupported(\"tsvector\")`.");
}
