using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sluice.Studio.Web;

/// <summary>
/// Who comes in: whoever has the link that the command printed, from this machine, from the page itself. A page of another site
/// must reach nothing, not under a name that it lets point here (Host), and not in the browser's name (Origin, and a header that no other page may send).
/// </summary>
internal sealed class Gate(int port)
{
    public const string Header = "X-Sluice-Studio";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Where the page exchanges the link's secret, once, for its own.</summary>
    private const string Entrance = "/api/enter";

    private const int LongestToken = 200;

    private readonly string token = NewSecret();
    // Kept by the page and sent in a header: a cookie would go to every other program that listens on this machine, which have the same name.
    private readonly string secret = NewSecret();
    private readonly string[] hosts = [.. new[] { "localhost", "127.0.0.1", "[::1]" }.Select(h => port == 80 ? h : string.Create(CultureInfo.InvariantCulture, $"{h}:{port}"))];
    private int used;

    /// <summary>Opens the page once.</summary>
    public Uri Link => new(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}/?token={token}"));

    public async Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";

        if (!hosts.Contains(request.Host.Value, StringComparer.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, "This address is not one of the page's.");
        }
        else if (!IsOwnOrigin(request))
        {
            await RefuseAsync(context, "Another page asked.");
        }
        else if (!request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            await next(context); // the page itself, which holds nothing
        }
        else if (!request.Headers.TryGetValue(Header, out var sent))
        {
            await RefuseAsync(context, $"The header {Header} is missing.");
        }
        else if (request.Path == Entrance && HttpMethods.IsPost(request.Method))
        {
            await ExchangeAsync(context);
        }
        else if (sent is not [{ } key] || !Same(key, secret))
        {
            await RefuseAsync(context, "Open the page with the link that `sluice studio` printed. It opens once: start the command again for another.");
        }
        else
        {
            await next(context);
        }
    }

    private bool IsOwnOrigin(HttpRequest request)
    {
        if (request.Headers.Origin is [{ } origin] && !hosts.Any(h => string.Equals(origin, $"http://{h}", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        // A link in a mail or a terminal is nobody's page, and may open `/`; what changes something says where it comes from.
        var from = request.Headers["Sec-Fetch-Site"];
        return request.Path == "/" && HttpMethods.IsGet(request.Method)
            || (from is [] or ["same-origin"] or ["none"] && (HttpMethods.IsGet(request.Method) || request.Headers.Origin is [_]));
    }

    private async Task ExchangeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var given = new char[LongestToken];
        var length = await reader.ReadBlockAsync(given, context.RequestAborted);
        if (Same(new string(given, 0, length), token) && Interlocked.Exchange(ref used, 1) == 0)
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(secret, context.RequestAborted);
        }
        else
        {
            await RefuseAsync(context, "This link was used already, or is not ours. It opens once: start `sluice studio` again for another.");
        }
    }

    private static bool Same(string given, string expected) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }

    private static string NewSecret() => RandomNumberGenerator.GetHexString(64, lowercase: true);
}
