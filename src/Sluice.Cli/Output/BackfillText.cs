using System.Globalization;
using System.Text.Json;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Output;

/// <summary>How far a backfill is.</summary>
internal static class BackfillText
{
    /// <summary>`[=====               ] 25 % 500,000 of about 2,000,000 rows, 61,200 rows/s, 25 s left`.</summary>
    public static string Line(RunEvent.BackfillProgress progress)
    {
        var bar = progress.Total > 0 ? ProgressBar.Of((int)(100.0 * progress.Passed / progress.Total), 100).Split(']')[0] + "] " : "";
        var left = progress.Left is { } time ? $", {Time(time)} left" : "";
        return $"{bar}{(progress.Pass > 1 ? "looking again, " : "")}{HowFar(progress.Passed, progress.Total)}, {Number(progress.Rate)} rows/s{left}";
    }

    public static string HowFar(long passed, long total) => total > passed
        ? $"{100 * passed / total} %, {Number(passed)} of about {Number(total)} rows"
        : $"{Number(passed)} row{(passed == 1 ? "" : "s")}";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static void WriteProgress(Utf8JsonWriter json, RunEvent.BackfillProgress progress)
    {
        json.WriteString("event", "progress");
        json.WriteString("name", progress.Name);
        json.WriteNumber("pass", progress.Pass);
        json.WriteNumber("passed", progress.Passed);
        json.WriteNumber("changed", progress.Changed);
        json.WriteNumber("total", progress.Total);
        json.WriteNumber("rowsPerSecond", progress.Rate);
        json.WriteNumber("batch", progress.Batch);
        if (progress.Left is { } left)
        {
            json.WriteNumber("secondsLeft", (long)left.TotalSeconds);
        }
        else
        {
            json.WriteNull("secondsLeft");
        }
    }

    public static void WriteRow(Utf8JsonWriter json, BackfillRow row)
    {
        json.WriteString("name", row.Name);
        json.WriteString("state", row.State);
        json.WriteString("table", row.Table);
        json.WriteString("set", row.Set);
        json.WriteString("where", row.Where);
        json.WriteNumber("pass", row.Pass);
        json.WriteNumber("passed", row.Passed);
        json.WriteNumber("total", row.Total);
        json.WriteNumber("changed", row.Changed);
        json.WriteStrings("position", row.Position?.Items ?? []);
        json.WriteString("started", row.Started);
        json.WriteString("written", row.Written);
        if (row.Worker is { } worker)
        {
            json.WriteNumber("worker", worker);
        }
        else
        {
            json.WriteNull("worker");
        }
    }

    private static string Time(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min") : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds} s");
}
