using System.Collections.Immutable;
using System.Globalization;

namespace Sluice.Postgres.Preflight;

/// <summary>When runs are welcome, UTC: `01:00-05:00`, `Sat,Sun 22:00-06:00`, several with semicolons between.</summary>
public sealed record MaintenanceWindow
{
    private readonly ImmutableArray<Part> parts;
    private readonly string text;

    private MaintenanceWindow(ImmutableArray<Part> parts, string text)
    {
        this.parts = parts;
        this.text = text;
    }

    public bool Contains(DateTimeOffset moment) => parts.Any(p => p.Contains(moment.UtcDateTime));

    /// <summary>Null when it is written otherwise.</summary>
    public static MaintenanceWindow? Parse(string text)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries).Select(Part.Parse).ToList();
        return parts.TrueForAll(p => p is not null) ? new MaintenanceWindow([.. parts.Select(p => p!)], text.Trim()) : null;
    }

    public override string ToString() => $"{text} UTC";

    /// <param name="Days">Those on which it begins; past midnight it goes on into the next one.</param>
    private sealed record Part(ImmutableArray<DayOfWeek> Days, TimeOnly From, TimeOnly To)
    {
        private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

        public bool Contains(DateTime moment)
        {
            var time = TimeOnly.FromDateTime(moment);
            var begun = To <= From && time < To ? moment.AddDays(-1).DayOfWeek : moment.DayOfWeek;
            return time.IsBetween(From, To) && Days.Contains(begun);
        }

        public static Part? Parse(string text)
        {
            var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words switch
            {
                [var times] => Of([.. Enum.GetValues<DayOfWeek>()], times),
                [var days, var times] when DaysOf(days) is { } named => Of(named, times),
                _ => null,
            };
        }

        private static Part? Of(ImmutableArray<DayOfWeek> days, string times) =>
            times.Split('-') is [var from, var to] && Time(from) is { } start && Time(to) is { } end && start != end ? new Part(days, start, end) : null;

        private static ImmutableArray<DayOfWeek>? DaysOf(string text)
        {
            var days = ImmutableArray.CreateBuilder<DayOfWeek>();
            foreach (var ends in text.Split(',').Select(range => range.Split('-').Select(n => Array.IndexOf(Names, n.ToLowerInvariant())).ToArray()))
            {
                if (ends.Length is 0 or > 2 || ends.Contains(-1))
                {
                    return null;
                }

                // `Fri-Mon` goes over the end of the week.
                var length = (ends[^1] - ends[0] + 7) % 7;
                days.AddRange(Enumerable.Range(ends[0], length + 1).Select(d => (DayOfWeek)(d % 7)));
            }

            return days.ToImmutable();
        }

        private static TimeOnly? Time(string text) =>
            TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
    }
}
