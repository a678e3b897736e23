using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL230x: `@map`, `@ignore`, `@updatedAt` and what else may stand on a field.</summary>
internal static class FieldMistakes
{
    public static Mistake ColumnTwice(string entity, string column) => new(
        "SL2301",
        $"Two fields of `{entity}` have the column `{column}`.",
        "Give one of them another name with `@map`.");

    public static Mistake IgnoreOnUnsupported(string field) => new(
        "SL2302",
        $"`{field}` has an unsupported type and is left out of generated code anyway.",
        "Remove `@ignore`.");

    public static Mistake IgnoreInIgnored(string field, string entity) => new(
        "SL2303",
        $"`{field}` is ignored although `{entity}` is ignored as a whole.",
        "Remove `@ignore` from the field.");

    public static Mistake UpdatedAtType(string field, string type) => new(
        "SL2304",
        $"`@updatedAt` needs a `DateTime` field, but `{field}` is `{type}`.",
        $"Write `{field} DateTime @updatedAt`.");

    public static Mistake UpdatedAtList(string field) => new(
        "SL2305",
        $"`@updatedAt` cannot fill a list, but `{field}` is one.",
        $"Write `{field} DateTime @updatedAt`.");

    public static Mistake OnRelation(string attribute, string field, string help) => new(
        "SL2306",
        $"`{attribute}` cannot stand on the relation field `{field}`: it has no column of its own.",
        help);

    public static Mistake ListsNeedDatasource(string field) => new(
        "SL2307",
        $"`{field}` is a list, which not every database has, and this schema names no database.",
        "Add `datasource db { provider = \"postgresql\" }`.");

    public static Mistake TypeNeedsDatasource(string field, string type) => new(
        "SL2308",
        $"`{field}` is `{type}`, which not every database has, and this schema names no database.",
        "Add `datasource db { provider = \"postgresql\" }`.");
}
