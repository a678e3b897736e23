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
        var tables = options.Tables;
        tables.Ids = IdKind.Cuid;
        // One table of users. What it has no column for is done without.
        tables.Existing.UnionWith(["users", "sessions", "token_blacklist"]);
        tables.Absent.UnionWith(["users.username", "users.metadata", "users.isWhitelisted", "sessions.country"]);
        (tables.Schema, tables.ExistingSchema) = ("auth", "public");
    }
}
