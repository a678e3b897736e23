using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL200x: the names of blocks, fields, values and attributes.</summary>
internal static class NameMistakes
{
    public static Mistake BlockTwice(string kind, string name, string earlier) => new(
        "SL2001",
        $"The {kind} `{name}` has the name of another {earlier}.",
        "Rename one of the two; models, views, enums and types share one namespace over all files.");

    public static Mistake FieldTwice(string kind, string entity, string field) => new(
        "SL2002",
        $"The {kind} `{entity}` already has a field `{field}`.",
        "Rename or remove one of the two.");

    public static Mistake ValueTwice(string name, string value) => new(
        "SL2003",
        $"The enum `{name}` already has a value `{value}`.",
        "Rename or remove one of the two.");

    public static Mistake PropertyTwice(string kind, string name, string property) => new(
        "SL2004",
        $"The {kind} `{name}` sets `{property}` twice.",
        "Keep one of the two lines.");

    public static Mistake StartsWithDigit(string kind, string name) => new(
        "SL2005",
        $"The name of {kind}, `{name}`, starts with a digit.",
        "Start it with a letter; the name in the database can be kept with `@map` or `@@map`.");

    public static Mistake HasHyphen(string kind, string name) => new(
        "SL2006",
        $"The name of {kind}, `{name}`, contains a hyphen.",
        "Use letters, digits and `_`; the name in the database can be kept with `@map` or `@@map`.");

    public static Mistake ScalarName(string name) => new(
        "SL2007",
        $"`{name}` is the name of a scalar type and cannot be used for a block.",
        "Choose another name; the name in the database can be kept with `@@map`.");

    public static Mistake Reserved(string kind, string name) => new(
        "SL2008",
        $"The {kind} cannot be called `{name}`: generated code could not use that word as a name.",
        $"Choose another name and keep the one in the database with `@@map(\"{name}\")`.");
}
