using Sluice.Diagnostics;
using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL260x: `@relation` as written.</summary>
internal static class RelationMistakes
{
    public static Mistake OnScalarField(string field, string type) => new(
        "SL2602",
        $"`@relation` cannot stand on `{field}`: its type `{type}` is neither a model nor a view.",
        "Put it on the field whose type is the other model, and name this field in its `fields`.");

    public static Mistake NamedTwice() => new(
        "SL2600",
        "The relation is named twice, so neither name is used.",
        "Keep either `@relation(\"…\")` or `name: \"…\"`.",
        Severity.Warning);

    public static Mistake UnknownAction(string argument, string found) => new(
        "SL2601",
        $"`{found}` is no referential action.",
        $"Write `{argument}:` with one of Cascade, Restrict, NoAction, SetNull, SetDefault.");
}
