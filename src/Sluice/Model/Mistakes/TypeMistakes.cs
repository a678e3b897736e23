using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL202x: the types of fields, and types themselves.</summary>
internal static class TypeMistakes
{
    public static Mistake Unknown(string type, string? similar) => new(
        "SL2020",
        $"There is no type `{type}`: it is neither a scalar, nor a model, view or enum of this schema.",
        (similar ?? Elsewhere(type)) is not { } meant
            ? "Declare it; a PostgreSQL type without a name here is written `Unsupported(\"…\")`."
            : $"Did you mean `{meant}`?");

    public static Mistake EmptyEnum(string name) => new(
        "SL2021",
        $"The enum `{name}` has no value.",
        "Give it at least one value, on a line of its own.");

    public static Mistake RelationInComposite(string type, string target) => new(
        "SL2022",
        $"The composite type `{type}` cannot hold a relation to `{target}`.",
        "Use a model with a foreign key, or a `Json` field.");

    public static Mistake Composite(string type) => new(
        "SL2023",
        $"`type {type}`: PostgreSQL tables have no composite types in this language.",
        "Make it a model of its own with a relation, or store the value in a `Json` field.");

    public static Mistake CompositeCycle(string type, string field) => new(
        "SL2024",
        $"The composite type `{type}` contains itself through its field `{field}`.",
        "Make one field of the cycle optional or a list.");

    /// <summary>The type for a name that SQL or a programming language would use.</summary>
    private static string? Elsewhere(string type) => type.ToLowerInvariant() switch
    {
        "text" or "varchar" or "char" or "citext" => "String",
        "uuid" or "guid" => "String @db.Uuid",
        "integer" or "int4" or "number" or "serial" => "Int",
        "int8" or "long" or "bigserial" => "BigInt",
        "double" or "real" or "float8" => "Float",
        "numeric" or "money" => "Decimal",
        "bool" => "Boolean",
        "date" or "timestamp" or "timestamptz" or "time" => "DateTime",
        "jsonb" or "object" => "Json",
        "bytea" or "blob" or "binary" => "Bytes",
        _ => null,
    };
}
