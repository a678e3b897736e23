using Sluice.Diagnostics;
using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL213x: the `generator` block.</summary>
internal static class GeneratorMistakes
{
    public static Mistake FeatureUnknown(string feature, IEnumerable<string> known) => new(
        "SL2130",
        $"There is no preview feature `{feature}`.",
        $"Known are {string.Join(", ", known.Select(k => $"`{k}`"))}.");

    public static Mistake FeatureStable(string feature) => new(
        "SL2131",
        $"The preview feature `{feature}` needs no switch any more.",
        "Remove it from the list.",
        Severity.Warning);

    public static Mistake FeatureDropped(string feature) => new(
        "SL2132",
        $"The preview feature `{feature}` is going to be removed.",
        "Remove it from the list.",
        Severity.Warning);

    public static Mistake FeatureRenamed(string feature, string name) => new(
        "SL2133",
        $"The preview feature `{feature}` is called `{name}` now.",
        $"Write \"{name}\".",
        Severity.Warning);
}
