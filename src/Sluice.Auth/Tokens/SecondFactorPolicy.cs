using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Sluice.Auth.Web;

namespace Sluice.Auth.Tokens;

/// <summary>`RequireAuthorization("aal2")`: who has not shown a second factor is told that one is missing, not merely that it is forbidden.</summary>
internal sealed class SecondFactorPolicy : AuthorizationHandler<SecondFactorPolicy>, IAuthorizationRequirement
{
    public static void Add(AuthorizationOptions options) =>
        options.AddPolicy(Assurance.Two, policy => policy.RequireAuthenticatedUser().AddRequirements(new SecondFactorPolicy()));

    /// <summary>Why the request is forbidden.</summary>
    public static Refusal WhyForbidden(HttpContext context) => context.Features.Get<SecondFactorPolicy>() is null
        ? Refusal.Forbidden
        : Refusal.InsufficientAal;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, SecondFactorPolicy requirement)
    {
        if (context.User.HasClaim("aal", Assurance.Two))
        {
            context.Succeed(requirement);
        }
        else if (context.Resource is HttpContext request)
        {
            request.Features.Set(this);
        }

        return Task.CompletedTask;
    }
}
