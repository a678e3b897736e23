using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Sluice.Studio.Web;

/// <summary>The page as it was built, each file compressed once.</summary>
internal static class PageFiles
{
    private const string Prefix = "page/";

    private static readonly Lazy<FrozenDictionary<string, byte[]>> Files = new(Read);

    public static IEnumerable<string> Paths => Files.Value.Keys;

    public static int CompressedLength(string path) => Files.Value[path].Length;

    public static async Task SendAsync(HttpContext context)
    {
        var path = context.Request.Path == "/" ? "/index.html" : context.Request.Path.Value!;
        var response = context.Response;
        if (!HttpMethods.IsGet(context.Request.Method) || !Files.Value.TryGetValue(path, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.ContentType = Path.GetExtension(path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        if (path.StartsWith("/assets/", StringComparison.Ordinal))
        {
            response.Headers.CacheControl = "private, max-age=31536000, immutable"; // their names hold a hash of what is in them
        }

        response.Headers.ContentEncoding = "gzip";
        response.ContentLength = file.Length;
        await response.Body.WriteAsync(file, context.RequestAborted);
    }

    private static FrozenDictionary<string, byte[]> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(n => "/" + n[Prefix.Length..].Replace('\\', '/'), n => Compress(assembly.GetManifestResourceStream(n)!), StringComparer.Ordinal);
    }

    private static byte[] Compress(Stream file)
    {
        using var compressed = new MemoryStream();
        using (file)
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            file.CopyTo(gzip);
        }

        return compressed.ToArray();
    }
}
