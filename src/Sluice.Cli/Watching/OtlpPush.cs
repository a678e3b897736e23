using System.Diagnostics.Metrics;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Watching;

/// <summary>
/// Sends the figures to a collector, by OTLP over HTTP; its headers come from `OTEL_EXPORTER_OTLP_HEADERS`. All are gauges, counters
/// too: where they began is the server's to say, and a pusher that is started each minute would begin them anew each time.
/// </summary>
internal sealed class OtlpPush
{
    private const string Name = "sluice.monitor";
    private const int PatienceMs = 5000;
    private const string Signal = "/v1/metrics";

    private readonly Uri collector;
    private string? refusal;

    private OtlpPush(Uri collector) => this.collector = collector;

    public static OtlpPush To(string collector) => Uri.TryCreate(collector, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? new OtlpPush(url)
        : throw new StopException("--otlp is no address of the web.", null, "Write where the collector takes OTLP over HTTP, for example `--otlp http://localhost:4318`.");

    /// <summary>Sends what was seen and nothing else: made anew each time, because the SDK would send again what it has heard of before.</summary>
    /// <returns>Null, or why it was not taken.</returns>
    public string? Push(Look look, DatabaseAddress address)
    {
        refusal = null;
        using var meter = new Meter(Name);
        Gauge(meter, PrometheusText.Up, PrometheusText.UpHelp, () => [new Measurement<double>(look.Figures is null ? 0 : 1, Labels(address, []))]);
        foreach (var figure in FigureBook.All.Where(_ => look.Figures is not null))
        {
            Gauge(meter, figure.Metric, figure.Help, () => figure.Read(look.Figures!).Where(s => s.Value is not null).Select(s => new Measurement<double>(s.Value!.Value * figure.Unit.Factor, Labels(address, s.Labels))));
        }

        using var exporter = new OtlpMetricExporter(new OtlpExporterOptions
        {
            Endpoint = collector.AbsolutePath == "/" ? new Uri(collector, Signal) : collector,
            Protocol = OtlpExportProtocol.HttpProtobuf,
            TimeoutMilliseconds = PatienceMs,
            HttpClientFactory = () => new HttpClient(new Heard(this)) { Timeout = TimeSpan.FromMilliseconds(PatienceMs) },
        });
        using var reader = new OneReading(exporter);
        // One instance, whichever process asks.
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService("sluice", autoGenerateServiceInstanceId: false, serviceInstanceId: $"{address.Server}/{address.Database}").AddEnvironmentVariableDetector())
            .AddMeter(Name).AddReader(reader).Build();
        return reader.Collect(PatienceMs) && refusal is null ? null : refusal ?? $"it did not take the figures within {PatienceMs / 1000} s";

        void Gauge(Meter of, string metric, string help, Func<IEnumerable<Measurement<double>>> measure) => of.CreateObservableGauge(metric, measure, description: help);
    }

    private static KeyValuePair<string, object?>[] Labels(DatabaseAddress address, IEnumerable<(string Name, string Value)> labels) =>
        [new("database", address.Database), .. labels.Select(l => new KeyValuePair<string, object?>(l.Name, l.Value))];

    /// <summary>Others send once more as they end.</summary>
    private sealed class OneReading(OtlpMetricExporter sender) : BaseExportingMetricReader(sender)
    {
        protected override bool OnShutdown(int timeoutMilliseconds) => sender.Shutdown(timeoutMilliseconds);
    }

    /// <summary>The exporter says only whether it was heard; this says why not.</summary>
    private sealed class Heard(OtlpPush push) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Note(() => base.Send(request, cancellationToken));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return Note(await base.SendAsync(request, cancellationToken));
            }
            catch (HttpRequestException failure)
            {
                push.refusal = failure.Message;
                throw;
            }
        }

        private HttpResponseMessage Note(Func<HttpResponseMessage> send)
        {
            try
            {
                return Note(send());
            }
            catch (HttpRequestException failure)
            {
                push.refusal = failure.Message;
                throw;
            }
        }

        private HttpResponseMessage Note(HttpResponseMessage answer)
        {
            push.refusal = answer.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"it answered {(int)answer.StatusCode}");
            return answer;
        }
    }
}
