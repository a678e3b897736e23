using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sluice.Postgres.Monitoring;

/// <summary>A dashboard for Grafana: a panel for each figure, with its thresholds.</summary>
public static class Dashboard
{
    private const int PanelWidth = 8;
    private const int PanelHeight = 7;
    private const int PanelsInARow = 3;

    public static string Write(Thresholds thresholds)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("title", "Sluice");
            json.WriteString("uid", "sluice");
            json.WriteNumber("schemaVersion", 39);
            json.WriteString("refresh", "1m");
            json.WriteStartArray("tags");
            json.WriteStringValue("postgresql");
            json.WriteEndArray();
            json.WriteStartObject("time");
            json.WriteString("from", "now-24h");
            json.WriteString("to", "now");
            json.WriteEndObject();
            WriteVariables(json);
            json.WriteStartArray("panels");
            var at = 0;
            Panel(json, at++, "Up", PrometheusText.UpHelp, PrometheusText.Up, "none", null, false);
            foreach (var figure in FigureBook.All)
            {
                Panel(json, at++, Title(figure), figure.Help, figure.Metric, GrafanaUnit(figure), thresholds.Of(figure) is { } limit ? (AlertRules.Number(figure, limit.Warning), AlertRules.Number(figure, limit.Critical)) : null, figure.IsCounter);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }

    // Which Prometheus and which database, to choose at the top.
    private static void WriteVariables(Utf8JsonWriter json)
    {
        json.WriteStartObject("templating");
        json.WriteStartArray("list");
        json.WriteStartObject();
        json.WriteString("name", "source");
        json.WriteString("type", "datasource");
        json.WriteString("query", "prometheus");
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("name", "database");
        json.WriteString("type", "query");
        WriteSource(json);
        json.WriteString("query", $"label_values({PrometheusText.Up}, database)");
        json.WriteNumber("refresh", 2);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Panel(Utf8JsonWriter json, int at, string title, string help, string metric, string unit, (double Warning, double Critical)? limit, bool isCounter)
    {
        var series = $"{metric}{{database=\"$database\"}}";
        json.WriteStartObject();
        json.WriteNumber("id", at + 1);
        json.WriteString("type", "timeseries");
        json.WriteString("title", title);
        json.WriteString("description", help);
        WriteSource(json);
        json.WriteStartObject("gridPos");
        json.WriteNumber("x", at % PanelsInARow * PanelWidth);
        json.WriteNumber("y", at / PanelsInARow * PanelHeight);
        json.WriteNumber("w", PanelWidth);
        json.WriteNumber("h", PanelHeight);
        json.WriteEndObject();
        json.WriteStartArray("targets");
        json.WriteStartObject();
        json.WriteString("refId", "A");
        json.WriteString("expr", isCounter ? $"rate({series}[5m])" : series);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("fieldConfig");
        json.WriteStartObject("defaults");
        json.WriteString("unit", isCounter ? "ops" : unit);
        json.WriteNumber("min", 0);
        if (limit is { } over)
        {
            json.WriteStartObject("custom");
            json.WriteStartObject("thresholdsStyle");
            json.WriteString("mode", "line");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("thresholds");
            json.WriteString("mode", "absolute");
            json.WriteStartArray("steps");
            WriteStep(json, "green", null);
            WriteStep(json, "yellow", over.Warning);
            WriteStep(json, "red", over.Critical);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("overrides");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, string color, double? from)
    {
        json.WriteStartObject();
        json.WriteString("color", color);
        if (from is { } value)
        {
            json.WriteNumber("value", value);
        }
        else
        {
            json.WriteNull("value");
        }

        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json)
    {
        json.WriteStartObject("datasource");
        json.WriteString("type", "prometheus");
        json.WriteString("uid", "$source");
        json.WriteEndObject();
    }

    private static string Title(Figure figure) => figure.Label is { } label
        ? char.ToUpperInvariant(label[0]) + label[1..]
        : figure.Help.TrimEnd('.');

    // The metric's name ends with its unit.
    private static string GrafanaUnit(Figure figure) =>
        figure.Metric.EndsWith("_ratio", StringComparison.Ordinal) ? "percentunit"
        : figure.Metric.EndsWith("_seconds", StringComparison.Ordinal) ? "s"
        : figure.Metric.Contains("_bytes", StringComparison.Ordinal) ? "bytes"
        : "short";
}
