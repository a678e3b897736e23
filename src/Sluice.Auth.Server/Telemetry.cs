using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sluice.Auth.Server;

/// <summary>Metrics and traces by OTLP, where `OTEL_EXPORTER_OTLP_ENDPOINT` says so; the exporter reads that and its other variables by itself.</summary>
internal sealed class Telemetry : IHostedService
{
    private MeterProvider? metrics;
    private TracerProvider? traces;

    public static bool IsWanted(IConfiguration configuration) => configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var service = ResourceBuilder.CreateDefault().AddService("sluice-auth").AddEnvironmentVariableDetector();
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(service)
            .AddMeter("Sluice.Auth", "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddOtlpExporter()
            .Build();
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(service)
            .AddSource("Microsoft.AspNetCore", "Npgsql")
            .AddProcessor(new WithoutQueries())
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>Says of a request's trace what it was, by the route's pattern: addresses are anybody's to write.</summary>
    public static async Task NameAsync(HttpContext context, RequestDelegate next)
    {
        var request = Activity.Current;
        await next(context);
        if (request is not null)
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            request.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
            request.SetTag("http.request.method", context.Request.Method).SetTag("http.route", route).SetTag("http.response.status_code", context.Response.StatusCode);
        }
    }

    // What happened last is sent, too; a collector that is away holds nobody up for long.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        const int Patience = 2000;
        metrics?.Shutdown(Patience);
        traces?.Shutdown(Patience);
        metrics?.Dispose();
        traces?.Dispose();
        return Task.CompletedTask;
    }

    // A mailed link carries its token in the query.
    private sealed class WithoutQueries : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            data.SetTag("url.query", null);
            data.SetTag("url.full", null);
        }
    }
}
