using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Auth;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Microsoft.Extensions.Options;

namespace Sluice.Bench.Auth;

/// <summary>What ASP.NET Core does around the step: the middleware alone, without a socket.</summary>
internal sealed class Pipeline : IAsyncDisposable
{
    /// <summary>Who is asked.</summary>
    public enum Design
    {
        /// <summary>Nobody.</summary>
        Open,

        /// <summary>A scheme that says yes: what is left is ASP.NET Core's own.</summary>
        Yes,

        /// <summary>Sluice.Auth as the scheme.</summary>
        Scheme,

        /// <summary>Sluice.Auth's own middleware.</summary>
        Sluice,
    }

    private const string Secret = "a secret of more than 32 bytes, which it must have";

    private readonly WebApplication app;
    private readonly RequestDelegate run;
    private readonly IServiceScopeFactory scopes;
    private readonly string? header;

    public Pipeline(Design design)
    {
        var authenticates = design != Design.Open;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (design == Design.Yes)
        {
            builder.Services.AddAuthentication("Yes");
            builder.Services.AddTransient<Yes>().AddAuthorization().Configure<AuthenticationOptions>(o => o.AddScheme<Yes>("Yes", null));
        }
        else if (authenticates)
        {
            builder.Services.AddSluiceTokens(o => (o.Issuer, o.Audience, o.HmacSecret) = ("https://auth.example.com", "https://api.example.com", Secret));
        }

        app = builder.Build();
        app.UseRouting();
        if (design == Design.Sluice)
        {
            app.UseSluiceTokens();
        }
        else if (authenticates)
        {
            app.UseAuthentication();
            app.UseAuthorization();
        }

#pragma warning disable ASP0014 // The pipeline is run without the host that would end it.
        app.UseEndpoints(endpoints =>
        {
            var work = endpoints.MapGet("/work", (RequestDelegate)(_ => Task.CompletedTask));
            _ = authenticates ? work.RequireAuthorization() : work;
        });
#pragma warning restore ASP0014
        run = ((IApplicationBuilder)app).Build();
        scopes = app.Services.GetRequiredService<IServiceScopeFactory>();
        if (design is Design.Scheme or Design.Sluice)
        {
            var keys = app.Services.GetRequiredService<KeyRing>();
            keys.Replace([TokenKey.OfSecret(Secret)]);
            var options = new SluiceAuthOptions { Issuer = "https://auth.example.com", Audience = "https://api.example.com" };
            header = "Bearer " + new TokenWriter(keys, Options.Create(options), TimeProvider.System).Write(Field.Account, Field.Account, new HeldRoles("user"), Assurance.Password, DateTimeOffset.UtcNow.AddDays(1)).Text;
        }
    }

    /// <returns>Whether it was let in.</returns>
    public bool Run()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/work";
        context.Request.Headers.Authorization = header;
        // As the server does: services come into being when somebody asks for them.
        using var services = new RequestServicesFeature(context, scopes);
        context.Features.Set<IServiceProvidersFeature>(services);
        run(context).GetAwaiter().GetResult();
        return context.Response.StatusCode == StatusCodes.Status200OK;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private sealed class Yes : IAuthenticationHandler
    {
        private static readonly Task<AuthenticateResult> Same = Task.FromResult(
            AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", Field.Account)], "Yes")), "Yes")));

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context) => Task.CompletedTask;

        public Task<AuthenticateResult> AuthenticateAsync() => Same;

        public Task ChallengeAsync(AuthenticationProperties? properties) => throw new NotSupportedException();

        public Task ForbidAsync(AuthenticationProperties? properties) => throw new NotSupportedException();
    }
}
