using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Soft deletion, for who knows the password: every session ends, the address is free again.</summary>
internal sealed class DeleteAccount(AccountStore accounts, HashingGate gate, SessionIssuer sessions, Announcer announcer)
{
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(AccessToken token, DeleteRequest request, Client client, CancellationToken cancellation)
    {
        if (await accounts.GetAsync(token.Subject, cancellation) is not { PasswordHash: { } stored } account)
        {
            return Refusal.Unauthenticated;
        }

        switch (await gate.VerifyAsync(request.CurrentPassword, stored, cancellation))
        {
            case null:
                return Refusal.Busy;
            case Verdict.Wrong:
                return Refusal.Credentials;
        }

        await sessions.EndAsync(account.User.Id, null, null, "account_deleted", account.User.Id, [accounts.Deleting(account.User.Id)], cancellation);
        await announcer.TellAsync("account_deleted", account.User.Id, token.SessionId, client, cancellation);
        return null;
    }
}
