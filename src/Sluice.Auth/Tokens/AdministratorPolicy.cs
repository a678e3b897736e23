using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Sluice.Auth.Web;

namespace Sluice.Auth.Tokens;

/// <summary>The role that administers accounts, as the options call it.</summary>
internal sealed record AdministratorRole(string Name)
{
    /// <returns>Why a token may not administer; null where it may.</returns>
    public Refusal? Refuse(AccessToken token) => Refuse(token.GlobalRoles.Contains(Name, StringComparer.Ordinal), token.Assurance.IsTwo);

    /// <summary>Who has not the role is not told that a second factor would help.</summary>
    public static Refusal? Refuse(bool hasRole, bool isTwo) => !hasRole ? Refusal.Forbidden : isTwo ? null : Refusal.InsufficientAal;
}

/// <summary>`RequireAuthorization("sluice_admin")`: the administrators' role everywhere, and a second factor shown.</summary>
internal sealed class AdministratorRequirement(AdministratorRole administrator) : IAuthorizationHandler, IAuthorizationRequirement
{
    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (AdministratorRole.Refuse(context.User.IsInRole(administrator.Name), context.User.HasClaim("aal", Assurance.Two)) is not { } refusal)
        {
            context.Succeed(this);
        }
        else if (context.Resource is HttpContext request)
        {
            SluiceTokenHandler.Refuse(request, refusal);
        }

        return Task.CompletedTask;
    }
}
