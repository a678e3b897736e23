using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Support;

/// <summary>A host of its own on a port of its own: Kestrel, PostgreSQL, the whole of Sluice.Auth, and one route of the application's.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public const string Password = "a quiet evening at home";
    public const string Secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    public const string Issuer = "https://auth.example.com";
    public const string Audience = "https://api.example.com";

    private readonly WebApplication app;

    private TestNode(WebApplication app)
    {
        this.app = app;
        Client = NewClient(new HttpClientHandler());
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Those that MapSluiceAuth has mapped.</summary>
    public IReadOnlyList<RouteEndpoint> AuthEndpoints =>
        [.. Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<RouteName>() is not null)];

    /// <summary>All migrations that travel with the library.</summary>
    public static string Migrations { get; } = string.Join('\n', typeof(SluiceAuth).Assembly.GetManifestResourceNames()
        .Where(n => n.EndsWith("/migration.sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Embedded.Text));

    public static Task<TestDatabase> NewDatabaseAsync() => TestDatabase.CreateAsync(Migrations);

    public static Task<TestNode> StartAsync(
        TestDatabase database, Action<SluiceAuthOptions>? configure = null, TimeProvider? clock = null, Action<SluiceAuthRoutes>? routes = null, Action<WebApplicationBuilder>? host = null) =>
        StartAsync(Patient(database.Url), configure, clock, routes, host);

    /// <summary>Of a database that answers, on a machine that may have much else to do: with seconds alone, a test of something else would be told to come again.</summary>
    public static string Patient(string databaseUrl) => $"{databaseUrl}?connect_timeout=120&socket_timeout=120";

    public static async Task<TestNode> StartAsync(
        string databaseUrl, Action<SluiceAuthOptions>? configure = null, TimeProvider? clock = null, Action<SluiceAuthRoutes>? routes = null, Action<WebApplicationBuilder>? host = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // So that a test that fails says why.
        builder.Logging.ClearProviders().AddProvider(TestLog.Now).SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddOpenApi();
        builder.Services.AddSluiceAuth(o =>
        {
            o.DatabaseUrl = databaseUrl;
            o.Issuer = Issuer;
            o.Audience = Audience;
            o.Secret = Secret;
            o.Upkeep.Enabled = false;
            o.RateLimits.SignInsPerClient = o.RateLimits.SignInsPerName = o.RateLimits.RegistrationsPerClient = default;
            o.RateLimits.ConfirmationsPerAccount = o.RateLimits.RefusedRefreshesPerClient = o.RateLimits.ProfileChangesPerAccount = o.RateLimits.AnonymousKeysPerClient = default;
            o.Passwords.Argon2MemoryKiB = 7168;
            o.Passwords.Argon2Iterations = 1;
            configure?.Invoke(o);
        });
        host?.Invoke(builder);
        var app = builder.Build();
        // What a host answers in a route's place is its own.
        if (routes is null)
        {
            app.Use(Responses.NoteAsync);
        }

        app.Use(TellingFailuresAsync);
        app.UseSluiceTokens();
        var auth = app.MapSluiceAuth();
        routes?.Invoke(auth);
        app.MapOpenApi();
        app.MapGet("/mine", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireAuthorization();
        app.MapGet("/sure", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireFreshRevocation();
        app.MapSluiceHealth();
        app.MapSluiceMetrics();
        app.MapGet("/mine/aal2", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireAuthorization("aal2");
        app.MapGet("/organizers", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireAuthorization(p => p.RequireRole("ORGANIZER"));
        app.MapGet("/rooms/{room}", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireScopedRole("room", "room", "ORGANIZER", "MODERATOR");
        app.MapGet("/administration", (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!)).RequireAdministrator();
        await app.StartAsync();
        var node = new TestNode(app);
        Responses.Expect(node.AuthEndpoints);
        return node;
    }

    /// <summary>One more client, whose refusals count for the document of the API as those of <see cref="Client"/> do.</summary>
    public HttpClient NewClient(HttpMessageHandler inner) => new(Responses.Codes(AuthEndpoints, inner)) { BaseAddress = new Uri(app.Urls.First()) };

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public Task<HttpResponseMessage> PostAsync(string path, object body, string? token = null) => SendAsync(HttpMethod.Post, path, token, body);

    public static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body) => client.PostAsJsonAsync($"/auth/v1/{path}", body);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token = null, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/auth/v1/{path}");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await Client.SendAsync(request);
    }

    public async Task<HttpStatusCode> StatusAsync(string? token, string path = "/mine")
    {
        using var response = await SendAsync(HttpMethod.Get, path, token);
        return response.StatusCode;
    }

    public async Task<SignedIn> RegisterAsync(string email = "ada@example.com", string? username = null) =>
        await SignedIn.OfAsync(await PostAsync("register", new { email, username, password = Password }), HttpStatusCode.Created);

    public async Task<SignedIn> LoginAsync(string identifier = "ada@example.com", string password = Password) =>
        await SignedIn.OfAsync(await PostAsync("login", new { identifier, password }), HttpStatusCode.OK);

    public async Task<SignedIn> RefreshAsync(string refreshToken) =>
        await SignedIn.OfAsync(await PostAsync("token/refresh", new { refreshToken }), HttpStatusCode.OK);

    public async Task<HttpStatusCode> TryRefreshAsync(string refreshToken)
    {
        using var response = await PostAsync("token/refresh", new { refreshToken });
        return response.StatusCode;
    }

    // So that a test that fails says why.
    private static async Task TellingFailuresAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted && failure is not OperationCanceledException)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await context.Response.WriteAsync(failure.ToString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

internal sealed record SignedIn(string Access, string Refresh, string UserId)
{
    public string Claim(string name)
    {
        using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(Access.Split('.')[1]));
        return claims.RootElement.GetProperty(name).GetString()!;
    }

    public static async Task<SignedIn> OfAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync();
            Xunit.Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {body}");
            using var json = JsonDocument.Parse(body);
            return new SignedIn(json.RootElement.GetProperty("accessToken").GetString()!, json.RootElement.GetProperty("refreshToken").GetString()!, json.RootElement.GetProperty("user").GetProperty("id").GetString()!);
        }
    }
}

/// <summary>A clock that a test moves.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long ahead;

    public void Move(TimeSpan by) => Interlocked.Add(ref ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref ahead));
}
