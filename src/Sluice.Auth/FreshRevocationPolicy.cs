using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Tokens;

namespace Sluice.Auth;

/// <summary>For endpoints that must not rely on what this node has heard: each request asks PostgreSQL, or Redis, or both. 503 when they cannot be asked.</summary>
public static class FreshRevocationPolicy
{
    /// <summary>The name of the policy, for `[Authorize(Policy = …)]`.</summary>
    public const string Name = "sluice_fresh_revocation";

    /// <summary>A valid access token that is not revoked at this moment.</summary>
    public static TBuilder RequireFreshRevocation<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Name);

    /// <summary>The same as a part of another policy.</summary>
    public static AuthorizationPolicyBuilder RequireFreshRevocation(this AuthorizationPolicyBuilder policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddAuthenticationSchemes(SluiceAuth.Scheme).RequireAuthenticatedUser().AddRequirements(new FreshRevocationRequirement());
    }

    internal static IServiceCollection AddFreshRevocation(this IServiceCollection services) => services
        .AddAuthorization(o => o.AddPolicy(Name, p => p.RequireFreshRevocation()));
}
