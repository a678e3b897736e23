using Microsoft.AspNetCore.Builder;

namespace Sluice.Auth.Idempotency;

/// <summary>Idempotent endpoints: `app.UseSluiceIdempotency()` behind authentication, and on an endpoint one of the others.</summary>
public static class IdempotencyExtensions
{
    /// <summary>Stands behind authentication and before the endpoints.</summary>
    public static IApplicationBuilder UseSluiceIdempotency(this IApplicationBuilder app) => app.UseMiddleware<IdempotencyMiddleware>();

    /// <summary>Requests that carry an `Idempotency-Key` run once for each key; others as ever.</summary>
    public static TBuilder AcceptIdempotencyKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new IdempotencyMetadata(IsRequired: false));

    /// <summary>As <see cref="AcceptIdempotencyKey"/>, and a request without a key is refused with 400.</summary>
    public static TBuilder RequireIdempotencyKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new IdempotencyMetadata(IsRequired: true));
}
