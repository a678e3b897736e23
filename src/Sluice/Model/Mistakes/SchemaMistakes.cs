using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL240x: names in the database, database schemas, views.</summary>
internal static class SchemaMistakes
{
    public static Mistake TableTwice(string table, string other) => new(
        "SL2401",
        $"The table `{table}` is already that of `{other}`.",
        "Give one of the two another name with `@@map`.");

    public static Mistake EnumTwice(string name) => new(
        "SL2402",
        $"Another enum is called `{name}` in the database.",
        "Give one of the two another name with `@@map`.");

    public static Mistake SchemaMissing(string kind, string name) => new(
        "SL2403",
        $"The {kind} `{name}` does not say in which database schema it lives.",
        "Add `@@schema(\"…\")` with one of the datasource's `schemas`.");

    public static Mistake SchemaUnknown(string schema, IReadOnlyList<string> schemas) => new(
        "SL2404",
        $"The datasource has no schema `{schema}`.",
        schemas.Count == 0
            ? $"Add `schemas = [\"{schema}\"]` to the datasource."
            : $"Add it to the datasource's `schemas`, or choose one of {string.Join(", ", schemas.Select(s => $"`{s}`"))}.");

    public static Mistake SchemaNeedsDatasource() => new(
        "SL2405",
        "`@@schema` names a schema of a database, but this schema names no database.",
        "Add `datasource db { provider = \"postgresql\" … schemas = […] }`.");

    public static Mistake ViewsArePreview(string name) => new(
        "SL2406",
        $"The view `{name}` needs the preview feature `views`.",
        "Add `previewFeatures = [\"views\"]` to the generator.");
}
