using System.Globalization;
using System.Text;

namespace Sluice.Postgres.Monitoring;

/// <summary>Figures in Prometheus' text format 0.0.4.</summary>
public static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>1 where the database answered, 0 where it did not.</summary>
    public const string Up = "sluice_up";

    public const string UpHelp = "Whether the database answered.";

    /// <param name="figures">Null: the database did not answer.</param>
    /// <param name="database">Its name, a label of every line.</param>
    public static string Write(Figures? figures, string database)
    {
        var text = new StringBuilder();
        Head(text, Up, UpHelp, isCounter: false);
        Line(text, Up, [("database", database)], figures is null ? 0 : 1);
        foreach (var figure in FigureBook.All.Where(_ => figures is not null))
        {
            var samples = figure.Read(figures!).Where(s => s.Value is not null).ToList();
            if (samples.Count > 0)
            {
                Head(text, figure.Metric, figure.Help, figure.IsCounter);
            }

            foreach (var sample in samples)
            {
                Line(text, figure.Metric, [("database", database), .. sample.Labels], sample.Value!.Value * figure.Unit.Factor);
            }
        }

        return text.ToString();
    }

    private static void Head(StringBuilder text, string metric, string help, bool isCounter) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {metric} {help}\n# TYPE {metric} {(isCounter ? "counter" : "gauge")}\n");

    private static void Line(StringBuilder text, string metric, IEnumerable<(string Name, string Value)> labels, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"{metric}{{{string.Join(',', labels.Select(l => $"{l.Name}=\"{Escape(l.Value)}\""))}}} {value:R}\n");

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
