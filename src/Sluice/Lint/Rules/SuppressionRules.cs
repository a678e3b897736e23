using System.Collections.Immutable;

namespace Sluice.Lint.Rules;

/// <summary>What is wrong with comments that allow something; `Suppressions` finds it.</summary>
internal static class SuppressionRules
{
    public static Rule Malformed { get; } = new("S01", "A comment that is meant to allow something, and is not understood", Level.Warning)
    {
        Why = "It allows nothing, and whoever wrote it believes that it does.",
        Instead = "-- sluice: allow I01 because the table is empty until launch until 2027-01-31",
        Bad = "-- sluice: allow I01\nCREATE INDEX orders_seen_idx ON orders (seen);",
        Good = "-- sluice: allow I01 because nobody writes at night\nCREATE INDEX orders_seen_idx ON orders (seen);",
    };

    public static Rule Expired { get; } = new("S02", "A comment that allowed something until a day that is over", Level.Warning)
    {
        Why = "What was true then may not be now: the table that was empty has rows.",
        Instead = "Look again; then write the safe form, or another day.",
        Bad = "-- sluice: allow I01 because the table is empty until launch until 2001-01-31\nCREATE INDEX orders_seen_idx ON orders (seen);",
        Good = "-- sluice: allow I01 because the table is empty until launch until 2999-01-31\nCREATE INDEX orders_seen_idx ON orders (seen);",
    };

    public static Rule Unused { get; } = new("S03", "A comment that allows what nobody does", Level.Warning)
    {
        Why = "It would hide the next fault of that kind.",
        Instead = "Take the comment out.",
        Bad = "-- sluice: allow I01 because nobody writes at night\nCREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
        Good = "CREATE INDEX CONCURRENTLY orders_seen_idx ON orders (seen);",
    };

    public static ImmutableArray<Rule> All { get; } = [Malformed, Expired, Unused];
}
