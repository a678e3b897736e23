using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Auth.Web;

namespace Sluice.Auth.Tokens;

/// <summary>`Authorization: Bearer …` for ASP.NET Core, without input or output.</summary>
internal sealed class SluiceTokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, VerifiedTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private static readonly Task<AuthenticateResult> Nothing = Task.FromResult(AuthenticateResult.NoResult());
    private static readonly Task<AuthenticateResult> Refused = Task.FromResult(AuthenticateResult.Fail("The access token is not valid."));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var text = Bearer(Request.Headers.Authorization.ToString());
        return text.IsEmpty ? Nothing
            : tokens.Verify(text) is { } token ? Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(token.NewPrincipal(), Scheme.Name)))
            : Refused;
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Answer.RefuseAsync(Context, tokens.IsDeaf ? Refusal.Unavailable : Refusal.Unauthenticated);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Answer.RefuseAsync(Context, FreshRevocationHandler.Refused(Context) ?? SecondFactorPolicy.WhyForbidden(Context));

    /// <returns>Empty for another kind of authorization, or none.</returns>
    public static ReadOnlySpan<char> Bearer(string header) => header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header.AsSpan(7).Trim() : default;
}
