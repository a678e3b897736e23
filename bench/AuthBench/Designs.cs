using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Sluice.Auth;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;

namespace Sluice.Bench.Auth;

/// <summary>The servers that are compared: one route, `GET /work`, that says who asks, and the ways to find out who that is.</summary>
internal static class Designs
{
    /// <summary>Of the server without authentication, to which nobody sends a token.</summary>
    public const string Bare = "bare";

    /// <summary>The names of those for `GET /work`, and what is said of them.</summary>
    public static IReadOnlyList<(string Name, string Title)> ForRequests { get; } =
    [
        ("open", "no authentication at all; the same header is sent"),
        (Bare, "no authentication at all, and no header"),
        ("sluice", "**Sluice.Auth**: ES256, revocation in memory, `UseSluiceTokens`"),
        ("scheme", "the same as a scheme of `UseAuthentication` and `UseAuthorization`"),
        ("jwt-redis", "JwtBearer 8.0.30: ES256, `OnTokenValidated` asks a denylist in Redis (EXISTS, pipelined)"),
        ("jwt-postgres", "JwtBearer 8.0.30: ES256, `OnTokenValidated` asks a denylist in PostgreSQL (prepared)"),
        ("redis", "our own verification and memory of it, and the denylist asked in Redis (EXISTS, pipelined)"),
        ("postgres", "our own verification and memory of it, and the denylist asked in PostgreSQL (prepared)"),
        ("before", "session looked up by access token in PostgreSQL"),
        ("before-tuned", "the same, prepared and multiplexed"),
    ];

    public static async Task ServeAsync(string design, string database, string redis, string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddFilter((category, level) => level >= LogLevel.Warning || category == "Microsoft.Hosting.Lifetime");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        Add(builder.Services, design, database, redis);
        var app = builder.Build();
        if (design == "open")
        {
            app.MapGet("/work", (RequestDelegate)(context => context.Response.WriteAsync(Field.Account)));
        }
        else
        {
            if (design is "sluice" or "node")
            {
                app.UseSluiceTokens();
            }
            else
            {
                app.UseAuthentication();
                app.UseAuthorization();
            }

            app.MapGet("/work", (RequestDelegate)(context => context.Response.WriteAsync(context.User.Identity!.Name!))).RequireAuthorization();
        }

        if (design == "identity")
        {
            app.MapIdentityApi<IdentityUser>();
            await IdentityBaseline.PrepareAsync(app.Services);
        }
        else if (app.Services.GetService<VerifiedTokens>() is not null)
        {
            app.MapSluiceAuth();
        }

        app.MapGet("/memory", (RequestDelegate)(context => context.Response.WriteAsync(Memory(context.RequestServices.GetService<RevocationList>()?.Count ?? 0))));
        if (design == "sluice")
        {
            await app.StartAsync();
            await Seed.WriteAsync(app.Services, folder);
            Console.WriteLine("seeded");
            await app.WaitForShutdownAsync();
        }
        else
        {
            await app.RunAsync();
        }
    }

    private static void Add(IServiceCollection services, string design, string database, string redis)
    {
        switch (design)
        {
            case "open":
                break;
            case "sluice" or "node" or "scheme" or "redis" or "postgres":
                services.AddSluiceAuth(o =>
                {
                    (o.DatabaseUrl, o.Issuer, o.Audience, o.Secret) = (database, "https://auth.example.com", "https://api.example.com", Convert.ToBase64String(new byte[32]));
                    o.MigrateOnStart = design == "sluice";
                    foreach (var limit in typeof(RateLimitOptions).GetProperties())
                    {
                        limit.SetValue(o.RateLimits, default(RateLimit));
                    }
                });
                if (design is "redis" or "postgres")
                {
                    services.AddSingleton(Denylist(design, database, redis));
                    Replace<AskingHandler>(services);
                }

                break;
            case "jwt-redis" or "jwt-postgres":
                JwtBearerBaseline.Add(services, database, Denylist(design[4..], database, redis));
                break;
            case "before" or "before-tuned":
                services.AddSingleton(NpgsqlDataSource.Create(Pool(database, design == "before-tuned").ConnectionString));
                services.AddAuthentication("Sluice").AddScheme<AuthenticationSchemeOptions, SessionLookUp>("Sluice", null);
                services.AddAuthorization();
                break;
            case "identity":
                services.AddDbContextPool<IdentityBaseline>(o => o.UseNpgsql(Pool(database, false).ConnectionString));
                services.AddIdentityApiEndpoints<IdentityUser>().AddEntityFrameworkStores<IdentityBaseline>();
                services.AddAuthorization();
                break;
            default:
                throw new ArgumentException($"there is no design `{design}`", nameof(design));
        }
    }

    private static IDenylist Denylist(string where, string database, string redis) =>
        where == "redis" ? new RedisDenylist(redis) : new PostgresDenylist(NpgsqlDataSource.Create(Pool(database, multiplexed: false).ConnectionString));

    // The scheme stays, with everything that is fast about it, and asks before it lets anybody in.
    private static void Replace<THandler>(IServiceCollection services)
        where THandler : class, IAuthenticationHandler
    {
        services.TryAddTransient<THandler>();
        services.PostConfigure<AuthenticationOptions>(o => o.Schemes.Single(s => s.Name == "Sluice").HandlerType = typeof(THandler));
    }

    // What Sluice.Auth gives itself, too.
    public static NpgsqlConnectionStringBuilder Pool(string url, bool multiplexed)
    {
        var address = new Uri(url);
        var user = address.UserInfo.Split(':');
        return new NpgsqlConnectionStringBuilder
        {
            Host = address.Host, Port = address.Port, Username = user[0], Password = Uri.UnescapeDataString(user[1]), Database = address.AbsolutePath[1..],
            MaxAutoPrepare = multiplexed ? 0 : 64, NoResetOnClose = true, Multiplexing = multiplexed, MaxPoolSize = multiplexed ? 4 : 32,
        };
    }

    private static string Memory(int revocations)
    {
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{heap} {Environment.WorkingSet} {revocations}");
    }
}
