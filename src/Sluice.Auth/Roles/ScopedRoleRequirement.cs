using System.Net.Sockets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Roles;

/// <summary>One of some roles, in the thing that the route speaks of or everywhere.</summary>
/// <param name="RouteValue">Its name in the route: the id is its value.</param>
internal sealed record ScopedRoleRequirement(string Kind, string RouteValue, string[] Roles) : IAuthorizationRequirement;

/// <summary>Looks into the token; only where that says that it has not all of them, into the database, if there is one here.</summary>
internal sealed class ScopedRoleHandler(RoleStore? store) : AuthorizationHandler<ScopedRoleRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopedRoleRequirement requirement)
    {
        if (requirement.Roles.Any(context.User.IsInRole))
        {
            context.Succeed(requirement);
            return;
        }

        if (context.Resource is not HttpContext http || http.Request.RouteValues[requirement.RouteValue]?.ToString() is not { } id || new RoleScope(requirement.Kind, id) is not { IsOne: true } scope)
        {
            return;
        }

        if (requirement.Roles.Any(r => context.User.HasClaim("scoped_role", RoleGrant.Of(scope.Kind, scope.Id, r))) || await IsInStoreAsync(context, requirement, scope, http))
        {
            context.Succeed(requirement);
        }
    }

    private async Task<bool> IsInStoreAsync(AuthorizationHandlerContext context, ScopedRoleRequirement requirement, RoleScope scope, HttpContext http)
    {
        if (store is null || !context.User.HasClaim("roles_more", "true") || context.User.FindFirst("sub")?.Value is not { } userId)
        {
            return false;
        }

        try
        {
            return await store.HasAsync(userId, requirement.Roles, scope, http.RequestAborted);
        }
        catch (Exception down) when (down is NpgsqlException or TimeoutException or SocketException)
        {
            SluiceTokenHandler.Refuse(http, Refusal.Unavailable);
            return false;
        }
    }
}
