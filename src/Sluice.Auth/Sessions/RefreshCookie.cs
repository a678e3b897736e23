using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Sessions;

/// <summary>The refresh token where no script reads it.</summary>
internal static class RefreshCookie
{
    public const string Name = "__Host-sluice-refresh";

    /// <summary>Null where the client keeps its token itself, or has none.</summary>
    public static string? Read(HttpContext context) => Origins.UsesCookie(context, Settings(context)) ? context.Request.Cookies[Name] : null;

    /// <summary>Moves the token from the answer into the cookie, where the client uses it.</summary>
    public static SessionTokens Keep(HttpContext context, SessionTokens tokens)
    {
        var settings = Settings(context);
        if (!Origins.UsesCookie(context, settings) || tokens.RefreshToken is not { } token)
        {
            return tokens;
        }

        context.Response.Cookies.Append(Name, token, Shape(settings, settings.Sessions.AbsoluteLifetime));
        return tokens with { RefreshToken = null };
    }

    /// <summary>Takes it away where it is of no use any more.</summary>
    public static void Drop(HttpContext context)
    {
        if (Read(context) is not null)
        {
            context.Response.Cookies.Append(Name, "", Shape(Settings(context), TimeSpan.Zero));
        }
    }

    private static CookieOptions Shape(SluiceAuthOptions settings, TimeSpan age) => new()
    {
        Secure = true, HttpOnly = true, SameSite = settings.Cookies.Strict ? SameSiteMode.Strict : SameSiteMode.Lax, Path = "/", MaxAge = age,
    };

    private static SluiceAuthOptions Settings(HttpContext context) => context.RequestServices.GetRequiredService<IOptions<SluiceAuthOptions>>().Value;
}
