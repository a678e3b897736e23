using System.Collections.Immutable;

namespace Sluice.Postgres.Monitoring;

/// <summary>How large a database was at times: what growth is told from.</summary>
public static class SizeReadings
{
    private static readonly TimeSpan Apart = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(8);

    /// <summary>Bytes a day, since the reading nearest to a day ago; null where there is none from an hour ago or before.</summary>
    public static double? Growth(ImmutableArray<SizeReading> readings, DateTimeOffset now, long bytes)
    {
        var past = readings.Where(r => now - r.At >= Apart).MinBy(r => (now - r.At - Day).Duration());
        return past is null ? null : (bytes - past.Bytes) / (now - past.At).TotalDays;
    }

    /// <summary>With this one too, where the last is an hour old; without those of before a week.</summary>
    public static ImmutableArray<SizeReading> Add(ImmutableArray<SizeReading> readings, DateTimeOffset now, long bytes) =>
        readings.Any(r => now - r.At < Apart) ? readings : [.. readings.Where(r => now - r.At < Kept), new SizeReading(now, bytes)];
}

public sealed record SizeReading(DateTimeOffset At, long Bytes);
