using System.Diagnostics;
using System.Text.Json;
using Sluice.Lint.Predicting;
using Sluice.Lint.Rules;
using Sluice.Plan;

namespace Sluice.Cli.Output;

/// <summary>What a statement does to others, for people and for machines.</summary>
internal static class EffectText
{
    // Below this the guess is smaller than the round trip.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    /// <summary>`locks users (ACCESS EXCLUSIVE: nobody reads or writes), rewrites it, about 12 s`; null where there is nothing to say.</summary>
    public static string? Line(Prediction effect, LintFacts facts)
    {
        var parts = effect.Locks.Items.Select(l => $"locks {l.Table} ({Spelled(l.Level)}: {Meaning(l.Level)})")
            .Concat(effect.Rewrites.Items.Select(t => $"rewrites {t}"))
            .Concat(effect.Scans.Items.Except(effect.Rewrites.Items).Select(t => $"scans {t}"))
            .Concat(effect.Unclear is { } note ? [note] : Enumerable.Empty<string>())
            .ToList();
        if (parts.Count == 0)
        {
            return null;
        }

        var estimate = Estimate(effect, facts);
        return string.Join(", ", parts) + (estimate > Short ? $", about {Durations.Show(estimate)}" : "");
    }

    public static void WriteJson(Utf8JsonWriter json, Prediction effect, LintFacts facts)
    {
        WriteLocks(json, effect.Locks.Items);
        json.WriteStrings("rewrites", effect.Rewrites.Items);
        json.WriteStrings("scans", effect.Scans.Items);
        json.WriteString("note", effect.Unclear);
        json.WriteNumber("estimateMs", (long)Estimate(effect, facts).TotalMilliseconds);
    }

    public static void WriteLocks(Utf8JsonWriter json, IEnumerable<TableLock> locks)
    {
        json.WriteStartArray("locks");
        foreach (var held in locks)
        {
            json.WriteStartObject();
            json.WriteString("table", held.Table);
            json.WriteString("mode", Spelled(held.Level));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static TimeSpan Estimate(Prediction effect, LintFacts facts) => effect.Estimate(t => facts.Sizes.TryGetValue(t, out var size) ? size.Bytes : 0);

    private static string Meaning(LockLevel level) => level switch
    {
        LockLevel.AccessExclusive => "nobody reads or writes",
        LockLevel.Exclusive or LockLevel.ShareRowExclusive or LockLevel.Share => "nobody writes",
        LockLevel.ShareUpdateExclusive => "all read and write, none alters",
        _ => "all read and write",
    };

    public static string Spelled(LockLevel level) => level switch
    {
        LockLevel.AccessExclusive => "ACCESS EXCLUSIVE",
        LockLevel.Exclusive => "EXCLUSIVE",
        LockLevel.ShareRowExclusive => "SHARE ROW EXCLUSIVE",
        LockLevel.Share => "SHARE",
        LockLevel.ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
        LockLevel.RowExclusive => "ROW EXCLUSIVE",
        LockLevel.RowShare => "ROW SHARE",
        LockLevel.AccessShare => "ACCESS SHARE",
        _ => throw new UnreachableException($"{level} is no lock"),
    };
}
