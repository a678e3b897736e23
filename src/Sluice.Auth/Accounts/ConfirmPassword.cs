using Microsoft.Extensions.Options;
using Sluice.Auth.Lockout;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>The password of who is signed in already, before what a stolen access token must not do. A wrong one counts as a wrong one at sign-in.</summary>
internal sealed class ConfirmPassword(AccountStore accounts, RateLimits rates, HashingGate gate, SignInAttempts attempts, IOptions<SluiceAuthOptions> options)
{
    // Not by a password that came with the request: who has only the access token would set one. Who has the mail does.
    private static readonly Refusal NoPassword = new(409, "no_password", "This account has no password. Set one by POST /password/forgot: the link is mailed.");

    /// <param name="purpose">What the audit calls it: `purpose_failed`, `purpose_locked`.</param>
    public async Task<Outcome<Account>> RunAsync(AccessToken token, string password, string purpose, Client client, CancellationToken cancellation)
    {
        if (await accounts.GetAsync(token.Subject, cancellation) is not { IsActive: true } account)
        {
            return Refusal.Unauthenticated;
        }

        if (account.PasswordHash is not { } stored)
        {
            return NoPassword;
        }

        if (await rates.TakeAsync("confirm_account", account.User.Id, options.Value.RateLimits.ConfirmationsPerAccount, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        if (await gate.VerifyAsync(password, stored, cancellation) is not { } verdict)
        {
            return Refusal.Busy;
        }

        var attempt = new Attempt(account.User.Email, account.User.Id, client, null) { SessionId = token.SessionId, Failed = purpose + "_failed", Locked = purpose + "_locked" };
        return (await attempts.DecideAsync(attempt, verdict is not Verdict.Wrong, cancellation)).IsAdmitted ? account : Refusal.Credentials;
    }
}
