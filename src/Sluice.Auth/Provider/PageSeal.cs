using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Provider;

/// <summary>
/// Says that a form was shown by us to this browser, for this request, and for nothing else: another site can neither send it nor have
/// it sent, also before there is a session to protect.
/// </summary>
internal sealed class PageSeal(IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    public const string Cookie = "__Host-sluice-page";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly byte[] key = Sealed.Key(options.Value, "sluice page");
    private readonly string origin = new Uri(options.Value.Issuer).GetLeftPart(UriPartial.Authority);

    /// <param name="purpose">The page, and whose it is.</param>
    public string For(HttpContext context, string purpose)
    {
        var browser = Browser(context);
        var time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{time}.{Seal(context, purpose, browser, time)}";
    }

    /// <summary>What this browser alone has, from its first page on.</summary>
    public static string Browser(HttpContext context)
    {
        if (context.Items[Cookie] is string given)
        {
            return given;
        }

        var known = context.Request.Cookies[Cookie];
        var browser = known is not null && RandomToken.IsOne(known) ? known : RandomToken.New();
        if (browser != known)
        {
            context.Response.Cookies.Append(Cookie, browser, new CookieOptions { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" });
        }

        context.Items[Cookie] = browser;
        return browser;
    }

    public bool IsRight(HttpContext context, string purpose, string? seal) =>
        !IsOthers(context.Request) && seal?.Split('.') is [var time, var proof] && context.Request.Cookies[Cookie] is { } browser
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(proof), Encoding.UTF8.GetBytes(Seal(context, purpose, browser, time)))
        && clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(long.Parse(time, CultureInfo.InvariantCulture)) < Lifetime;

    // What a browser says of where a form comes from. Since our pages pass no address on it may say that it does not tell.
    private bool IsOthers(HttpRequest request) =>
        (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site && site != "same-origin")
        || (request.Headers.Origin.ToString() is { Length: > 0 } from && from != "null" && from != origin);

    private string Seal(HttpContext context, string purpose, string browser, string time) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\n{browser}\n{time}\n{context.Request.QueryString.Value}")));
}
