using Sluice.Diagnostics;
using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL271x: hints to `sluice generate`. Warnings, because they mean nothing to a database; `generate` stops at them.</summary>
internal static class GeneratorHintMistakes
{
    public static Mistake Clr(string name, string finding) => new(
        "SL2711",
        $"The hint `@clr` on `{name}` {finding}.",
        "It belongs on a field of type Json and names the C# type that its documents are read into: `/// @clr(Shop.Data.Settings)`.",
        Severity.Warning);

    public static Mistake SoftDelete(string name, string finding) => new(
        "SL2712",
        $"The hint `@softDelete` on `{name}` {finding}.",
        "It belongs on a model and names an optional DateTime field of it, `deletedAt` where it names none: `/// @softDelete(removedAt)`.",
        Severity.Warning);

    public static Mistake RowVersion(string name, string finding) => new(
        "SL2713",
        $"The hint `@rowVersion` on `{name}` {finding}.",
        "It belongs on a model and takes nothing: `/// @rowVersion`.",
        Severity.Warning);
}
