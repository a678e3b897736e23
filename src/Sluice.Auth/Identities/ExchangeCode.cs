using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Lockout;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>A code, with the verifier of the application that began, becomes a session. With a second factor it becomes a challenge: a provider's word is one factor.</summary>
internal sealed class ExchangeCode(SignInStore signIns, AccountStore accounts, SessionIssuer sessions, Challenges challenges, RateLimits rates, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    public async Task<Outcome<SessionTokens>> RunAsync(ExchangeRequest request, Client client, CancellationToken cancellation)
    {
        if (await rates.TakeAsync("sign_in_client", ClientKey.Of(client.Ip), options.Value.RateLimits.SignInsPerClient, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        // A code with a verifier that is not its own is used up as well.
        if (!RandomToken.IsOne(request.Code) || await signIns.TakeAsync(request.Code, cancellation) is not { } taken || !CodeChallenge.Fits(taken.Challenge, request.CodeVerifier))
        {
            await announcer.TellAsync(AuditEvent.Of("provider_sign_in_failed", null, null, client) with { New = new JsonObject { ["reason"] = IdentityRefusals.Code.Code } }, cancellation);
            return IdentityRefusals.Code;
        }

        if (await accounts.GetAsync(taken.UserId, cancellation) is not { IsActive: true } account)
        {
            return IdentityRefusals.Refused;
        }

        var said = new JsonObject { ["provider"] = taken.Provider };
        if (account.HasFactor)
        {
            var asked = AuditEvent.Of("second_factor_required", account.User.Id, null, client) with { New = said };
            return Challenges.Required(await challenges.BeginAsync(account.User.Id, null, account.PasswordHash, Assurance.Federated.Methods, request.DeviceName, [], [asked], cancellation));
        }

        if (account.MustChange)
        {
            return Login.ChangeRequired;
        }

        var session = await sessions.PrepareAsync(account.User, account.PasswordHash, request.DeviceName, client, Assurance.Federated, cancellation: cancellation);
        return await sessions.BeginAsync(session, [], [AuditEvent.Of("login", account.User.Id, session.Id, client) with { New = said }], cancellation) ? session.Tokens : IdentityRefusals.Refused;
    }
}
