using Sluice.Lint.Statements;

namespace Sluice.Lint.Rules;

/// <summary>Whether a type holds less than another.</summary>
internal static class Narrowing
{
    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal)
    {
        ["smallint"] = 1, ["integer"] = 2, ["bigint"] = 3, ["real"] = 4, ["double precision"] = 5, ["numeric"] = 6,
    };

    /// <returns>What is lost; null for nothing, or where the first type is not known.</returns>
    public static string? Of(SqlType? from, SqlType to) => (from?.Name, to.Name) switch
    {
        (null, _) => null,
        ("character varying" or "character" or "text", "character varying" or "character") when to.First is { } most && !(from.First <= most) => $"longer values than {most} characters fail",
        ("numeric", "numeric") when to.First is not null && (from.First is null || (to.Second ?? 0) < (from.Second ?? 0)) => "digits behind the point are rounded away",
        ("numeric", "numeric") when to.First is not null && to.First - (to.Second ?? 0) < from.First - (from.Second ?? 0) => "larger numbers fail",
        var (a, b) when Numbers.TryGetValue(a, out var wide) && Numbers.TryGetValue(b, out var narrow) && narrow < wide => wide >= 4 && narrow <= 3 ? "fractions are rounded away, and larger numbers fail" : "larger numbers fail, or digits are lost",
        ("timestamp" or "timestamptz", "date") => "the time of day is lost",
        ("timestamp" or "timestamptz", "time") => "the day is lost",
        ("timestamp" or "timestamptz" or "time", "timestamp" or "timestamptz" or "time") when (to.First ?? 6) < (from.First ?? 6) => "fractions of seconds are rounded away",
        ("text" or "character varying" or "character", "integer" or "bigint" or "smallint" or "numeric" or "uuid" or "boolean" or "date" or "timestamp" or "timestamptz" or "json" or "jsonb" or "double precision") => "what is no such value fails",
        ("jsonb" or "json", "json" or "jsonb") when from.Name is "json" && to.Name is "jsonb" => "repeated keys, their order and white space are lost",
        _ => null,
    };
}
