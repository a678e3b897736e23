using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

/// <summary>The real program, and a collector that keeps what it is sent.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_and_traces_go_to_the_collector_and_no_secret_with_them()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var collector = await Collector.StartAsync();
        await using var server = await ServerProcess.StartAsync(
            database.Url,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("OTEL_SERVICE_NAME", "auth-of-the-test"));
        using var client = new HttpClient { BaseAddress = server.Address };
        using var register = await TestNode.PostAsync(client, "register", new { email = "ada@example.com", password = TestNode.Password });
        var ada = await SignedIn.OfAsync(register, System.Net.HttpStatusCode.Created);
        using var login = await TestNode.PostAsync(client, "login?token=canary-in-the-query", new { identifier = "ada@example.com", password = TestNode.Password });

        await collector.HeardAsync("/v1/metrics", "sluice.auth.sign_ins", "auth-of-the-test");
        await collector.HeardAsync("/v1/traces", "/auth/v1/login", "auth-of-the-test");
        Assert.Equal(0, await server.StopAsync());

        foreach (var secret in new[] { TestNode.Password, TestNode.Secret, ada.Access, ada.Refresh, "canary-in-the-query", "ada@example.com", "Password=" })
        {
            Assert.DoesNotContain(secret, collector.All, StringComparison.OrdinalIgnoreCase);
        }
    }

    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly ConcurrentQueue<(string Path, string Body)> heard = new();

        private Collector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            app = builder.Build();
            app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                // Texts stand in protobuf as they are.
                heard.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
                context.Response.ContentType = "application/x-protobuf";
            });
        }

        public string Address => app.Urls.First();

        public string All => string.Join('\n', heard.Select(h => h.Body));

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector.app.StartAsync();
            return collector;
        }

        public Task HeardAsync(string path, params string[] words) => Wait.UntilAsync(
            () => heard.Any(h => h.Path == path && words.All(w => h.Body.Contains(w, StringComparison.Ordinal))), $"nothing at {path} says {string.Join(", ", words)}");

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
