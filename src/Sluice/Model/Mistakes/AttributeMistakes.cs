using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL220x: attributes and their arguments, whatever the attribute.</summary>
internal static class AttributeMistakes
{
    private static readonly string[] Attributes =
    [
        "@id", "@unique", "@default", "@relation", "@map", "@updatedAt", "@ignore",
        "@@id", "@@unique", "@@index", "@@map", "@@ignore", "@@schema",
    ];

    public static Mistake Unknown(string attribute) => new(
        "SL2201",
        $"There is no attribute `{attribute}` for this place.",
        Spelling.Nearest(attribute, Attributes.Where(a => a != attribute)) is { } near
            ? $"Did you mean `{near}`? Else remove it."
            : "Remove it.");

    public static Mistake Repeated(string attribute) => new(
        "SL2202",
        $"The attribute `{attribute}` is written more than once.",
        "Keep one of them.");

    public static Mistake ArgumentMissing(string attribute, string argument) => new(
        "SL2203",
        $"The attribute `{attribute}` lacks its argument `{argument}`.",
        $"Write it in parentheses: `{attribute}({argument}: …)`.");

    public static Mistake ArgumentTwice(string attribute, string argument) => new(
        "SL2204",
        $"The argument `{argument}` of `{attribute}` is given twice.",
        "Keep one of them.");

    public static Mistake DefaultArgumentTwice(string attribute, string argument) => new(
        "SL2205",
        $"The argument `{argument}` of `{attribute}` is given twice: once by name and once without.",
        $"Keep either `{argument}: …` or the value without a name.");

    public static Mistake SeveralUnnamed(string attribute, string values) => new(
        "SL2206",
        $"The attribute `{attribute}` has several arguments without a name, but only one may go without.",
        $"For a list write brackets: `[{values}]`; otherwise name the others.");

    public static Mistake ArgumentUnknown(string attribute, string argument) => new(
        "SL2207",
        $"The attribute `{attribute}` has no argument `{argument}`.",
        "Remove it, or check its spelling.");

    public static Mistake WrongKind(string attribute, string expected, string found) => new(
        "SL2208",
        $"`{attribute}` expects {expected} here, but found `{found}`.",
        $"Write {expected} instead.");
}
