using System.Text.Json.Nodes;
using Sluice.Auth.Audit;
using Sluice.Auth.Sessions;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Soft deletion, for who knows the password: every session ends, the address is free again.</summary>
internal sealed class DeleteAccount(AccountStore accounts, ConfirmPassword confirm, SessionIssuer sessions)
{
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(AccessToken token, DeleteRequest request, Client client, CancellationToken cancellation)
    {
        var confirmed = await confirm.RunAsync(token, request.CurrentPassword, "account_delete", client, cancellation);
        if (confirmed.Value is not { User: var user })
        {
            return confirmed.Refusal;
        }

        var deleting = accounts.Deleting(user.Id);
        return await sessions.EndAsync(
            new Ending(user.Id, null, null, "account_deleted", user.Id),
            new AuditEvent("account_deleted", "user", user.Id)
            {
                UserId = user.Id,
                SessionId = token.SessionId,
                Client = client,
                Old = new JsonObject { ["email"] = user.Email, ["username"] = user.Username, ["displayName"] = user.DisplayName, ["role"] = user.Role },
            },
            [deleting],
            _ => deleting.RecordsAffected == 1,
            cancellation) is null
            ? Refusal.Unauthenticated
            : null;
    }
}
