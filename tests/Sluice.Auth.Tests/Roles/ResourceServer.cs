using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Roles;

/// <summary>Another service with the routes of a node that ask for roles, and no database.</summary>
internal sealed class ResourceServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ResourceServer(WebApplication app)
    {
        this.app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static async Task<ResourceServer> StartAsync(TestNode issuer, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(TestLog.Now).SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSluiceTokens(o =>
            (o.Issuer, o.Audience, o.KeySetUrl) = (TestNode.Issuer, TestNode.Audience, new Uri(issuer.Client.BaseAddress!, "/.well-known/jwks.json").ToString()));
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/mine", (HttpContext c) => string.Join(' ', c.User.Claims.Where(x => x.Type.StartsWith("app_", StringComparison.Ordinal)).Select(x => $"{x.Type}={x.Value}"))).RequireAuthorization();
        app.MapGet("/organizers", () => "").RequireAuthorization(p => p.RequireRole("ORGANIZER"));
        app.MapGet("/rooms/{room}", (string room) => room).RequireScopedRole("room", "room", "ORGANIZER", "MODERATOR");
        app.MapGet("/administration", () => "").RequireAdministrator();
        await app.StartAsync();
        return new ResourceServer(app);
    }

    public async Task<HttpStatusCode> StatusAsync(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", token) } };
        using var response = await Client.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>When it has read the keys.</summary>
    public async Task<HttpStatusCode> SoonAsync(string token, string path)
    {
        await Wait.UntilAsync(async () => await StatusAsync(token, path) != HttpStatusCode.Unauthorized, "the service does not accept the token");
        return await StatusAsync(token, path);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
