using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL200x: the names of blocks, fields and values.</summary>
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
}
