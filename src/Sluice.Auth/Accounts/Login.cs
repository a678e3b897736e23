using Microsoft.Extensions.Options;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Sign-in with a password: the same work and the same answer for whatever is wrong.</summary>
internal sealed class Login(AccountStore accounts, HashingGate gate, SessionIssuer sessions, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    public async Task<Outcome<SessionTokens>> RunAsync(LoginRequest request, Client client, CancellationToken cancellation)
    {
        var account = await accounts.FindAsync(Identifiers.Normal(request.Identifier), cancellation);

        // A password that could not have been set is hashed all the same, but not at any length.
        var password = request.Password.Length <= options.Value.Passwords.MaximumLength * 2 ? request.Password : "";
        if (await gate.VerifyAsync(password, account?.PasswordHash ?? gate.Decoy, cancellation) is not { } verdict)
        {
            return Refusal.Busy;
        }

        if (verdict is Verdict.Wrong || account is not { PasswordHash: { } stored, IsActive: true } || (!options.Value.AutoConfirm && !account.User.EmailVerified))
        {
            await announcer.TellAsync("login_failed", account?.User.Id, null, client, cancellation);
            return Refusal.Credentials;
        }

        // An old hash gives way to one of today, when there is room to make it.
        var fresh = verdict is Verdict.RightButOutdated ? await gate.MakeAsync(password, cancellation) : null;
        var begun = await sessions.BeginAsync(
            account.User, fresh ?? stored, request.DeviceName, client, fresh is null ? [] : [accounts.ReplacingHash(account.User.Id, stored, fresh)], cancellation);
        if (begun is null)
        {
            return Refusal.Credentials;
        }

        await announcer.TellAsync("login", account.User.Id, begun.Id, client, cancellation);
        return begun.Tokens;
    }
}
