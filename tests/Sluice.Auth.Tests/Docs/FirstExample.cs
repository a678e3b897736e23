using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Sluice.Auth.Tests.Docs;

/// <summary>The first example of docs/auth.md, line by line.</summary>
internal static class FirstExample
{
    public static WebApplication Make(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSluiceAuth(options =>
        {
            options.DatabaseUrl = builder.Configuration["DATABASE_URL"]!;
            options.Secret = builder.Configuration["AUTH_SECRET"]!;   // openssl rand -base64 32
            options.Issuer = "http://localhost:5000";
            options.Audience = "http://localhost:5000";
            options.MigrateOnStart = builder.Environment.IsDevelopment();
        });

        var app = builder.Build();
        app.MapSluiceAuth();
        app.MapGet("/hello", (ClaimsPrincipal user) => $"Hello {user.Identity!.Name}").RequireAuthorization();
        return app;
    }
}
