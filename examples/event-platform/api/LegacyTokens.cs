using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using EventPlatform.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EventPlatform;

/// <summary>
/// Access tokens from before the redesign: for a day they are looked up by their hashes, as the old application did it. Then the table is empty, and
/// this file and the table can go.
/// </summary>
internal sealed class LegacyTokens(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, EventPlatformContext db, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string SchemeName = "Legacy";

    private const string Bearer = "Bearer ";
    private const int Longest = 512;

    /// <summary>Ours have two dots.</summary>
    public static bool HasOne(HttpRequest request) => request.Headers.Authorization is [{ } header] && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && !header.Contains('.', StringComparison.Ordinal);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var token = Request.Headers.Authorization.ToString()[Bearer.Length..].Trim();
        if (token.Length is 0 or > Longest)
        {
            return AuthenticateResult.Fail("No token.");
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var now = clock.GetUtcNow().UtcDateTime;
        var session = await db.LegacyAccessTokens.AsNoTracking().Where(t => t.TokenHash == hash && t.ExpiresAt > now && t.Session.User.IsActive).Select(t => new { t.SessionId, t.Session.UserId }).SingleOrDefaultAsync(Context.RequestAborted);
        return session is null
            ? AuthenticateResult.Fail("The token is not known, or its day is over.")
            : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", session.UserId), new Claim("sid", session.SessionId)], SchemeName, "sub", "role")), SchemeName));
    }
}

internal static class LegacyTokensSetup
{
    public static void AddLegacyTokens(this IServiceCollection services) => services
        .AddAuthentication("Platform")
        .AddPolicyScheme("Platform", null, o => o.ForwardDefaultSelector = context => LegacyTokens.HasOne(context.Request) ? LegacyTokens.SchemeName : Sluice.Auth.SluiceAuth.Scheme)
        .AddScheme<AuthenticationSchemeOptions, LegacyTokens>(LegacyTokens.SchemeName, null);
}
