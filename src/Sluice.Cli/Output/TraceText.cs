using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Output;

/// <summary>Who could have made a difference, in words; where nothing tells, it says so.</summary>
internal static class TraceText
{
    /// <summary>Everything that has the same trace under it once.</summary>
    public static IEnumerable<string> Lines(ImmutableArray<Difference> drift, Ink ink)
    {
        yield return "Who could have made it:";
        foreach (var same in drift.GroupBy(d => Of(d.Trace)))
        {
            yield return "  " + string.Join(", ", same.Select(d => Name(ChangeLine.Of(d.Change))).Distinct(StringComparer.Ordinal).Select(ink.Code));
            yield return ink.Faint("    " + same.Key);
        }
    }

    public static string Of(Trace trace)
    {
        string?[] parts =
        [
            trace.Committed is { } at ? string.Create(CultureInfo.InvariantCulture, $"committed {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : null,
            (trace.With, trace.After, trace.Before) switch
            {
                ({ } with, _, _) => $"last written in the same transaction as {Event(with)}",
                (_, { } after, { } before) => $"after {Event(after)} and before the end of {Event(before)}",
                (_, { } after, null) => $"after {Event(after)}, and no run since",
                (_, null, { } before) => $"before the end of {Event(before)}",
                _ => null,
            },
            trace.Owner is null ? null : trace.Owner == trace.Migrator
                ? $"it belongs to `{trace.Owner}`, the role that migrations run as too"
                : $"it belongs to `{trace.Owner}`; migrations run as `{trace.Migrator}`",
            trace.Tool is null ? null : $"the name is as {trace.Tool} gives it",
        ];
        var known = string.Join("; ", parts.OfType<string>());
        return trace is { Committed: null, After: null, With: null, Before: null, Tool: null }
            ? $"who and when cannot be known: the server keeps no trace of it{(known.Length > 0 ? $" ({known})" : "")}"
            : known;
    }

    private static string Event(TraceEvent happened) =>
        $"`{happened.What}`{(happened.At is { } at ? string.Create(CultureInfo.InvariantCulture, $" ({at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(happened.By is null ? "" : $", by {happened.By}")})") : "")}";

    private static string Name(ChangeLine line) => line.IsWhole ? line.Text : $"{line.Text} of `{line.Container.Name}`";
}
