using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth;

/// <summary>The routes that were mapped: conventions for all of them, for one of them by its name, and handlers of the host's own.</summary>
public sealed class SluiceAuthRoutes : IEndpointConventionBuilder
{
    private readonly ISet<string> disabled;
    private readonly List<(string Route, IEndpointConventionBuilder Endpoint)> mapped = [];

    internal SluiceAuthRoutes(ISet<string> disabled) => this.disabled = disabled;

    /// <summary>One route, for its own filters, rate limits, CORS: `routes[AuthRoutes.Login].RequireRateLimiting("strict")`.</summary>
    /// <param name="route">By its name in <see cref="AuthRoutes"/>.</param>
    [SuppressMessage("Design", "CA1043", Justification = "Routes are looked up by their name.")]
    public IEndpointConventionBuilder this[string route] => new Some([.. Of(route).Select(m => m.Endpoint)]);

    /// <summary>Answers a route by a handler of the host's own; what the route asked for (a token, say) the handler asks for itself.</summary>
    public SluiceAuthRoutes Replace(string route, RequestDelegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Wrap(route, (context, _) => handler(context));
    }

    /// <summary>Puts something of the host's around a route: it may look at the request, answer itself, or call what it was given.</summary>
    public SluiceAuthRoutes Wrap(string route, Func<HttpContext, RequestDelegate, Task> around)
    {
        ArgumentNullException.ThrowIfNull(around);
        this[route].Add(endpoint =>
        {
            var inner = endpoint.RequestDelegate ?? throw new InvalidOperationException($"The route `{route}` has no handler.");
            endpoint.RequestDelegate = context => around(context, inner);
        });
        return this;
    }

    /// <inheritdoc />
    public void Add(Action<EndpointBuilder> convention) => mapped.ForEach(m => m.Endpoint.Add(convention));

    /// <inheritdoc />
    public void Finally(Action<EndpointBuilder> finallyConvention) => mapped.ForEach(m => m.Endpoint.Finally(finallyConvention));

    internal bool Has(string route) => mapped.Any(m => m.Route == route);

    /// <summary>Maps a route unless the host has switched it off.</summary>
    internal void Map(IEndpointRouteBuilder at, string route, string method, string path, RequestDelegate handler, RouteShape shape)
    {
        if (disabled.Contains(route))
        {
            return;
        }

        // Documents of the API show only endpoints that know their method.
        var endpoint = at.MapMethods(path, [method], handler).WithMetadata(shape.Handler.Method, new RouteName(route)).WithTags("auth").WithSummary(shape.Summary);
        if (shape.Takes is { } takes)
        {
            // Without content types: routing would answer 415 by itself, past our headers and our check of the origin. Documents show JSON all the same.
            endpoint.WithMetadata(new AcceptsMetadata([], takes));
        }

        foreach (var (status, answer) in shape.Answers)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, answer ?? typeof(void), answer is null ? [] : ["application/json"]));
        }

        if (shape.Files.Count > 0)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [.. shape.Files]));
        }

        foreach (var status in shape.Pages)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(string), ["text/html"]));
        }

        foreach (var status in Refusals(route, shape))
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), ["application/problem+json"]));
        }

        mapped.Add((route, endpoint));
    }

    // A body may be unreadable, too long, or no JSON; a page may be another site's; a key may be another request's, or that of one under way.
    private static IEnumerable<int> Refusals(string route, RouteShape shape) => shape.Refusals
        .Concat(shape.Takes is null ? [] : [400, 413, 415])
        .Concat(Origins.Guards(route) ? [403] : [])
        .Concat(AuthRoutes.Idempotent.Contains(route) ? [400, 409, 413, 422] : [])
        .Distinct().Order();

    private List<(string Route, IEndpointConventionBuilder Endpoint)> Of(string route)
    {
        var some = mapped.Where(m => m.Route == route).ToList();
        return some.Count > 0
            ? some
            : throw new ArgumentException(
                disabled.Contains(route)
                    ? $"The route `{route}` is in DisabledRoutes, so it is not mapped. Take it out there, or map one of your own at its path."
                    : AuthRoutes.OfMail.Contains(route)
                    ? $"The route `{route}` is there only where mail can be sent, and reports of its return are only with a secret. Set Mail's Smtp.Host or Folder (or BounceSecret), or add a sender."
                    : AuthRoutes.OfProviders.Contains(route)
                    ? $"The route `{route}` is there only where there is a provider to sign in with. Add one: AddGitHub, AddGoogle or AddOpenIdConnect (Identities.Providers)."
                    : AuthRoutes.OfProvider.Contains(route)
                    ? $"The route `{route}` is there only for clients that get tokens. Add RedirectUris, or the grant client_credentials, to one of Clients."
                    : $"There is no route `{route}`. There are: {string.Join(", ", AuthRoutes.All)}.",
                nameof(route));
    }

    private sealed class Some(IReadOnlyList<IEndpointConventionBuilder> endpoints) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => endpoints.ToList().ForEach(e => e.Add(convention));

        public void Finally(Action<EndpointBuilder> finallyConvention) => endpoints.ToList().ForEach(e => e.Finally(finallyConvention));
    }
}
