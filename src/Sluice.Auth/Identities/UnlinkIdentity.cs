using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>A provider less, unless it is the last way in. What GitHub gave is taken back there, at once or as soon as GitHub answers.</summary>
internal sealed class UnlinkIdentity(
    AuthDatabase database, IdentityStore identities, GitHubGrants grants, GitHubTokens tokens, SignInStore signIns, FactorStore factors, FactorRights rights, Notices notices, AuditLog audit, Announcer announcer,
    IOptions<SluiceAuthOptions> options)
{
    private readonly string[] usable = [.. options.Value.Identities.Providers.Keys];

    /// <returns>Whether everything is done; not where GitHub has still to hear of it.</returns>
    public async Task<Outcome<Unlinked>> RunAsync(AccessToken token, string provider, Client client, CancellationToken cancellation)
    {
        var allowed = await rights.OfAsync(token, cancellation);
        if (allowed.Value is not { User: var user })
        {
            return allowed.Refusal!;
        }

        var removing = identities.Removing(user.Id, provider, usable);
        var grant = await grants.FindAsync(user.Id, cancellation) is { } found && found.Provider == provider ? found : null;
        var happened = AuditEvent.Of("identity_unlinked", user.Id, token.SessionId, client) with { Old = new JsonObject { ["provider"] = provider } };
        if (!await database.ChangeAsync(
            [
                factors.Holding(user.Id), removing, .. grant is null ? [] : grants.Revoking(grant), signIns.Voiding(user.Id, provider),
                .. notices.Telling(LetterKind.IdentitiesChanged, user.Email, user.Id, client),
            ],
            null,
            () => removing.RecordsAffected == 1 ? [audit.Entry(happened)] : null,
            cancellation))
        {
            return (await identities.ListAsync(user.Id, cancellation)).Any(i => i.Provider == provider) ? IdentityRefusals.LastWayIn : Refusal.NotFound;
        }

        notices.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return new Unlinked(grant?.AccessToken is null || await tokens.RevokeDueAsync(1, grant.GitHubUserId, cancellation) == 1);
    }
}

/// <param name="IsRevoked">The provider knows of it.</param>
internal sealed record Unlinked(bool IsRevoked);
