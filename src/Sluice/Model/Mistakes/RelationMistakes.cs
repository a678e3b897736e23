using Sluice.Diagnostics;
using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL260x: `@relation` as written.</summary>
internal static class RelationMistakes
{
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
