using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Factors;

/// <summary>
/// From the first right code on every sign-in asks for one. The session that shows it goes on as a new one at aal2, those that are below end.
/// </summary>
internal sealed class ActivateFactor(
    FactorStore factors, FactorRights rights, FactorSecrets secrets, RecoveryCodes recovery, RateLimits rates, SessionIssuer sessions, Notices notices, Announcer announcer, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    private const string Budget = "second_factors";

    private static readonly Refusal Wrong = new(422, "invalid_code", "The code is not right. Look whether the clock of the telephone is.");

    public async Task<Outcome<Activation>> RunAsync(AccessToken token, string id, string code, Client client, CancellationToken cancellation)
    {
        var allowed = await rights.OfAsync(token, cancellation);
        if (allowed.Value is not { User: var user } bearer)
        {
            return allowed.Refusal!;
        }

        if (await factors.PendingAsync(id, user.Id, cancellation) is not var (text, keyId))
        {
            return Refusal.NotFound;
        }

        var limit = options.Value.Factors.TriesPerAccount;
        if (await rates.TakeAsync(Budget, user.Id, limit, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        if (Totp.Match(secrets.Open(user.Id, keyId, text), code, clock.GetUtcNow()) is not { } step)
        {
            await announcer.TellAsync(new AuditEvent("factor_activation_failed", "factor", id) { UserId = user.Id, SessionId = token.SessionId, Client = client }, cancellation);
            return Wrong;
        }

        NewRecoveryCodes? made = null;
        if (!bearer.HasFactor)
        {
            var outcome = await recovery.MakeAsync(user.Id, cancellation);
            if ((made = outcome.Value) is null)
            {
                return outcome.Refusal!;
            }
        }

        var assurance = bearer.Assurance.IsTwo ? bearer.Assurance : Assurance.Of(bearer.Assurance.Methods, "otp");
        var session = await sessions.PrepareAsync(user, bearer.PasswordHash, bearer.Device, client, assurance, bearer.Until, cancellation: cancellation);
        var activating = factors.Activating(id, user.Id, step);
        var ended = await sessions.EndAsync(
            new Ending(user.Id, token.SessionId, null, "factor_activated", user.Id) { AndWeaker = true },
            new AuditEvent("factor_activated", "factor", id) { UserId = user.Id, SessionId = session.Id, Client = client },
            [
                factors.Holding(user.Id), activating, .. made is null ? [] : factors.ReplacingCodes(user.Id, made.Hashes),
                .. rates.GivingBack(Budget, user.Id, limit), session.SigningIn, session.Beginning, .. notices.Telling(LetterKind.FactorsChanged, user.Email, user.Id, client),
            ],
            // That one among them: ended meanwhile, it activates nothing, whatever else ends.
            ended => ended.Contains(token.SessionId) && activating.RecordsAffected == 1 && session.Beginning.RecordsAffected == 1,
            cancellation);
        notices.Wake();
        return ended is null ? Refusal.NotFound : new Activation(session.Tokens, made?.Codes);
    }
}
