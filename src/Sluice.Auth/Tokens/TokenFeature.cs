using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Sluice.Auth.Tokens;

/// <summary>Who asks, of one request. The user comes into being when somebody wants to know.</summary>
internal sealed class TokenFeature(AccessToken token) : IHttpAuthenticationFeature, IAuthenticateResultFeature
{
    private ClaimsPrincipal? user;
    private AuthenticateResult? result;
    private bool isReplaced;

    public ClaimsPrincipal? User
    {
        get => user ??= isReplaced ? null : token.NewPrincipal();
        set => (user, result, isReplaced) = (value, null, true);
    }

    public AuthenticateResult? AuthenticateResult
    {
        get => result ??= isReplaced ? null : AuthenticateResult.Success(new AuthenticationTicket(User!, AccessToken.Scheme));
        set => (user, result, isReplaced) = (value?.Principal, value, true);
    }
}
