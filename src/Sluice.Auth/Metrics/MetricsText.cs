using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Sluice.Auth.Metrics;

/// <summary>
/// Listens to the meters of this host and of Npgsql, and writes what they said in Prometheus' text format 0.0.4.
/// Labels outside a short list are left out, and their lines added up: a pool's name is its connection string.
/// </summary>
internal sealed class MetricsText : IDisposable
{
    private const int MostSeries = 500;
    private static readonly string[] Meters = [AuthMetrics.Name, "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];
    private static readonly string[] Labels =
        ["result", "action", "scope", "limit", "job", "http.request.method", "http.response.status_code", "http.route", "db.client.connection.state"];
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> all = new();
    private readonly MeterListener listener = new();
    private readonly Lock writing = new();

    public MetricsText(IMeterFactory factory)
    {
        // Meters of this host carry its factory; Npgsql has one meter for the whole process.
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (Meters.Contains(instrument.Meter.Name) && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, factory)))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((i, value, labels, _) => Take(i, value, labels));
        listener.SetMeasurementEventCallback<long>((i, value, labels, _) => Take(i, value, labels));
        listener.SetMeasurementEventCallback<double>((i, value, labels, _) => Take(i, value, labels));
        listener.Start();
    }

    public void Dispose() => listener.Dispose();

    public string Write()
    {
        lock (writing)
        {
            foreach (var observed in all.Where(a => a.Key.IsObservable))
            {
                observed.Value.Clear();
            }

            listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var (instrument, series) in all.OrderBy(a => a.Key.Name, StringComparer.Ordinal))
            {
                Write(text, instrument, series);
            }

            return text.ToString();
        }
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var lines = all.GetOrAdd(instrument, _ => new ConcurrentDictionary<string, Series>(StringComparer.Ordinal));
        var label = Label(labels);
        // A bound on memory, whoever thinks of new values.
        var series = lines.GetOrAdd(lines.Count < MostSeries || lines.ContainsKey(label) ? label : "", _ => new Series(IsHistogram(instrument) ? Bounds : []));
        if (IsHistogram(instrument))
        {
            series.Record(value);
        }
        else if (instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal))
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private static string Label(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            if (Labels.Contains(name) && value is not null)
            {
                var plain = Convert.ToString(value, CultureInfo.InvariantCulture)!
                    .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
                text.Append(text.Length == 0 ? "" : ",").Append(Plain(name)).Append("=\"").Append(plain).Append('"');
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Instrument instrument, ConcurrentDictionary<string, Series> lines)
    {
        var name = Name(instrument);
        var kind = IsHistogram(instrument) ? "histogram" : IsCounter(instrument) ? "counter" : "gauge";
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {(instrument.Description ?? "").ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal)}\n# TYPE {name} {kind}\n");
        foreach (var (label, series) in lines.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            var (sum, count, buckets) = series.Read();
            var braced = label.Length == 0 ? "" : "{" + label + "}";
            if (!IsHistogram(instrument))
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{braced} {sum}\n");
                continue;
            }

            var soFar = 0L;
            for (var i = 0; i < buckets.Length; i++)
            {
                soFar += buckets[i];
                var bound = i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{label}{(label.Length == 0 ? "" : ",")}le=\"{bound}\"}} {soFar}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braced} {sum}\n{name}_count{braced} {count}\n");
        }
    }

    private static string Name(Instrument instrument) =>
        Plain(instrument.Name)
        + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" }
        + (IsCounter(instrument) ? "_total" : "");

    private static string Plain(string name) => name.Replace('.', '_').Replace('-', '_');

    private static bool IsHistogram(Instrument instrument) => instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);

    private static bool IsCounter(Instrument instrument) =>
        instrument.GetType().Name is var type && (type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal));
}
