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
    private static readonly AuthenticateResult Refused = AuthenticateResult.Fail("The access token is not valid.");

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Bearer(Request.Headers.Authorization.ToString()) is not { } text ? AuthenticateResult.NoResult()
        : tokens.Verify(text) is { } token ? AuthenticateResult.Success(new AuthenticationTicket(token.Principal, Scheme.Name))
        : Refused);

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Answer.RefuseAsync(Context, tokens.IsDeaf ? Refusal.Unavailable : Refusal.Unauthenticated);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Answer.RefuseAsync(Context, FreshRevocationHandler.Refused(Context) ?? SecondFactorPolicy.WhyForbidden(Context));

    /// <returns>Null for another kind of authorization, or none.</returns>
    public static string? Bearer(string header) => header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
}
