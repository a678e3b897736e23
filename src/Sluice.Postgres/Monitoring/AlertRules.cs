using System.Globalization;
using System.Text;

namespace Sluice.Postgres.Monitoring;

/// <summary>Alert rules for Prometheus: of every figure that has thresholds, one for the warning and one for critical.</summary>
public static class AlertRules
{
    /// <summary>How long it has to last: one scrape that finds much is no alert.</summary>
    private const string Lasting = "2m";

    public static string Write(Thresholds thresholds)
    {
        var text = new StringBuilder(
            """
            # Written from the table of figures that `sluice monitor` has; see docs/monitor.md.
            groups:
              - name: sluice
                rules:

            """.ReplaceLineEndings("\n"));
        Rule(text, "SluiceDown", $"{PrometheusText.Up} == 0 or absent({PrometheusText.Up})", "critical", "The database does not answer, or nobody asks it.", "See what the tool says of it: sluice doctor");
        foreach (var figure in FigureBook.All)
        {
            if (figure.Missing is { } missing)
            {
                Rule(text, missing.Alert, $"({missing.Expected}) unless on (database) {figure.Metric}", "warning", missing.Help, missing.Advice);
            }

            if (thresholds.Of(figure) is { } limit)
            {
                Rule(text, Name(figure, "Warning"), Over(figure, limit.Warning), "warning", figure.Help, figure.Advice);
                Rule(text, Name(figure, "Critical"), Over(figure, limit.Critical), "critical", figure.Help, figure.Advice);
            }
        }

        return text.ToString();
    }

    public static string Name(Figure figure, string severity) => $"Sluice{char.ToUpperInvariant(figure.Name[0])}{figure.Name[1..]}{severity}";

    /// <summary>A threshold as Prometheus has it, in the metric's unit.</summary>
    public static string Over(Figure figure, double limit) => string.Create(CultureInfo.InvariantCulture, $"{figure.Query ?? figure.Metric} > {Number(figure, limit)}");

    internal static double Number(Figure figure, double limit) => Math.Round(limit * figure.Unit.Factor, 6);

    private static void Rule(StringBuilder text, string name, string expression, string severity, string summary, string advice) => text.Append(
        $$$"""
              - alert: {{{name}}}
                expr: {{{expression}}}
                for: {{{Lasting}}}
                labels:
                  severity: {{{severity}}}
                annotations:
                  summary: '{{ $labels.database }}: {{{Quoted(summary)}}} Now {{ $value }}.'
                  description: '{{{Quoted(advice)}}}'

        """.ReplaceLineEndings("\n"));

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}
