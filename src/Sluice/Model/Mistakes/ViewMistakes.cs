using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL257x: keys and indexes on views, where `@unique` only says what the view's query ensures.</summary>
internal static class ViewMistakes
{
    public static Mistake PrimaryKey() => new(
        "SL2570",
        "A view has no primary key.",
        "Write `@unique` or `@@unique` instead: it says that the view's query gives each value once.");

    public static Mistake Index(string attribute) => new(
        "SL2571",
        $"A view has no index, so `{attribute}` cannot stand on it.",
        "Put the index on the tables below the view.");

    public static Mistake ConstraintName(string attribute) => new(
        "SL2572",
        $"`{attribute}` on a view makes no index, so `map` has nothing to name.",
        "Remove `map`.");

    public static Mistake Clustered(string attribute) => new(
        "SL2573",
        $"`{attribute}` on a view makes no index, so `clustered` has nothing to order.",
        "Remove `clustered`.");

    public static Mistake FieldArguments(string attribute, string field) => new(
        "SL2574",
        $"`{attribute}` on a view makes no index, so `{field}` takes no argument in it.",
        $"Write `{field}` without parentheses.");
}
