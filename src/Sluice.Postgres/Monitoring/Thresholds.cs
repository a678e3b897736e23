using System.Collections.Immutable;

namespace Sluice.Postgres.Monitoring;

/// <summary>From where on a figure is worth a warning, and from where on it is critical; by the name that `monitor.thresholds` has for it.</summary>
public sealed class Thresholds
{
    private readonly ImmutableDictionary<string, Limit?> limits;

    private Thresholds(ImmutableDictionary<string, Limit?> limits) => this.limits = limits;

    public static Thresholds Default { get; } = new(FigureBook.All.Where(f => f.IsJudged).ToImmutableDictionary(f => f.Name, f => f.Limit, StringComparer.Ordinal));

    public static ImmutableArray<string> Names { get; } = [.. FigureBook.All.Where(f => f.IsJudged).Select(f => f.Name)];

    /// <summary>Null: it is nobody's concern.</summary>
    public Limit? Of(Figure figure) => figure.IsJudged ? limits[figure.Name] : null;

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="limit">Null: it is nobody's concern.</param>
    public Thresholds With(string name, Limit? limit) => new(limits.SetItem(name, limit));
}
