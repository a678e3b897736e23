using System.Text.Json.Nodes;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Sessions;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Soft deletion, for who knows the password, or has none and has signed in just now: every session ends, the address is free again.</summary>
internal sealed class DeleteAccount(AccountStore accounts, ConfirmPassword confirm, FactorRights rights, Administrators administrators, TrustedDevices trusted, SessionIssuer sessions)
{
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(AccessToken token, DeleteRequest request, Client client, CancellationToken cancellation)
    {
        var confirmed = await ConfirmAsync(token, request.CurrentPassword, client, cancellation);
        if (confirmed.Value is not { } user)
        {
            return confirmed.Refusal;
        }

        var (deleting, keeping) = (accounts.Deleting(user.Id), administrators.KeepingOne(user.Id));
        return await sessions.EndAsync(
            new Ending(user.Id, null, null, "account_deleted", user.Id),
            new AuditEvent("account_deleted", "user", user.Id)
            {
                UserId = user.Id,
                SessionId = token.SessionId,
                Client = client,
                Old = new JsonObject { ["email"] = user.Email, ["username"] = user.Username, ["displayName"] = user.DisplayName, ["role"] = user.Role },
            },
            [Administrators.TakingTurns(), deleting, trusted.RemovingAll(user.Id), keeping],
            _ => deleting.RecordsAffected == 1 && keeping.RecordsAffected == 1,
            cancellation) is not null ? null
            : deleting.RecordsAffected == 1 ? Administrators.Last
            : Refusal.Unauthenticated;
    }

    // Who has a password shows it; who signs in another way has nothing to show but that it was just now.
    private async Task<Outcome<UserView>> ConfirmAsync(AccessToken token, string? password, Client client, CancellationToken cancellation)
    {
        var account = await accounts.GetAsync(token.Subject, cancellation);
        if (account is { PasswordHash: null })
        {
            var recent = await rights.OfAsync(token, cancellation);
            return new Outcome<UserView>(recent.Value?.User, recent.Refusal);
        }

        if (password is null)
        {
            return Refusal.Invalid("currentPassword is needed.");
        }

        var confirmed = await confirm.RunAsync(token, password, "account_delete", client, cancellation);
        return new Outcome<UserView>(confirmed.Value?.User, confirmed.Refusal);
    }
}
