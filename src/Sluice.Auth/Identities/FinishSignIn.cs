using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>A browser comes back from a provider: who it is, and a code with which the application gets the session, or a link more.</summary>
internal sealed class FinishSignIn(
    AuthDatabase database, Providers providers, SignInStore signIns, IdentityStore identities, GitHubGrants grants, AdmitIdentity admit, FactorStore factors, RateLimits rates, Notices notices,
    AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    private readonly SluiceAuthOptions settings = options.Value;

    /// <param name="attempt">What the browser's cookie says; null for nothing of ours.</param>
    /// <returns>Refused where the browser has nothing of ours to go back with; else where it goes.</returns>
    public async Task<Outcome<Finished>> RunAsync(string? name, SignInAttempt? attempt, Returned returned, string callback, Client client, CancellationToken cancellation)
    {
        // 1. Not too often, before anything is looked up or written down.
        if (await rates.TakeAsync("sign_in_client", ClientKey.Of(client.Ip), settings.RateLimits.SignInsPerClient, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        // 2. The browser that began, and for this provider.
        if (attempt is null || providers.Find(name) is not { } provider || attempt.Provider != provider.Name
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(attempt.State), Encoding.UTF8.GetBytes(returned.State)))
        {
            return await FailedAsync(IdentityRefusals.State, name, client, cancellation);
        }

        // 3. The first time: a state counts once, on whichever node.
        if (!await signIns.SpendAsync(attempt, cancellation))
        {
            return await FailedAsync(IdentityRefusals.State, name, client, cancellation);
        }

        var outcome = await IdentifyAsync(provider, attempt, returned, callback, client, cancellation);
        if (outcome.Refusal is { } refusal)
        {
            await FailedAsync(refusal, provider.Name, client, cancellation);
        }

        return new Finished(attempt, outcome.Refusal?.Code, outcome.Value);
    }

    private async Task<Outcome<string>> IdentifyAsync(Provider provider, SignInAttempt attempt, Returned returned, string callback, Client client, CancellationToken cancellation)
    {
        if (returned.Error.Length > 0 || returned.Code.Length is 0 or > 2048)
        {
            return returned.Error == "access_denied" ? IdentityRefusals.Denied : IdentityRefusals.Failed;
        }

        // 4. Who it is, by the provider's word to us and not by the browser's.
        var identified = await provider.IdentifyAsync(returned.Code, returned.Issuer, attempt, callback, cancellation);
        if (identified.Value is not { } who)
        {
            return identified.Refusal!;
        }

        if (attempt.UserId is { } userId)
        {
            return await LinkAsync(userId, attempt, who, client, cancellation) is { } refusal ? refusal : new Outcome<string>(null, null);
        }

        // 5. Its account, and the code for it, or neither.
        var code = RandomToken.New();
        return await admit.RunAsync(who, id => signIns.Issuing(attempt, code, id, settings.Identities.CodeLifetime), client, cancellation) is { } refused ? refused : code;
    }

    // For who began it while signed in, and still is.
    private async Task<Refusal?> LinkAsync(string userId, SignInAttempt attempt, ProviderAccount who, Client client, CancellationToken cancellation)
    {
        if (await factors.BearerAsync(attempt.SessionId!, userId, cancellation) is not { User: var user })
        {
            return IdentityRefusals.State;
        }

        // Found before it is written: two accounts are never made one by the way.
        if (await admit.OwnerAsync(who, cancellation) is { } owner && owner != userId)
        {
            return IdentityRefusals.Taken;
        }

        var (adding, happened) = (identities.Adding(userId, who), AuditEvent.Of("identity_linked", userId, attempt.SessionId, client) with { New = new JsonObject { ["provider"] = who.Provider, ["email"] = who.Email } });
        var using_ = identities.Using(userId, who);
        try
        {
            if (!await database.ChangeAsync(
                [
                    factors.Holding(userId), identities.Freeing(who), adding, using_, .. grants.Keeping(userId, who),
                    .. notices.Telling(LetterKind.IdentitiesChanged, user.Email, user.Id, client),
                ],
                null,
                () => using_.RecordsAffected == 1 ? [audit.Entry(happened)] : null,
                cancellation))
            {
                // Somebody else was quicker with it, or there is one of this provider.
                return await admit.OwnerAsync(who, cancellation) is null ? IdentityRefusals.Exists : IdentityRefusals.Taken;
            }
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return IdentityRefusals.Taken;
        }

        notices.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return null;
    }

    private async Task<Refusal> FailedAsync(Refusal refusal, string? provider, Client client, CancellationToken cancellation)
    {
        var known = providers.Find(provider)?.Name;
        await announcer.TellAsync(AuditEvent.Of("provider_sign_in_failed", null, null, client) with { New = new JsonObject { ["provider"] = known, ["reason"] = refusal.Code } }, cancellation);
        return refusal;
    }
}

/// <summary>What the browser brings from the provider.</summary>
/// <param name="Issuer">Null where it brings none.</param>
internal sealed record Returned(string State, string Code, string Error, string? Issuer);

/// <param name="Error">Why there is neither; null for a sign-in or a link that was done.</param>
/// <param name="Code">For the application; null for a link.</param>
internal sealed record Finished(SignInAttempt Attempt, string? Error, string? Code);
