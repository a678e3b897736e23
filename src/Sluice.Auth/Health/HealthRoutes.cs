using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Health;
using Sluice.Auth.Metrics;

namespace Sluice.Auth;

/// <summary>Routes for those who run the service.</summary>
public static class HealthRoutes
{
    /// <summary>`/health/live`: the process answers. `/health/ready`: it can do its work; 503 when not.</summary>
    public static IEndpointConventionBuilder MapSluiceHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health");
        group.MapGet("/live", (RequestDelegate)(context => WriteAsync(context, [])));
        group.MapGet("/ready", (RequestDelegate)(async context => await WriteAsync(context, await context.RequestServices.GetRequiredService<Readiness>().CheckAsync(context.RequestAborted))));
        return group;
    }

    /// <summary>`/metrics` in Prometheus' text format. It says nothing of single users; still, open it only to those who collect it.</summary>
    public static IEndpointConventionBuilder MapSluiceMetrics(this IEndpointRouteBuilder routes, string path = "/metrics")
    {
        // Made now, so that it hears the first request.
        var metrics = routes.ServiceProvider.GetRequiredService<MetricsText>();
        return routes.MapGet(path, (RequestDelegate)(context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
        }));
    }

    private static async Task WriteAsync(HttpContext context, IReadOnlyList<(string Check, string State)> checks)
    {
        var isReady = checks.All(c => c.State is Readiness.Ok or Readiness.Degraded);
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", isReady ? "ok" : "unavailable");
        foreach (var (check, state) in checks)
        {
            json.WriteString(check, state);
        }

        json.WriteEndObject();
    }
}
