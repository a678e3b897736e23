using System.Text.Json.Nodes;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Sessions;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>Takes back what a client was allowed: its sessions of this user end with the consent.</summary>
internal sealed class WithdrawConsent(ConsentStore consents, FactorStore factors, SessionIssuer sessions)
{
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(AccessToken token, string clientId, Client asking, CancellationToken cancellation)
    {
        var withdrawing = consents.Withdrawing(token.Subject, clientId);
        return await sessions.EndAsync(
            new Ending(token.Subject, null, null, "consent_withdrawn", token.Subject) { Client = clientId },
            AuditEvent.Of("consent_withdrawn", token.Subject, token.SessionId, asking) with { Old = new JsonObject { ["client"] = clientId } },
            // The user's row first, as where a code is redeemed: one of the two waits for the other.
            [factors.Holding(token.Subject), consents.Forgetting(token.Subject, clientId), withdrawing],
            _ => withdrawing.RecordsAffected == 1,
            cancellation) is null
            ? Refusal.NotFound
            : null;
    }
}
