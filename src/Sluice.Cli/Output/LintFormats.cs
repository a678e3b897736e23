using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Lint;
using Sluice.Lint.Rules;

namespace Sluice.Cli.Output;

/// <summary>Findings for machines.</summary>
internal static class LintFormats
{
    public static void Json(Utf8JsonWriter json, LintReport report)
    {
        json.WriteNumber("statements", report.Statements);
        json.WriteNumber("allowed", report.Suppressed);
        WriteFindings(json, report);
    }

    public static void WriteFindings(Utf8JsonWriter json, LintReport report)
    {
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings)
        {
            var (line, column) = finding.Source.Position(finding.Span.Start);
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule.Id);
            json.WriteString("level", Word(finding.Level));
            json.WriteBoolean("blocks", finding.Blocks);
            json.WriteString("file", finding.Source.Path);
            json.WriteNumber("line", line);
            json.WriteNumber("column", column);
            json.WriteString("message", finding.Message);
            json.WriteString("effect", finding.Effect);
            json.WriteString("why", finding.Rule.Why);
            json.WriteString("safe", finding.Safe);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <param name="format">`sarif`, `gitlab`, `github`.</param>
    public static string Of(string format, LintReport report) => format switch
    {
        "sarif" => Sarif(report),
        "gitlab" => GitLab(report),
        _ => GitHub(report),
    };

    private static string Sarif(LintReport report) => Document(json =>
    {
        var rules = report.Findings.Select(f => f.Rule).Distinct().OrderBy(r => r.Id, StringComparer.Ordinal).ToList();
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "sluice");
        json.WriteString("version", VersionText.Number);
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Id);
            Text(json, "shortDescription", rule.Title);
            Text(json, "fullDescription", rule.Why);
            Text(json, "help", rule.Instead);
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", SarifLevel(rule.Level));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (var finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("ruleId", finding.Rule.Id);
            json.WriteNumber("ruleIndex", rules.IndexOf(finding.Rule));
            json.WriteString("level", SarifLevel(finding.Level));
            Text(json, "message", $"{finding.Message}\nInstead:\n{finding.Safe}");
            json.WriteStartArray("locations");
            json.WriteStartObject();
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", string.Join('/', finding.Source.Path.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString)));
            json.WriteEndObject();
            json.WriteStartObject("region");
            var (line, column) = finding.Source.Position(finding.Span.Start);
            var (endLine, endColumn) = finding.Source.Position(finding.Span.End);
            json.WriteNumber("startLine", line);
            json.WriteNumber("startColumn", column);
            json.WriteNumber("endLine", endLine);
            json.WriteNumber("endColumn", endColumn);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartObject("partialFingerprints");
            json.WriteString("statement/v1", Fingerprint(finding));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string GitLab(LintReport report) => Document(json =>
    {
        json.WriteStartArray();
        foreach (var finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("description", $"{finding.Rule.Id}: {finding.Message}");
            json.WriteString("check_name", finding.Rule.Id);
            json.WriteString("fingerprint", Fingerprint(finding));
            json.WriteString("severity", finding.Blocks ? "blocker" : finding.Level switch { Level.Danger => "critical", Level.Warning => "major", _ => "info" });
            json.WriteStartObject("location");
            json.WriteString("path", finding.Source.Path);
            json.WriteStartObject("lines");
            json.WriteNumber("begin", finding.Source.Position(finding.Span.Start).Line);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>`::error file=…,line=…::…`, one line each.</summary>
    private static string GitHub(LintReport report)
    {
        var text = new StringBuilder();
        foreach (var finding in report.Findings)
        {
            var (line, column) = finding.Source.Position(finding.Span.Start);
            var command = finding.Blocks || finding.Level is Level.Danger ? "error" : finding.Level is Level.Warning ? "warning" : "notice";
            text.Append(CultureInfo.InvariantCulture, $"::{command} file={Property(finding.Source.Path)},line={line},col={column},title={Property($"{finding.Rule.Id}: {finding.Rule.Title}")}::{Data($"{finding.Message}\nInstead:\n{finding.Safe}")}\n");
        }

        return text.ToString();
    }

    // What a workflow command takes for its own end must not come from a script.
    private static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    // The same for the same statement in the same file, wherever it moves.
    private static string Fingerprint(Finding finding) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Rule.Id}\n{finding.Source.Path}\n{finding.Source.Slice(finding.Span)}\n{finding.Message}")))[..32];

    private static string Word(Level level) => level.ToString().ToLowerInvariant();

    private static string SarifLevel(Level level) => level switch { Level.Danger => "error", Level.Warning => "warning", _ => "note" };

    private static void Text(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Document(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonText.OneLine))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
