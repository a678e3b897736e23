using System.Collections.Immutable;

namespace Sluice.Postgres.Monitoring;

/// <summary>One line of the table from which all comes that `monitor` says: to people, as JSON, to Prometheus, as alert rules and as dashboard.</summary>
/// <param name="Name">By which `monitor.thresholds` knows it.</param>
/// <param name="Metric">In base units: seconds, bytes, shares of one.</param>
/// <param name="Help">What it is, in one sentence.</param>
public sealed record Figure(string Name, string Metric, Unit Unit, string Help, Func<Figures, IEnumerable<Sample>> Read)
{
    /// <summary>The name of its line, where the sample has none of its own; null: it is for machines alone.</summary>
    public string? Label { get; init; }

    /// <summary>It only grows, until the server's statistics are reset.</summary>
    public bool IsCounter { get; init; }

    /// <summary>A threshold can be set for it.</summary>
    public bool IsJudged { get; init; }

    /// <summary>From where on it is a warning, and from where on critical, for who says nothing; in <see cref="Unit"/>.</summary>
    public Limit? Limit { get; init; }

    /// <summary>What an alert asks for in place of the metric, where Prometheus can tell better than one look.</summary>
    public string? Query { get; init; }

    /// <summary>An alert where there is none of it and should be.</summary>
    public Absence? Missing { get; init; }

    /// <summary>What to do when it is over.</summary>
    public string Advice { get; init; } = "";
}

/// <param name="Alert">Its name.</param>
/// <param name="Expected">In Prometheus' words, what is there only where the figure should be, too.</param>
/// <param name="Help">What its absence means, in one sentence.</param>
public sealed record Absence(string Alert, string Expected, string Help, string Advice);

public sealed record Limit(double Warning, double Critical);

/// <param name="Shown">Behind a number.</param>
/// <param name="Factor">From its numbers to those of a metric.</param>
public sealed record Unit(string Shown, double Factor)
{
    public static Unit Count { get; } = new("", 1);

    public static Unit Percent { get; } = new(" %", 0.01);

    public static Unit Seconds { get; } = new(" s", 1);

    public static Unit Hours { get; } = new(" h", 3600);

    public static Unit Bytes { get; } = new(" bytes", 1);

    public static Unit Megabytes { get; } = new(" MB", 1 << 20);

    public static Unit MegabytesADay { get; } = new(" MB a day", 1 << 20);

    public static Unit InAnHour { get; } = new(" in an hour", 1);
}

/// <summary>What a figure is, at one moment and of one thing.</summary>
/// <param name="Value">In the figure's unit; null where it cannot be told.</param>
/// <param name="Shown">The same for a person.</param>
public sealed record Sample(double? Value, string Shown = "")
{
    /// <summary>The name of its line, in place of the figure's.</summary>
    public string? Label { get; init; }

    /// <summary>Of what: names and values, as metrics have them.</summary>
    public ImmutableArray<(string Name, string Value)> Labels { get; init; } = [];

    /// <summary>It cannot be seen from here, which is not the same as well.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>More for who is to act, statements among it: shown to people, and sent to nobody.</summary>
    public string? Detail { get; init; }
}
