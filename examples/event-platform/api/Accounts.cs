using Sluice.Auth.Settings;

namespace EventPlatform;

/// <summary>Sluice.Auth over the platform's own tables.</summary>
internal static class Accounts
{
    public static void Configure(SluiceAuthOptions options, IConfiguration configuration)
    {
        configuration.GetSection("SluiceAuth").Bind(options);
        options.DatabaseUrl = configuration["DATABASE_URL"] ?? "";
        options.Secret = configuration["AUTH_SECRET"] ?? "";
        options.Issuer = options.Audience = configuration["PUBLIC_URL"] ?? "http://localhost:5000";
        options.MigrateOnStart = configuration.GetValue("AUTH_MIGRATE", false);
        // The page's scripts never hold a refresh token.
        options.Cookies.Enabled = true;
        var tables = options.Tables;
        tables.Ids = IdKind.Cuid;
        // One table of users. What it has no column for is done without.
        tables.Existing.UnionWith(["users", "sessions", "token_blacklist"]);
        tables.Absent.UnionWith(["users.username", "users.metadata", "users.isWhitelisted", "sessions.country"]);
        (tables.Schema, tables.ExistingSchema) = ("auth", "public");
    }

    /// <summary>
    /// Clients that are no browser keep their tokens themselves, as they did before there was a page. A browser says with every POST where it comes
    /// from, and a request without the cookie is worth nothing to another site.
    /// </summary>
    public static void UseTokensWithoutBrowser(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var (request, headers) = (context.Request, context.Request.Headers);
        if (request.Path.StartsWithSegments("/auth/v1", StringComparison.Ordinal) && !headers.ContainsKey("Sec-Fetch-Site") && headers.Origin.Count == 0)
        {
            request.QueryString = request.QueryString.Add("useCookies", "false");
        }

        return next(context);
    });
}
