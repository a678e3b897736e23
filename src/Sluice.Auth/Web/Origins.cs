using Microsoft.AspNetCore.Http;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Web;

/// <summary>Where in a browser a request comes from: what the browser says, and no page can.</summary>
internal static class Origins
{
    private static readonly Refusal Forbidden = new(403, "cross_site", "This request may come from the application's own pages only, as JSON or with X-Requested-With.");

    // Those whose answer sets the cookie, or whose request is worth something by it, without an access token, which no other page has
    // (activating a factor sets it too, for one).
    private static readonly HashSet<string> UnderCookie = [AuthRoutes.Register, AuthRoutes.Login, AuthRoutes.LoginMfa, AuthRoutes.Refresh, AuthRoutes.OAuthExchange];

    /// <summary>Whether this route is refused to pages of other sites.</summary>
    public static bool Guards(string route) => UnderCookie.Contains(route);

    /// <returns>Null when the request may go on.</returns>
    public static Refusal? Check(HttpContext context, SluiceAuthOptions options) =>
        !UsesCookie(context, options) || context.GetEndpoint()?.Metadata.GetMetadata<RouteName>() is not { Name: var route } || !Guards(route)
        || (IsOurs(context.Request, options) && (context.Request.HasJsonContentType() || context.Request.Headers.ContainsKey("X-Requested-With")))
            ? null
            : Forbidden;

    /// <summary>Whether refresh tokens of this client live in the cookie.</summary>
    public static bool UsesCookie(HttpContext context, SluiceAuthOptions options) => options.Cookies.Enabled && context.Request.Query["useCookies"] != "false";

    /// <summary>CORS, for the origins that were named; never for all.</summary>
    public static void Allow(HttpContext context, SluiceAuthOptions options)
    {
        if (options.Cookies.Origins.Count == 0)
        {
            return;
        }

        var (origin, headers) = (context.Request.Headers.Origin.ToString(), context.Response.Headers);
        headers.Append("Vary", "Origin");
        if (options.Cookies.Origins.Contains(origin))
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlAllowCredentials = "true";
            headers.AccessControlExposeHeaders = "ETag, Retry-After, WWW-Authenticate";
        }
    }

    /// <summary>The question before a request of another origin.</summary>
    public static Task AnswerPreflightAsync(HttpContext context, SluiceAuthOptions options)
    {
        Allow(context, options);
        if (context.Response.Headers.ContainsKey("Access-Control-Allow-Origin"))
        {
            context.Response.Headers.AccessControlAllowMethods = "GET, POST, PATCH, PUT, DELETE";
            context.Response.Headers.AccessControlAllowHeaders = "Authorization, Content-Type, If-Match, Idempotency-Key, X-Requested-With";
            context.Response.Headers.AccessControlMaxAge = "600";
        }

        return Answer.DoneAsync(context);
    }

    private static bool IsOurs(HttpRequest request, SluiceAuthOptions options)
    {
        var origin = request.Headers.Origin.ToString();
        return request.Headers["Sec-Fetch-Site"] == "same-origin" || origin == new Uri(options.Issuer).GetLeftPart(UriPartial.Authority) || options.Cookies.Origins.Contains(origin);
    }
}
