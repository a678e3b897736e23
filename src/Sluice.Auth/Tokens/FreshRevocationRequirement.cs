using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Revocation;
using Sluice.Auth.Web;

namespace Sluice.Auth.Tokens;

/// <summary>
/// That the token is not revoked at this moment, by whoever keeps revocations. Asks as a part of authorization, without which ASP.NET Core
/// does not serve such an endpoint at all.
/// </summary>
internal sealed class FreshRevocationRequirement : IAuthorizationHandler, IAuthorizationRequirement
{
    public async Task HandleAsync(AuthorizationHandlerContext context)
    {
        var http = context.Resource as HttpContext;
        var text = SluiceTokenHandler.Bearer(http?.Request.Headers.Authorization.ToString() ?? "");
        if (http is null || http.RequestServices.GetRequiredService<VerifiedTokens>().Verify(text) is not { } token)
        {
            context.Fail();
            return;
        }

        switch (await http.RequestServices.GetRequiredService<FreshRevocation>().AskAsync(token.Hashes(text), http.RequestAborted))
        {
            case false:
                context.Succeed(this);
                break;
            case var revoked:
                SluiceTokenHandler.Refuse(http, revoked is true ? Refusal.Unauthenticated : Refusal.Unavailable);
                context.Fail();
                break;
        }
    }
}
