using System.Collections.Immutable;

namespace Sluice.Sql.Objects;

/// <summary>Options of a sequence, a line for each that is not the usual one.</summary>
internal static class SequenceLines
{
    private static readonly (string Option, string Usual)[] Options =
    [
        ("INCREMENT BY", "INCREMENT BY 1"), ("MINVALUE", "NO MINVALUE"), ("MAXVALUE", "NO MAXVALUE"), ("START WITH", "START WITH 1"), ("CACHE", "CACHE 1"), ("CYCLE", "NO CYCLE"),
    ];

    /// <summary>What takes a sequence from the one list to the other, each option after <paramref name="prefix"/>.</summary>
    public static string Change(string from, string to, string prefix = "")
    {
        var (previous, next) = (from.Split('\n'), to.Split('\n'));
        return string.Join(' ', Options
            .Select(o => (o.Usual, From: Line(previous, o.Option), To: Line(next, o.Option)))
            .Where(o => o.From != o.To)
            .Select(o => prefix + (o.To ?? o.Usual)));
    }

    /// <summary>Takes a sequence from the one list to the other; nothing when they are the same.</summary>
    public static ImmutableArray<string> Alter(string name, string from, string to) => from == to ? [] :
    [
        .. LeastValue(to) is { } least
            ? [$"SELECT setval({SqlNames.Literal(name)}, greatest(last_value, {least}), is_called AND last_value >= {least}) FROM {name}"]
            : ImmutableArray<string>.Empty,
        $"ALTER SEQUENCE {name} {Change(from, to)}",
    ];

    /// <summary>PostgreSQL refuses a least value above the last one it gave out; null where the least is as low as that ever is.</summary>
    public static string? LeastValue(string lines) =>
        Line(lines.Split('\n'), "MINVALUE") is { } least && !least.Contains('-', StringComparison.Ordinal) ? least["MINVALUE ".Length..] : null;

    /// <summary>The same for a sequence whose name only the server knows.</summary>
    public static string Lift(string sequence, string least) =>
        $"SELECT setval(s, greatest(pg_sequence_last_value(s), {least}), coalesce(pg_sequence_last_value(s) >= {least}, false)) FROM (SELECT {sequence}::regclass AS s) AS q";

    private static string? Line(string[] lines, string option) => lines.FirstOrDefault(l => l.StartsWith(option, StringComparison.Ordinal));
}
