using System.Net.Sockets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Roles;

/// <summary>
/// One of some roles, in the thing that the route speaks of or everywhere. Looks into the token; only where that says that it has not all
/// of them, into the database, if there is one here. Handles itself, as all of ours do: a handler beside it would be asked on every request.
/// </summary>
/// <param name="kind">Of the thing.</param>
/// <param name="routeValue">Its name in the route: the id is its value.</param>
internal sealed class ScopedRoleRequirement(string kind, string routeValue, string[] roles) : IAuthorizationHandler, IAuthorizationRequirement
{
    /// <summary>For this one alone: a policy of two asks each.</summary>
    public async Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (roles.Any(context.User.IsInRole))
        {
            context.Succeed(this);
            return;
        }

        if (context.Resource is not HttpContext http || http.Request.RouteValues[routeValue]?.ToString() is not { } id || new RoleScope(kind, id) is not { IsOne: true } scope)
        {
            return;
        }

        if (roles.Any(r => context.User.HasClaim("scoped_role", RoleGrant.Of(scope.Kind, scope.Id, r))) || await IsInStoreAsync(context, scope, http))
        {
            context.Succeed(this);
        }
    }

    private async Task<bool> IsInStoreAsync(AuthorizationHandlerContext context, RoleScope scope, HttpContext http)
    {
        if (http.RequestServices.GetService<RoleStore>() is not { } store || !context.User.HasClaim("roles_more", "true") || context.User.FindFirst("sub")?.Value is not { } userId)
        {
            return false;
        }

        try
        {
            return await store.HasAsync(userId, roles, scope, http.RequestAborted);
        }
        catch (Exception down) when (down is NpgsqlException or TimeoutException or SocketException)
        {
            SluiceTokenHandler.Refuse(http, Refusal.Unavailable);
            return false;
        }
    }
}
