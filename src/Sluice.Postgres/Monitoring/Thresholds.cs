using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Monitoring;

/// <summary>From where on a figure is worth a warning, and from where on it is critical; by the name that `monitor.thresholds` has for it.</summary>
public sealed class Thresholds
{
    // The name, the unit, and the limits of who says nothing.
    private static readonly (string Name, string Unit, double Warning, double Critical)[] Known =
    [
        ("connections", " %", 80, 95),
        ("longTransaction", " s", 60, 600),
        ("cacheMisses", " %", 10, 50),
        ("deadRows", " %", 20, 50),
        ("unusedIndexes", " MB", 1024, 10_240),
        ("sessions", "", 1000, 5000),
        ("expired", "", 10_000, 1_000_000),
        ("failedLogins", " in an hour", 10, 50),
        ("lockedOut", "", 10, 100),
    ];

    private readonly ImmutableDictionary<string, (double Warning, double Critical)?> limits;

    private Thresholds(ImmutableDictionary<string, (double Warning, double Critical)?> limits) => this.limits = limits;

    public static Thresholds Default { get; } = new(Known.ToImmutableDictionary(k => k.Name, k => ((double, double)?)(k.Warning, k.Critical), StringComparer.Ordinal));

    public static ImmutableArray<string> Names { get; } = [.. Known.Select(k => k.Name)];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="limit">Null: it is nobody's concern.</param>
    public Thresholds With(string name, (double Warning, double Critical)? limit) => new(limits.SetItem(name, limit));

    internal Check Judge(string name, string label, string shown, double figure, string advice)
    {
        if (limits[name] is not { } limit)
        {
            return new Check(label, shown, "", Verdict.Ok);
        }

        var unit = Known.Single(k => k.Name == name).Unit;
        var verdict = figure > limit.Critical ? Verdict.Critical : figure > limit.Warning ? Verdict.Warning : Verdict.Ok;
        return new Check(label, shown, string.Create(CultureInfo.InvariantCulture, $"warning over {limit.Warning:#,0.##}{unit}, critical over {limit.Critical:#,0.##}{unit}"), verdict)
        {
            Advice = verdict is Verdict.Ok ? null : advice,
        };
    }
}
