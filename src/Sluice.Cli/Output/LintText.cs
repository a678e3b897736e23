using Sluice.Lint;
using Sluice.Lint.Rules;

namespace Sluice.Cli.Output;

/// <summary>Findings for people.</summary>
internal static class LintText
{
    // A statement of a thousand lines helps nobody.
    private const int LinesShown = 4;
    private const int WidestLine = 140;

    public static void Print(Terminal terminal, LintReport report, int scripts)
    {
        PrintFindings(terminal, report);
        terminal.Result(Summary(report, scripts));
    }

    public static void PrintFindings(Terminal terminal, LintReport report)
    {
        foreach (var finding in report.Findings)
        {
            terminal.Results(Lines(finding, terminal.Ink));
        }
    }

    private static IEnumerable<string> Lines(Finding finding, Ink ink)
    {
        var (line, column) = finding.Source.Position(finding.Span.Start);
        yield return $"{Label(finding, ink)} {ink.Bold(finding.Message)}";
        yield return $"  {ink.Faint("-->")} {finding.Source.Path}:{line}:{column}";
        foreach (var text in Excerpt(finding))
        {
            yield return $"   {ink.Faint("|")} {text}";
        }

        if (finding.Effect.Length > 0)
        {
            yield return $"   {ink.Faint("=")} {ink.Bold("lock:")} {finding.Effect}";
        }

        yield return $"   {ink.Faint("=")} {ink.Bold("why:")} {finding.Rule.Why}";
        var safe = finding.Safe.Split('\n');
        yield return $"   {ink.Faint("=")} {ink.Bold("instead:")} {safe[0]}";
        foreach (var more in safe.Skip(1))
        {
            yield return $"              {more}";
        }

        yield return "";
    }

    /// <summary>A line for each finding at or above warnings, before a run.</summary>
    public static void Brief(Terminal terminal, LintReport report)
    {
        foreach (var finding in report.Findings.Where(f => f.Level > Level.Advice))
        {
            var line = finding.Source.Position(finding.Span.Start).Line;
            terminal.Say($"{Label(finding, terminal.ErrorInk)} {finding.Source.Path}:{line}: {finding.Message}");
        }

        if (report.Findings.Any(f => f.Level > Level.Advice))
        {
            terminal.Say("Why, and what to write instead: `sluice migrate lint`");
        }
    }

    private static string Summary(LintReport report, int scripts)
    {
        var counts = new[] { (Level.Danger, "danger"), (Level.Warning, "warning"), (Level.Advice, "piece of advice") }
            .Select(l => (Number: report.Findings.Count(f => f.Level == l.Item1), Noun: l.Item2))
            .Where(l => l.Number > 0)
            .Select(l => l.Number == 1 ? $"1 {l.Noun}" : $"{l.Number} {(l.Noun is "piece of advice" ? "pieces of advice" : l.Noun + "s")}");
        var allowed = report.Suppressed == 0 ? "" : $", {report.Suppressed} allowed by comments";
        var over = $"{DiagnosticText.Counted(scripts, "migration")}, {DiagnosticText.Counted(report.Statements, "statement")}";
        return report.Findings.IsEmpty
            ? $"Nothing found in {over}{allowed}."
            : $"{string.Join(", ", counts)} in {over}{allowed}.{(report.Blocks ? $" {report.Findings.Count(f => f.Blocks)} of them fail the command." : "")}";
    }

    public static string Label(Finding finding, Ink ink) => finding.Level switch
    {
        Level.Danger => ink.BoldRed($"danger {finding.Rule.Id}:"),
        Level.Warning => ink.BoldYellow($"warning {finding.Rule.Id}:"),
        _ => ink.Cyan($"advice {finding.Rule.Id}:"),
    };

    private static IEnumerable<string> Excerpt(Finding finding)
    {
        var lines = finding.Source.Text.Substring(finding.Span.Start, Math.Min(finding.Span.Length, WidestLine * LinesShown * 2)).Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        return lines.Take(LinesShown).Select(l => l.Length > WidestLine ? l[..WidestLine] + " …" : l).Concat(lines.Count > LinesShown ? ["…"] : []);
    }
}
