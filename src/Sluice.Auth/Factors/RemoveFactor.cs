using Sluice.Auth.Audit;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Factors;

/// <summary>One factor less; with the last one the recovery codes go.</summary>
internal sealed class RemoveFactor(AuthDatabase database, FactorStore factors, FactorRights rights, TrustedDevices trusted, Notices notices, AuditLog audit, Announcer announcer)
{
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(AccessToken token, string id, Client client, CancellationToken cancellation)
    {
        var allowed = await rights.OfAsync(token, cancellation);
        if (allowed.Value is not { User: var user })
        {
            return allowed.Refusal!;
        }

        var removing = factors.Removing(id, user.Id);
        var happened = new AuditEvent("factor_removed", "factor", id) { UserId = user.Id, SessionId = token.SessionId, Client = client };
        if (!await database.ChangeAsync(
            [factors.Holding(user.Id), removing, factors.RemovingOrphanedCodes(user.Id), trusted.RemovingAll(user.Id), .. notices.Telling(LetterKind.FactorsChanged, user.Email, user.Id, client)],
            null,
            () => removing.RecordsAffected == 1 ? [audit.Entry(happened)] : null,
            cancellation))
        {
            return Refusal.NotFound;
        }

        notices.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return null;
    }
}
