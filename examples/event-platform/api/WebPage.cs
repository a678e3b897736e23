using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace EventPlatform;

/// <summary>The page of ../page, built and embedded: one document at every address that the page knows, and its files.</summary>
internal static class WebPage
{
    private const string Document = "page/index.html";

    // Nothing but files of this origin, no script in the text of the document, no string that becomes a script.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    // As page/src/main.ts has them.
    private static readonly string[] Addresses = ["/", "/rooms/{id}", "/new", "/sign-in", "/sign-up", "/forgotten-password"];

    public static void MapWebPage(this IEndpointRouteBuilder app)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames().Where(n => n.StartsWith("page/", StringComparison.Ordinal)).ToFrozenDictionary(n => n, n => Read(assembly, n), StringComparer.Ordinal);
        var types = new FileExtensionContentTypeProvider();
        foreach (var address in Addresses)
        {
            app.MapGet(address, (HttpContext context) => Send(context, Document, "no-cache")).ExcludeFromDescription();
        }

        // Their names are hashes of what they hold: what was read once is never asked for again.
        app.MapGet("/assets/{file}", (HttpContext context, string file) => Send(context, $"page/assets/{file}", "public, max-age=31536000, immutable")).ExcludeFromDescription();

        IResult Send(HttpContext context, string name, string caching)
        {
            if (!files.TryGetValue(name, out var content) || !types.TryGetContentType(name, out var type))
            {
                return Refused.NotFound("file");
            }

            var headers = context.Response.Headers;
            (headers.CacheControl, headers.ContentSecurityPolicy, headers.XContentTypeOptions) = (caching, Policy, "nosniff");
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return TypedResults.Bytes(content, type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type, entityTag: new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\""));
        }
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
