using System.Globalization;

namespace Sluice.Cli.Projects;

/// <summary>Times as people write them: `30s`, `5m`, `2h`, `30d`, `8w`.</summary>
internal static class TimeText
{
    /// <returns>Null where it is none, or nothing.</returns>
    public static TimeSpan? Read(string text) =>
        text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000
            ? text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                'w' => TimeSpan.FromDays(7 * number),
                _ => null,
            }
            : null;
}
