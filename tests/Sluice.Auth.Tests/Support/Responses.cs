using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Sluice.Auth.Web;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Support;

/// <summary>What the routes answered in this run, and what their shapes say that they answer with: whatever is mapped, tomorrow too.</summary>
internal static partial class Responses
{
    // By what answered so first.
    private static readonly ConcurrentDictionary<Response, string> Seen = [];
    private static readonly ConcurrentDictionary<Response, bool> Documented = [];
    private static readonly ConcurrentDictionary<string, bool> SeenCodes = [];

    /// <summary>The codes of each refusal, as the document of the API lists them: `POST login 401 invalid_credentials`.</summary>
    public static string KeptCodes { get; } = Path.Combine(Repository.Root, "tests/Sluice.Auth.Tests/Web/refusals.txt");

    public static void Expect(IEnumerable<RouteEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            foreach (var answer in endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>())
            {
                foreach (var media in answer.ContentTypes.DefaultIfEmpty(""))
                {
                    Documented[new Response(NameOf(endpoint), answer.StatusCode, media)] = true;
                }
            }
        }
    }

    public static async Task NoteAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        // Any route may break; that all say so in one way is HardeningTests' own.
        if (context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<RouteName>() is not null && context.Response.StatusCode != StatusCodes.Status500InternalServerError)
        {
            Seen.TryAdd(new Response(NameOf(endpoint), context.Response.StatusCode, context.Response.ContentType?.Split(';')[0] ?? ""), TestContext.Current.Test?.TestDisplayName ?? "some test");
        }
    }

    /// <summary>For a client: notes the codes of the refusals that it gets.</summary>
    public static DelegatingHandler Codes(IEnumerable<RouteEndpoint> endpoints, HttpMessageHandler inner) => new CodeHandler(
        inner, [.. endpoints.Select(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0], new Regex($"^/?{Parameter().Replace(e.RoutePattern.RawText!.TrimStart('/'), "[^/]+")}$"), NameOf(e)))]);

    public static IReadOnlyList<string> Problems()
    {
        var kept = File.Exists(KeptCodes) ? File.ReadAllLines(KeptCodes) : [];
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            var routes = Documented.Keys.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Route} {d.Status} ")).ToHashSet(StringComparer.Ordinal);
            kept = [.. kept.Concat(SeenCodes.Keys).Where(c => routes.Contains(c[..(c.LastIndexOf(' ') + 1)])).Distinct().Order(StringComparer.Ordinal)];
            File.WriteAllLines(KeptCodes, kept);
        }

        return
        [
            .. Documented.Keys.Where(d => !Seen.ContainsKey(d)).Select(d => $"{d} is documented, and no test has seen it").Order(StringComparer.Ordinal),
            .. Seen.Where(s => !Documented.ContainsKey(s.Key)).Select(s => $"{s.Key} is not documented, and was answered in {s.Value}").Order(StringComparer.Ordinal),
            .. SeenCodes.Keys.Except(kept).Select(c => $"{c} is not in tests/Sluice.Auth.Tests/Web/refusals.txt (SLUICE_ACCEPT=1 ./test, twice: the document of the API is made of it)").Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>`POST login`.</summary>
    public static string NameOf(Endpoint endpoint) => $"{endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0]} {endpoint.Metadata.GetMetadata<RouteName>()!.Name}";

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    private sealed record Response(string Route, int Status, string Media)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Route}: {Status} {(Media.Length > 0 ? Media : "without a body")}");
    }

    private sealed class CodeHandler(HttpMessageHandler inner, IReadOnlyList<(string Method, Regex Path, string Route)> routes) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.Content.Headers.ContentType?.MediaType == "application/problem+json" && response.StatusCode != HttpStatusCode.InternalServerError && routes.FirstOrDefault(r => r.Method == request.Method.Method && r.Path.IsMatch(request.RequestUri!.AbsolutePath)) is { Route: { } route })
            {
                await response.Content.LoadIntoBufferAsync(cancellationToken);
                using var problem = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(cancellationToken));
                (await response.Content.ReadAsStreamAsync(cancellationToken)).Position = 0;
                SeenCodes[string.Create(CultureInfo.InvariantCulture, $"{route} {(int)response.StatusCode} {problem.RootElement.GetProperty("code").GetString()}")] = true;
            }

            return response;
        }
    }
}
