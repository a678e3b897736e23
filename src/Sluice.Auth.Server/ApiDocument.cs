using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Server;

/// <summary>docs/openapi.json, with this service's own address for the one of the examples.</summary>
internal static class ApiDocument
{
    private const string Example = "https://auth.example.com";

    private static readonly Lazy<string> Text = new(Read);

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(Text.Value.Replace(Example, context.RequestServices.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Issuer, StringComparison.Ordinal), context.RequestAborted);
    }

    private static string Read()
    {
        using var reader = new StreamReader(typeof(ApiDocument).Assembly.GetManifestResourceStream("openapi.json")!);
        return reader.ReadToEnd();
    }
}
