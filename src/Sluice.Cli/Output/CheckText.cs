using System.Diagnostics;
using System.Text.Json;
using Sluice.Postgres.Preflight;

namespace Sluice.Cli.Output;

/// <summary>Checks for people, a line each with what to do below it, and for machines.</summary>
internal static class CheckText
{
    public static IEnumerable<string> Lines(IReadOnlyCollection<Check> checks, Ink ink)
    {
        var names = checks.Count == 0 ? 0 : checks.Max(c => c.Name.Length) + 2;
        var verdicts = checks.Count == 0 ? 0 : checks.Max(c => Word(c.Verdict).Length) + 2;
        foreach (var check in checks)
        {
            var word = Word(check.Verdict).PadRight(verdicts);
            var shown = check.Verdict switch
            {
                Verdict.Ok => ink.Green(word),
                Verdict.Unknown => ink.Cyan(word),
                Verdict.Warning => ink.BoldYellow(word),
                Verdict.Critical => ink.BoldRed(word),
                _ => throw new UnreachableException(),
            };
            var threshold = check.Threshold.Length == 0 ? "" : ink.Faint($"  [{check.Threshold}]");
            yield return $"{shown}{check.Name.PadRight(names)}{check.Value}{threshold}";
            foreach (var line in check.Evidence.Items.Where(e => !check.Value.Contains(e, StringComparison.Ordinal)))
            {
                yield return $"{new string(' ', verdicts + names)}{line}";
            }

            if (check.Advice is { } advice)
            {
                yield return $"{new string(' ', verdicts + names)}→ {advice}";
            }
        }
    }

    public static void WriteJson(Utf8JsonWriter json, string name, CheckReport report)
    {
        json.WriteStartArray(name);
        foreach (var check in report.Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteString("value", check.Value);
            json.WriteString("threshold", check.Threshold);
            json.WriteString("verdict", Word(check.Verdict));
            json.WriteString("advice", check.Advice);
            json.WriteStrings("evidence", check.Evidence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Unknown => "unknown",
        Verdict.Warning => "warning",
        Verdict.Critical => "critical",
        _ => throw new UnreachableException(),
    };
}
