using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL202x: the types of fields, and types themselves.</summary>
internal static class TypeMistakes
{
    public static Mistake Unknown(string type) => new(
        "SL2020",
        $"There is no type `{type}`: it is neither a scalar, nor a model, view or enum of this schema.",
        "Declare it, or check its spelling; a PostgreSQL type without a name here is written `Unsupported(\"…\")`.");

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
}
