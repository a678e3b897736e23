using Sluice.Diagnostics;
using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL210x: what `datasource` and `generator` blocks have in common.</summary>
internal static class ConfigurationMistakes
{
    public static Mistake ValueMissing(string kind, string name, string property) => new(
        "SL2101",
        $"The property `{property}` of the {kind} `{name}` has no value.",
        $"Write `{property} = …`, or remove the line.");

    public static Mistake PropertyMissing(string kind, string name, string property, string example) => new(
        "SL2102",
        $"The {kind} `{name}` has no `{property}`.",
        $"Add the line `{property} = \"{example}\"`.");

    public static Mistake NotString(string found) => new(
        "SL2103",
        $"A string was expected, but found `{found}`.",
        "Write the value in double quotes.");

    public static Mistake NotStringOrVariable(string found) => new(
        "SL2104",
        $"A string or an environment variable was expected, but found `{found}`.",
        "Write the value in double quotes, or `env(\"NAME\")`.");

    public static Mistake VariableArguments() => new(
        "SL2105",
        "`env` takes one name.",
        "Write `env(\"NAME\")`.");

    public static Mistake VariableArgumentNamed() => new(
        "SL2106",
        "The argument of `env` has no name.",
        "Write `env(\"NAME\")`.",
        Severity.Warning);
}
