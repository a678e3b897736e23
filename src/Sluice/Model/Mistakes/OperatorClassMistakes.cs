using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL235x: index types, operator classes and the types of fields they take.</summary>
internal static class OperatorClassMistakes
{
    public static Mistake Unknown(string found) => new(
        "SL2350",
        $"There is no operator class `{found}`.",
        $"Check its spelling; a class without a name here is written as PostgreSQL calls it: `ops: raw(\"{found}\")`.");

    public static Mistake WrongKind(string found) => new(
        "SL2351",
        $"`ops` expects an operator class, but found `{found}`.",
        "Write a name such as `JsonbPathOps`, or PostgreSQL's own: `raw(\"gin_trgm_ops\")`.");
}
