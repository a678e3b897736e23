using System.Collections.Immutable;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Monitoring;

/// <summary>What is over its threshold, by the names of the checks, and what changed since the look before.</summary>
public static class Breaches
{
    /// <summary>The check of a look that found nobody at home.</summary>
    public const string Silence = "answers";

    /// <summary>The check of a look at which somebody was, and too slow.</summary>
    public const string Late = "figures";

    private const double Near = 0.9;

    public static ImmutableSortedDictionary<string, Verdict> None { get; } = ImmutableSortedDictionary.Create<string, Verdict>(StringComparer.Ordinal);

    internal static Check Silent(Look look) =>
        new(look.IsLate ? Late : Silence, look.Silence!.Message.Split('\n')[0], "", Verdict.Critical) { Advice = look.Silence.Remedies.FirstOrDefault() };

    /// <summary>What is over its threshold now and was not, or was and is not.</summary>
    public static ImmutableArray<Breach> Compare(ImmutableSortedDictionary<string, Verdict> before, Look look)
    {
        if (look.Silence is not null)
        {
            // Of all others nothing is known.
            var silent = Silent(look);
            return before.ContainsKey(silent.Name) ? [] : [new Breach("up", silent, Verdict.Ok)];
        }

        var names = look.Judged.Select(j => j.Check.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. before.Where(b => !names.Contains(b.Key) && !IsUncounted(look, b.Key)).Select(b => new Breach(
                b.Key is Silence or Late ? "up" : null, new Check(b.Key, b.Key is Silence or Late ? "again" : "it is gone", "", Verdict.Ok), b.Value)),
            .. look.Judged.Where(j => j.Check.Verdict is not Verdict.Unknown && Lasting(before.GetValueOrDefault(j.Check.Name), j) != before.GetValueOrDefault(j.Check.Name)).Select(j => new Breach(
                j.Figure.Name, j.Check with { Advice = j.Check.Verdict is Verdict.Ok ? null : j.Figure.Advice }, before.GetValueOrDefault(j.Check.Name))),
        ];
    }

    // Somebody holds the table while it is looked at: that is not the end of what was seen of it.
    private static bool IsUncounted(Look look, string name) => look.Figures?.Auth.Uncounted.Any(u => name.EndsWith(" " + u.Name, StringComparison.Ordinal)) ?? false;

    // What swings around a threshold is over it until it is a tenth below.
    private static Verdict Lasting(Verdict before, JudgedSample now) => (before, now) switch
    {
        (Verdict.Critical, { Limit: { } limit, Sample.Value: { } value, Check.Verdict: not Verdict.Critical }) when value > Near * limit.Critical => Verdict.Critical,
        (Verdict.Critical or Verdict.Warning, { Limit: { } limit, Sample.Value: { } value, Check.Verdict: Verdict.Ok }) when value > Near * limit.Warning => before,
        _ => now.Check.Verdict,
    };

    /// <summary>What to hand to the next comparison.</summary>
    public static ImmutableSortedDictionary<string, Verdict> After(ImmutableSortedDictionary<string, Verdict> before, IEnumerable<Breach> changes)
    {
        foreach (var change in changes)
        {
            before = change.IsCleared ? before.Remove(change.Check.Name) : before.SetItem(change.Check.Name, change.Check.Verdict);
        }

        return before;
    }
}

/// <param name="Figure">Its name among the thresholds; null where what it was of is gone.</param>
/// <param name="Check">As it is now. Its advice holds no statement: it may be sent elsewhere.</param>
/// <param name="Before">What it was: <see cref="Verdict.Ok"/> for a new breach.</param>
public sealed record Breach(string? Figure, Check Check, Verdict Before)
{
    public bool IsCleared => Check.Verdict is Verdict.Ok;
}
