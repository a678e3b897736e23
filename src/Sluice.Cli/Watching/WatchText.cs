using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Watching;

/// <summary>A breach or its end, in a line and for machines.</summary>
internal static class WatchText
{
    /// <summary>`critical sessions public.sessions: 6,000 active of 6,000 [warning over 1,000, critical over 5,000]`.</summary>
    public static string Line(Breach change)
    {
        var (check, word) = (change.Check, change.IsCleared ? "cleared" : CheckText.Word(change.Check.Verdict));
        return $"{word} {check.Name}: {check.Value}{(check.Threshold.Length == 0 ? "" : $" [{check.Threshold}]")}";
    }

    public static void WriteJson(Utf8JsonWriter json, Breach change, Func<string, string> clean)
    {
        json.WriteString("event", change.IsCleared ? "cleared" : "breach");
        json.WriteString("figure", change.Figure);
        json.WriteString("name", change.Check.Name);
        json.WriteString("value", clean(change.Check.Value));
        json.WriteString("threshold", change.Check.Threshold);
        json.WriteString("verdict", CheckText.Word(change.Check.Verdict));
        json.WriteString("before", CheckText.Word(change.Before));
        json.WriteString("advice", change.Check.Advice);
    }
}
