using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Monitoring;

/// <summary>The figures against the thresholds.</summary>
public static class FigureChecks
{
    public static CheckReport Of(Figures figures, Thresholds thresholds) => new([.. Judge(figures, thresholds).Select(j => j.Check)]);

    /// <summary>Those that are shown to people, each with the figure that it is of.</summary>
    public static ImmutableArray<JudgedSample> Judge(Figures figures, Thresholds thresholds) =>
    [
        .. from figure in FigureBook.All
           where figure.Label is not null
           from sample in figure.Read(figures)
           select new JudgedSample(figure, sample, thresholds.Of(figure), Judge(figure, sample, thresholds.Of(figure))),
    ];

    /// <summary>Since when the server counts.</summary>
    public static string Since(Figures figures) => FigureBook.Since(figures);

    private static Check Judge(Figure figure, Sample sample, Limit? limit)
    {
        var name = sample.Label ?? figure.Label ?? throw new UnreachableException($"{figure.Name} is not shown");
        if (sample.IsUnknown)
        {
            return new Check(name, sample.Shown, "", Verdict.Unknown);
        }

        if (limit is null)
        {
            return new Check(name, sample.Shown, "", Verdict.Ok);
        }

        var verdict = sample.Value > limit.Critical ? Verdict.Critical : sample.Value > limit.Warning ? Verdict.Warning : Verdict.Ok;
        return new Check(name, sample.Shown, string.Create(CultureInfo.InvariantCulture, $"warning over {limit.Warning:#,0.##}{figure.Unit.Shown}, critical over {limit.Critical:#,0.##}{figure.Unit.Shown}"), verdict)
        {
            Advice = verdict is Verdict.Ok ? null : sample.Detail is { } detail ? $"{figure.Advice} {detail}" : figure.Advice,
        };
    }
}

public sealed record JudgedSample(Figure Figure, Sample Sample, Limit? Limit, Check Check);
