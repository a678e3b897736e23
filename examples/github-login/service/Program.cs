using System.Security.Claims;
using GitHubLogin;
using Sluice.Auth;
using Sluice.Auth.Settings;

if (args is ["--stub", var address])
{
    await GitHubStub.RunAsync(address);
    return 0;
}

var builder = WebApplication.CreateSlimBuilder(args);
// At Information it writes the query of every address, and a sign-in's code is there.
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
var settings = builder.Configuration;
var own = settings["ADDRESS"] ?? "http://localhost:5000";
builder.Services.AddSluiceAuth(o =>
{
    o.DatabaseUrl = settings["DATABASE_URL"] ?? "";
    o.Secret = settings["AUTH_SECRET"] ?? "";
    o.Issuer = o.Audience = own;

    // The users of schema.prisma, its is_whitelisted among them; the other tables are Sluice.Auth's, spelled as that one is.
    o.Tables.Columns = ColumnStyle.SnakeCase;
    o.Tables.Existing.Add("users");
    o.Tables.Absent.UnionWith(["users.username", "users.name", "users.role", "users.metadata"]);

    // Nobody comes in who was not let in, and who is let in comes by GitHub.
    o.AllowList.Enabled = true;
    o.DisabledRoutes.Add(AuthRoutes.Register);
    o.AddGitHub(github =>
    {
        (github.ClientId, github.ClientSecret) = (settings["GITHUB_ID"] ?? "", settings["GITHUB_SECRET"] ?? "");
        // Another GitHub than github.com: an installation of one's own, or the stub of the check.
        github.Issuer = settings["GITHUB_URL"] is { Length: > 0 } url ? $"{url}/login/oauth" : github.Issuer;
        github.ApiUrl = settings["GITHUB_API"] is { Length: > 0 } api ? api : github.ApiUrl;
    });
    o.Identities.RedirectUris.Add($"{own}/");

    // It makes tables for the audit's months, which the role of the service must not: `service cleanup …` as the owner does it.
    o.Upkeep.Enabled = false;
});

await using var app = builder.Build();
// `allowlist add …`, `schema print --out …`, `cleanup …`
if (AuthCommands.Knows(args))
{
    return await AuthCommands.RunAsync(app.Services, args, Console.Out);
}

app.UseAuthentication();
app.UseAuthorization();
app.MapSluiceAuth();
app.MapSluiceHealth();
app.MapGet("/", () => Results.File(Path.Combine(AppContext.BaseDirectory, "index.html"), "text/html"));
app.MapGet("/hello", (ClaimsPrincipal user) => $"Hello {user.Identity!.Name}\n").RequireAuthorization();
AllowListRoutes.Map(app);
await app.RunAsync();
return 0;
