using System.Text.Json.Nodes;
using Sluice.Auth.Audit;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>Switches an account off, with every session and access token of it, or on again.</summary>
internal sealed class SwitchAccount(AuthDatabase database, AccountStore accounts, SessionIssuer sessions, AuditLog audit, Announcer announcer)
{
    /// <returns>Null for an address without an account; else whether it was the other way before.</returns>
    public async Task<bool?> RunAsync(string email, bool isActive, CancellationToken cancellation)
    {
        if (await accounts.FindAsync(Identifiers.Normal(email), cancellation) is not { User.Id: var id })
        {
            return null;
        }

        var switching = accounts.Switching(id, isActive);
        var happened = new AuditEvent(isActive ? "account_enabled" : "account_disabled", "user", id)
        {
            UserId = id,
            Old = new JsonObject { ["isActive"] = !isActive },
            New = new JsonObject { ["isActive"] = isActive },
        };
        if (!isActive)
        {
            return await sessions.EndAsync(new Ending(id, null, null, happened.Action, null), happened, [switching], _ => switching.RecordsAffected == 1, cancellation) is not null;
        }

        var isDone = await database.ChangeAsync([switching], null, () => switching.RecordsAffected == 1 ? [audit.Entry(happened)] : null, cancellation);
        if (isDone)
        {
            await announcer.AnnounceAsync([happened], cancellation);
        }

        return isDone;
    }
}
