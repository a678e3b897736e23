using System.Globalization;
using Npgsql;
using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>How far the client's clock is from the server's. Tokens, backups and logs of both are compared with one another.</summary>
internal static class ClockCheck
{
    private const int Samples = 3;

    // The answer with the shortest way tells most: it was given half of that way ago, give or take the other half.
    public static async Task<Check> MeasureAsync(NpgsqlConnection connection, TimeProvider clock, (TimeSpan Warning, TimeSpan Critical) limits, CancellationToken cancellation)
    {
        var (drift, doubt) = (TimeSpan.Zero, TimeSpan.MaxValue);
        for (var sample = 0; sample < Samples; sample++)
        {
            await using var command = new NpgsqlCommand("SELECT extract(epoch FROM pg_catalog.clock_timestamp())::float8", connection);
            var started = clock.GetTimestamp();
            var server = DateTimeOffset.UnixEpoch.AddSeconds((double)(await command.ExecuteScalarAsync(cancellation))!);
            var (now, half) = (clock.GetUtcNow(), clock.GetElapsedTime(started) / 2);
            if (half < doubt)
            {
                (drift, doubt) = (now - half - server, half);
            }
        }

        return Judge(drift, doubt, limits);
    }

    /// <param name="drift">Above zero when the client is ahead.</param>
    /// <param name="doubt">How much of it may be the way between them.</param>
    internal static Check Judge(TimeSpan drift, TimeSpan doubt, (TimeSpan Warning, TimeSpan Critical) limits)
    {
        var certain = drift.Duration() - doubt;
        var verdict = certain >= limits.Critical ? Verdict.Critical : certain >= limits.Warning ? Verdict.Warning : Verdict.Ok;
        return new Check(
            "clock",
            string.Create(CultureInfo.InvariantCulture, $"this machine is {Show(drift.Duration())} {(drift >= TimeSpan.Zero ? "ahead of" : "behind")} the server, give or take {Show(doubt)}"),
            $"{Ages.Show(limits.Warning)} / {Ages.Show(limits.Critical)}",
            verdict)
        {
            Advice = verdict is Verdict.Ok ? null : "Tokens are refused as not yet valid or over, and logs of both cannot be read together: keep both clocks by NTP.",
        };
    }

    private static string Show(TimeSpan time) => time.TotalSeconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms") : Ages.Show(time);
}
