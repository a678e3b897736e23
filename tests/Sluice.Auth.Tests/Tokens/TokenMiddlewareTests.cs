using System.Net;
using System.Security.Claims;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Xunit;

namespace Sluice.Auth.Tests.Tokens;

/// <summary>`UseSluiceTokens` lets nobody in whom `UseAuthentication` and `UseAuthorization` would not, and answers as they do.</summary>
public sealed partial class TokenMiddlewareTests
{
    private const string Secret = "a secret of this test that is long enough";
    private const string Account = "01900000-0000-7000-8000-000000000000";

    private static readonly string[] Paths = ["/plain", "/twice", "/open", "/allowed", "/named", "/user", "/nobody", "/aal2", "/asserted", "/data", "/sure", "/nowhere"];

    [Fact]
    public async Task Every_kind_of_endpoint_answers_every_kind_of_caller_as_the_two_middlewares_do()
    {
        await using var ours = await StartAsync(ours: true);
        await using var theirs = await StartAsync(ours: false);
        var token = Token();

        var statuses = new Dictionary<(string, string?), HttpStatusCode>();
        foreach (var path in Paths)
        {
            foreach (var header in new[] { null, $"Bearer {token}", $"bearer {token} ", $"Bearer {token[..^8]}AAAAAAAA", "Bearer", "Bearer x", $"Basic {token}" })
            {
                var said = await SaidAsync(ours, path, header);
                Assert.Equal(await SaidAsync(theirs, path, header), said);
                // Of an endpoint that has been looked at, too.
                Assert.Equal(said, await SaidAsync(ours, path, header));
                statuses[(path, header)] = said.Status;
            }
        }

        Assert.Equal(HttpStatusCode.OK, statuses[("/plain", $"Bearer {token}")]);
        Assert.Equal(HttpStatusCode.OK, statuses[("/user", $"Bearer {token}")]);
        Assert.Equal(HttpStatusCode.Unauthorized, statuses[("/plain", null)]);
        Assert.Equal(HttpStatusCode.Unauthorized, statuses[("/plain", $"Bearer {token[..^8]}AAAAAAAA")]);
        Assert.All(["/nobody", "/aal2", "/asserted", "/data"], p => Assert.Equal(HttpStatusCode.Forbidden, statuses[(p, $"Bearer {token}")]));
    }

    [Fact]
    public async Task What_an_application_puts_in_the_place_of_the_frameworks_own_is_asked()
    {
        await RefusedAsync(s => s.AddSingleton<IAuthorizationHandler, Veto>());
        await RefusedAsync(s => s.AddScoped<IAuthorizationHandler, Veto>());
        await RefusedAsync(s => s.AddSingleton<IAuthorizationEvaluator, NoEvaluator>());
        await RefusedAsync(s => s.Configure<AuthorizationOptions>(o => o.DefaultPolicy = new AuthorizationPolicyBuilder().RequireRole("nobody").Build()));
        await RefusedAsync(s => s.Configure<AuthorizationOptions>(o => o.FallbackPolicy = new AuthorizationPolicyBuilder().RequireRole("nobody").Build()), "/open");
        await RefusedAsync(s => s.PostConfigure<AuthenticationOptions>(o => o.Schemes.Single(x => x.Name == SluiceAuth.Scheme).HandlerType = typeof(NobodyHandler)).AddTransient<NobodyHandler>(), status: HttpStatusCode.Unauthorized);
        await RefusedAsync(
            s => s.Configure<AuthenticationOptions>(o =>
            {
                o.AddScheme<NobodyHandler>("Nobody", null);
                o.DefaultAuthenticateScheme = "Nobody";
            }).AddTransient<NobodyHandler>(),
            status: HttpStatusCode.Unauthorized);

        await using var app = await StartAsync(ours: true, s => s.AddSingleton<IClaimsTransformation, Renaming>());
        Assert.Equal("renamed", (await SaidAsync(app, "/plain", $"Bearer {Token()}")).Body);

        static async Task RefusedAsync(Action<IServiceCollection> configure, string path = "/plain", HttpStatusCode status = HttpStatusCode.Forbidden)
        {
            await using var app = await StartAsync(ours: true, configure);
            Assert.Equal(status, (await SaidAsync(app, path, $"Bearer {Token()}")).Status);
        }
    }

    [Fact]
    public async Task Who_chooses_another_scheme_for_each_request_is_asked_each_time()
    {
        await using var app = await StartAsync(ours: true, s => s.AddTransient<NobodyHandler>().AddSingleton<IAuthenticationSchemeProvider, ChoosingProvider>()
            .Configure<AuthenticationOptions>(o => o.AddScheme<NobodyHandler>("Nobody", null)));
        Assert.Equal(HttpStatusCode.OK, (await SaidAsync(app, "/plain", $"Bearer {Token()}")).Status);

        ((ChoosingProvider)app.Services.GetRequiredService<IAuthenticationSchemeProvider>()).Default = "Nobody";
        Assert.Equal(HttpStatusCode.Unauthorized, (await SaidAsync(app, "/plain", $"Bearer {Token()}")).Status);
    }

    [Fact]
    public async Task What_a_request_adds_to_its_user_is_no_other_requests()
    {
        await using var app = await StartAsync(ours: true);
        var token = Token();

        Assert.Equal("1", (await SaidAsync(app, "/adds", $"Bearer {token}")).Body);
        Assert.Equal("1", (await SaidAsync(app, "/adds", $"Bearer {token}")).Body);
        Assert.Equal("replaced", (await SaidAsync(app, "/replaces", $"Bearer {token}")).Body);
        Assert.Equal(Account, (await SaidAsync(app, "/result", $"Bearer {token}")).Body);
    }

    [Fact]
    public async Task Nobody_is_authenticated_before_it_stands_in_the_pipeline()
    {
        bool? before = null;
        await using var app = await StartAsync(ours: true, inFront: app => app.Use((context, next) =>
        {
            before = context.User.Identity?.IsAuthenticated;
            return next(context);
        }));

        Assert.Equal(HttpStatusCode.OK, (await SaidAsync(app, "/plain", $"Bearer {Token()}")).Status);
        Assert.False(before);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_verified_once()
    {
        var (ours, theirs) = (new CountingClock(), new CountingClock());
        await using var one = await StartAsync(ours: true, s => s.AddSingleton<TimeProvider>(ours));
        await using var two = await StartAsync(ours: false, s => s.AddSingleton<TimeProvider>(theirs));
        var header = $"Bearer {Token()[..^8]}AAAAAAAA";

        Assert.Equal(await AskedAsync(two, theirs), await AskedAsync(one, ours));

        // Each verification asks for the time.
        async Task<int> AskedAsync(WebApplication app, CountingClock clock)
        {
            await SaidAsync(app, "/plain", header);
            var before = clock.Asked;
            await SaidAsync(app, "/plain", header);
            return clock.Asked - before;
        }
    }

    private static async Task<WebApplication> StartAsync(bool ours, Action<IServiceCollection>? configure = null, Action<IApplicationBuilder>? inFront = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSluiceTokens(o => (o.Issuer, o.Audience, o.HmacSecret) = (TestNode.Issuer, TestNode.Audience, Secret));
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        inFront?.Invoke(app);
        if (ours)
        {
            app.UseSluiceTokens();
        }
        else
        {
            app.UseAuthentication();
            app.UseAuthorization();
        }

        app.MapGet("/plain", Name).RequireAuthorization();
        app.MapGet("/twice", Name).RequireAuthorization().RequireAuthorization(p => p.AddAuthenticationSchemes(SluiceAuth.Scheme).RequireAuthenticatedUser());
        app.MapGet("/open", Name);
        app.MapGet("/allowed", Name).RequireAuthorization().AllowAnonymous();
        app.MapGet("/named", [Authorize] (HttpContext c) => c.Response.WriteAsync(c.User.Identity!.Name!));
        app.MapGet("/user", Name).RequireAuthorization(p => p.RequireRole("user"));
        app.MapGet("/nobody", Name).RequireAuthorization(p => p.RequireRole("nobody"));
        app.MapGet("/aal2", Name).RequireAuthorization("aal2");
        app.MapGet("/asserted", Name).RequireAuthorization(p => p.RequireAssertion(_ => false));
        app.MapGet("/data", Name).RequireAuthorization().WithMetadata(new NobodyAttribute());
        app.MapGet("/sure", Name).RequireFreshRevocation();
        app.MapGet("/adds", (RequestDelegate)(c =>
        {
            ((ClaimsIdentity)c.User.Identity!).AddClaim(new Claim("added", "1"));
            c.User.AddIdentity(new ClaimsIdentity());
            return c.Response.WriteAsync($"{c.User.FindAll("added").Count()}");
        })).RequireAuthorization();
        app.MapGet("/replaces", (RequestDelegate)(c =>
        {
            c.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "replaced")], "test", "sub", "role"));
            return c.Response.WriteAsync(c.User.Identity!.Name!);
        })).RequireAuthorization();
        app.MapGet("/result", (RequestDelegate)(c =>
        {
            var result = c.Features.Get<IAuthenticateResultFeature>()!.AuthenticateResult!;
            return c.Response.WriteAsync(ReferenceEquals(result.Principal, c.User) && result.Ticket!.AuthenticationScheme == SluiceAuth.Scheme ? c.User.Identity!.Name! : "");
        })).RequireAuthorization();
        await app.StartAsync();
        return app;

        static Task Name(HttpContext context) => context.Response.WriteAsync(context.User.Identity?.Name ?? "nobody");
    }

    private static string Token()
    {
        var keys = new KeyRing();
        keys.Replace([TokenKey.OfSecret(Secret)]);
        var options = Options.Create(new SluiceAuthOptions { Issuer = TestNode.Issuer, Audience = TestNode.Audience });
        return new TokenWriter(keys, options, TimeProvider.System).Write(Account, Account, new HeldRoles("user"), Assurance.Password, DateTimeOffset.UtcNow.AddDays(1)).Text;
    }

    private static async Task<(HttpStatusCode Status, string Challenge, string? Type, string Body)> SaidAsync(WebApplication app, string path, string? header)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.First() + path);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        using var response = await client.SendAsync(request);
        // Each request has an id of its own.
        var body = OwnId().Replace(await response.Content.ReadAsStringAsync(), "");
        return (response.StatusCode, response.Headers.WwwAuthenticate.ToString(), response.Content.Headers.ContentType?.ToString(), body);
    }

    [GeneratedRegex("\"traceId\":\"[^\"]+\"")]
    private static partial Regex OwnId();

    private sealed class CountingClock : TimeProvider
    {
        private int asked;

        public int Asked => Volatile.Read(ref asked);

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Increment(ref asked);
            return base.GetUtcNow();
        }
    }

    private sealed class Veto : IAuthorizationHandler
    {
        public Task HandleAsync(AuthorizationHandlerContext context)
        {
            context.Fail();
            return Task.CompletedTask;
        }
    }

    private sealed class NoEvaluator : IAuthorizationEvaluator
    {
        public AuthorizationResult Evaluate(AuthorizationHandlerContext context) => AuthorizationResult.Failed();
    }

    private sealed class Renaming : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) =>
            Task.FromResult(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "renamed")], "test", "sub", "role")));
    }

    private sealed class ChoosingProvider(IOptions<AuthenticationOptions> options) : AuthenticationSchemeProvider(options)
    {
        public string Default { get; set; } = SluiceAuth.Scheme;

        public override Task<AuthenticationScheme?> GetDefaultAuthenticateSchemeAsync() => GetSchemeAsync(Default);

        public override Task<AuthenticationScheme?> GetDefaultChallengeSchemeAsync() => GetSchemeAsync(Default);
    }

    private sealed class NobodyHandler : IAuthenticationHandler
    {
        private HttpContext? context;

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
        {
            this.context = context;
            return Task.CompletedTask;
        }

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.Fail("nobody"));

        public Task ChallengeAsync(AuthenticationProperties? properties)
        {
            context!.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        public Task ForbidAsync(AuthenticationProperties? properties) => ChallengeAsync(properties);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NobodyAttribute : Attribute, IAuthorizationRequirementData
    {
        public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new Microsoft.AspNetCore.Authorization.Infrastructure.RolesAuthorizationRequirement(["nobody"])];
    }
}
