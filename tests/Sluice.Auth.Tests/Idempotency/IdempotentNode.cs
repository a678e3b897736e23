using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Idempotency;
using Sluice.Auth.Lockout;
using Sluice.Auth.Metrics;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Idempotency;

/// <summary>A node of an application with idempotent endpoints, on a port of its own. Its caller is whom the header `X-User` names.</summary>
internal sealed class IdempotentNode(WebApplication app) : IAsyncDisposable
{
    private readonly ConcurrentQueue<Exception> failures = [];
    private int ran;

    public HttpClient Client { get; } = new();

    public int Ran => ran;

    /// <summary>What reached the server, which ends the connection for it.</summary>
    public IReadOnlyCollection<Exception> Failures => failures;

    /// <summary>What the endpoint does; what it has been asked is in the context.</summary>
    public Func<HttpContext, Task> Work { get; set; } = context => context.Response.WriteAsync($"order {Guid.NewGuid()}");

    public static async Task<IdempotentNode> StartAsync(TestDatabase database, Action<SluiceAuthOptions>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<AuthDatabase>().AddMetrics().AddSingleton<AuthMetrics>().AddSingleton<RateLimits>().AddIdempotency().Configure<SluiceAuthOptions>(o =>
        {
            o.DatabaseUrl = database.Url;
            o.Secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"));
            more?.Invoke(o);
        });
        var app = builder.Build();
        var node = new IdempotentNode(app);
        app.Use(async (context, next) =>
        {
            if (context.Request.Headers["X-User"] is [{ } user])
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new System.Security.Claims.Claim("sub", user)], "test"));
            }

            try
            {
                await next(context);
            }
            catch (Exception failure)
            {
                node.failures.Enqueue(failure);
                throw;
            }
        });
        app.UseRouting();
        app.UseSluiceIdempotency();
        app.MapPost("/orders", node.RunAsync).RequireIdempotencyKey();
        app.MapPost("/notes", node.RunAsync).AcceptIdempotencyKey();
        app.MapPost("/plain", node.RunAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        node.Client.BaseAddress = new Uri(app.Urls.Single());
        return node;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, string? key, string body = "{}", string? user = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (user is not null)
        {
            request.Headers.Add("X-User", user);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    private async Task RunAsync(HttpContext context)
    {
        Interlocked.Increment(ref ran);
        await Work(context);
    }
}
