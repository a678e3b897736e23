using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>A code, with the verifier of the application that began, becomes a session. With a second factor it becomes a challenge: a provider's word is one factor.</summary>
internal sealed class ExchangeCode(
    SignInStore signIns, AccountStore accounts, FactorStore factors, SignInPlaces places, DeviceCookie devices, SessionIssuer sessions, Challenges challenges, RateLimits rates, Notices notices, Announcer announcer,
    IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    /// <param name="to">Whom the session is for; null for the application's own pages.</param>
    public async Task<Outcome<SessionTokens>> RunAsync(ExchangeRequest request, string? deviceCookie, Client client, CancellationToken cancellation, IssuedTo? to = null)
    {
        if (await rates.TakeAsync("sign_in_client", ClientKey.Of(client.Ip), options.Value.RateLimits.SignInsPerClient, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        if (!RandomToken.IsOne(request.Code) || await signIns.FindAsync(request.Code, cancellation) is not { } found)
        {
            return await FailedAsync(client, cancellation);
        }

        // Somebody has a code that is not theirs: it is used up.
        if (!CodeChallenge.Fits(found.Challenge, request.CodeVerifier))
        {
            await signIns.UseAsync(request.Code, cancellation);
            return await FailedAsync(client, cancellation);
        }

        if (await accounts.GetAsync(found.UserId, cancellation) is not { IsActive: true } account)
        {
            return IdentityRefusals.Refused;
        }

        var place = await places.LookAsync(new Seen(account.User.Email, client, devices.Read(account.User.Email, deviceCookie, clock.GetUtcNow())), cancellation);
        NpgsqlBatchCommand[] noting = [.. notices.TellingOf(place.IsNewCountry, !place.IsKnown, account.User.Email, account.User.Id, client), .. places.Noting(place)];
        if (account.HasFactor)
        {
            // Used up first: a challenge is for the password that the account had before, and void with any other.
            return await signIns.UseAsync(request.Code, cancellation)
                ? Challenges.Required(await challenges.BeginAsync(
                    account.User.Id, null, account.PasswordHash, Assurance.Federated.Methods, request.DeviceName, noting, [.. Events("second_factor_required", null)], cancellation))
                : await FailedAsync(client, cancellation);
        }

        if (account.MustChange)
        {
            return Login.ChangeRequired;
        }

        var session = await sessions.PrepareAsync(account.User, account.PasswordHash, request.DeviceName, client, Assurance.Federated, to: to, cancellation: cancellation);
        var using_ = signIns.Using(request.Code);
        // The account before the code, as in all that ends its sessions, and its codes with them.
        if (!await sessions.BeginAsync(session, [factors.Holding(account.User.Id), using_, .. noting], [.. Events("login", session.Id)], cancellation, () => using_.RecordsAffected == 1))
        {
            return using_.RecordsAffected == 1 ? IdentityRefusals.Refused : await FailedAsync(client, cancellation);
        }

        notices.Wake();
        return session.Tokens;

        IEnumerable<AuditEvent> Events(string action, string? session)
        {
            yield return AuditEvent.Of(action, account.User.Id, session, client) with { New = new JsonObject { ["provider"] = found.Provider } };
            foreach (var noted in place.Actions)
            {
                yield return AuditEvent.Of(noted, account.User.Id, session, client);
            }
        }
    }

    private async Task<Refusal> FailedAsync(Client client, CancellationToken cancellation)
    {
        await announcer.TellAsync(AuditEvent.Of("provider_sign_in_failed", null, null, client) with { New = new JsonObject { ["reason"] = IdentityRefusals.Code.Code } }, cancellation);
        return IdentityRefusals.Code;
    }
}
