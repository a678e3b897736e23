using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Sluice.EntityFrameworkCore.Mapping;

/// <summary>
/// Times as PostgreSQL keeps them (Date/Time Types, chapter 8.5): as many digits of a second as the column has, cut and not
/// rounded, so that no value lies in the future; `timestamp` without a zone, `timestamptz` in UTC.
/// </summary>
public static class Timestamps
{
    /// <summary>For `timestamp(p)`: UTC is written, whatever the kind of the value; what comes back has no kind, like the column.</summary>
    public static ValueConverter<DateTime, DateTime> WithoutTimeZone(int precision)
    {
        var step = Step(precision);
        return new ValueConverter<DateTime, DateTime>(
            value => Cut(value, step, DateTimeKind.Unspecified),
            value => DateTime.SpecifyKind(value, DateTimeKind.Unspecified));
    }

    /// <summary>For `timestamptz(p)`: a local time is converted, one without a kind is taken for UTC.</summary>
    public static ValueConverter<DateTime, DateTime> WithTimeZone(int precision)
    {
        var step = Step(precision);
        return new ValueConverter<DateTime, DateTime>(
            value => Cut(value, step, DateTimeKind.Utc),
            value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
    }

    private static long Step(int precision)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(precision);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, 6);
        return (long)Math.Pow(10, 7 - precision);
    }

    private static DateTime Cut(DateTime value, long step, DateTimeKind kind)
    {
        var utc = value.Kind is DateTimeKind.Local ? value.ToUniversalTime() : value;

        // The ends of time are infinity to Npgsql; a cut would make them ordinary.
        return utc == DateTime.MaxValue ? DateTime.SpecifyKind(utc, kind) : new DateTime(utc.Ticks - (utc.Ticks % step), kind);
    }
}
