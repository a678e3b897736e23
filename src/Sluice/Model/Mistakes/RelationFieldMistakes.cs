using Sluice.Diagnostics;
using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL262x: relation fields, each by itself.</summary>
internal static class RelationFieldMistakes
{
    public static Mistake Ambiguous(string entity, IReadOnlyList<string> fields, string target, string? name) => new(
        "SL2620",
        $"The fields {string.Join(", ", fields.Select(f => $"`{f}`"))} of `{entity}` all refer to `{target}`"
            + (name is null ? " without a name, " : $" under the name `{name}`, ")
            + "so it is not clear which field is the other side of which.",
        entity == target && fields.Count == 2
            ? "If they are the two sides of one relation, give both the same name, `@relation(\"…\")`; else give each its own, and its other side the same."
            : "Give each relation a name of its own, `@relation(\"…\")`, the same on both of its sides.");

    public static Mistake TargetIgnored(string field, string target) => new(
        "SL2621",
        $"`{field}` refers to `{target}`, which clients do not see because of `@@ignore`.",
        $"Write `@ignore` on `{field}` too.");

    public static Mistake NotEmulated(string argument, ReferentialAction action) => new(
        "SL2622",
        $"`{argument}: {action}` needs a foreign key, and `relationMode = \"prisma\"` makes none.",
        action is ReferentialAction.NoAction
            ? "Write Restrict instead, or Cascade or SetNull."
            : "Write Cascade, Restrict or SetNull.");

    public static Mistake NotIndexed(string field, IEnumerable<string> fields) => new(
        "SL2623",
        $"`{field}` has no foreign key (`relationMode = \"prisma\"`) and no index, so that following it reads the whole table.",
        $"Add `@@index([{string.Join(", ", fields)}])`.",
        Severity.Warning);
}
