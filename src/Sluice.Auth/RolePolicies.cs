using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sluice.Auth.Roles;
using Sluice.Auth.Tokens;

namespace Sluice.Auth;

/// <summary>Who may, by the roles in the access token. For a role that holds everywhere `RequireRole` does as well.</summary>
public static class RolePolicies
{
    /// <summary>The name of the policy for what administers accounts: the administrators' role, and a second factor shown.</summary>
    public const string Administrator = "sluice_admin";

    /// <summary>The administrators' role everywhere, and a second factor shown.</summary>
    public static TBuilder RequireAdministrator<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Administrator);

    /// <summary>One of the roles, in the room that the route speaks of or everywhere: `RequireScopedRole("room", "roomId", "ORGANIZER", "MODERATOR")`.</summary>
    /// <param name="kind">The kind of scope that the roles were given in.</param>
    /// <param name="routeValue">The parameter of the route that is the id.</param>
    public static TBuilder RequireScopedRole<TBuilder>(this TBuilder endpoint, string kind, string routeValue, params string[] roles)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(p => p.RequireScopedRole(kind, routeValue, roles));

    /// <summary>The same as a part of another policy.</summary>
    public static AuthorizationPolicyBuilder RequireScopedRole(this AuthorizationPolicyBuilder policy, string kind, string routeValue, params string[] roles)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfZero(roles?.Length ?? 0, nameof(roles));
        return policy.AddAuthenticationSchemes(SluiceAuth.Scheme).RequireAuthenticatedUser().AddRequirements(new ScopedRoleRequirement(kind, routeValue, roles!));
    }

    /// <summary>Claims of the application's own in every access token. Several are asked in their order.</summary>
    public static IServiceCollection AddTokenEnricher<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(this IServiceCollection services)
        where T : class, ITokenEnricher => services.AddSingleton<ITokenEnricher, T>();

    internal static IServiceCollection AddRoles(this IServiceCollection services, Func<IServiceProvider, string> administrator)
    {
        services.TryAddSingleton(s => new AdministratorRole(administrator(s)));
        services.AddOptions<AuthorizationOptions>().Configure<AdministratorRole>((o, role) =>
            o.AddPolicy(Administrator, p => p.AddAuthenticationSchemes(SluiceAuth.Scheme).RequireAuthenticatedUser().AddRequirements(new AdministratorRequirement(role))));
        return services;
    }
}
