using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Health;

public sealed partial class HealthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_is_ready_once_its_tables_and_a_key_are_there_and_lives_before_that()
    {
        await using var database = await TestDatabase.CreateAsync();
        var clock = new MovableClock();
        await using var app = await StartAsync(database.Url, clock);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        Assert.Equal((HttpStatusCode.OK, """{"status":"ok"}"""), await GetAsync(client, "/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"unavailable","database":"ok","schema":"not current"}"""), await GetAsync(client, "/health/ready"));

        await database.ExecuteAsync(string.Concat(
            Directory.GetFiles(Path.Combine(Repository.Root, "src/Sluice.Auth/Schema/migrations"), "migration.sql", SearchOption.AllDirectories).Order().Select(File.ReadAllText)));
        clock.Move(TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"unavailable","database":"ok","schema":"ok","keys":"missing"}"""), await GetAsync(client, "/health/ready"));

        await database.ExecuteAsync("INSERT INTO signing_keys VALUES ('k', 'ES256', '', '', now(), now())");
        clock.Move(TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.OK, """{"status":"ok","database":"ok","schema":"ok","keys":"ok"}"""), await GetAsync(client, "/health/ready"));
    }

    [Fact]
    public async Task Bar_66_a_node_without_its_database_lives_and_is_not_ready_and_names_nothing_of_it()
    {
        await using var app = await StartAsync("postgresql://secretuser:secretpassword@127.0.0.1:1/secretdb", new MovableClock());
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"unavailable","database":"unreachable"}"""), await GetAsync(client, "/health/ready"));
        Assert.Equal((HttpStatusCode.OK, """{"status":"ok"}"""), await GetAsync(client, "/health/live"));
    }

    [Fact]
    public async Task Metrics_are_in_the_text_format_and_say_nothing_of_users_clients_or_the_pool()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var app = await StartAsync(database.Url, new MovableClock());
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await GetAsync(client, "/health/ready");
        await GetAsync(client, "/nowhere/canary-path");
        await app.Services.GetRequiredService<SignInAttempts>().DecideAsync(new Attempt("canary@example.com", null, new Sluice.Auth.Web.Client("203.0.113.99", null, "request"), null), isRight: false, Cancellation);

        var (status, text) = await GetAsync(client, "/metrics");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.Matches(Line(), line));
        Assert.Contains("# TYPE sluice_auth_sign_ins_total counter\nsluice_auth_sign_ins_total{result=\"failed\"} 1\n", text, StringComparison.Ordinal);
        Assert.Matches("http_server_request_duration_seconds_count{[^}]*http_route=\"/health/ready\"[^}]*} 1\n", text);
        Assert.Matches("http_server_request_duration_seconds_bucket{[^}]*le=\"\\+Inf\"} 1\n", text);
        Assert.Contains("db_client_connection_count", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113", text, StringComparison.Ordinal);
        Assert.DoesNotContain(database.Name, text, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(string url, TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(clock).AddSingleton<AuthDatabase>().AddOperation().Configure<SluiceAuthOptions>(o =>
        {
            o.DatabaseUrl = url;
            o.Secret = Convert.ToBase64String(new byte[32]);
        });
        var app = builder.Build();
        app.MapSluiceHealth();
        app.MapSluiceMetrics();
        await app.StartAsync(Cancellation);
        return app;
    }

    private static async Task<(HttpStatusCode, string)> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    // The grammar of the exposition format 0.0.4.
    [GeneratedRegex("""^(# HELP [a-zA-Z_:][\w:]* .*|# TYPE [a-zA-Z_:][\w:]* (counter|gauge|histogram)|[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="([^"\\\n]|\\["\\n])*",?)*\})? (NaN|[+-]Inf|-?\d+(\.\d+)?(E[+-]?\d+)?))$""")]
    private static partial Regex Line();
}
