using Microsoft.Extensions.Options;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Another password, for who knows the present one; every other session ends.</summary>
internal sealed class ChangePassword(AccountStore accounts, HashingGate gate, SessionIssuer sessions, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    private static readonly Refusal Same = new(422, "same_password", "The new password must be another than the present one.") { Reason = "same" };

    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(AccessToken token, ChangePasswordRequest request, Client client, CancellationToken cancellation)
    {
        if (await accounts.GetAsync(token.Subject, cancellation) is not { PasswordHash: { } stored, IsActive: true } account)
        {
            return Refusal.Unauthenticated;
        }

        if (PasswordRules.Check(request.NewPassword, options.Value, account.User.Email, account.User.Username) is { } weak)
        {
            return weak;
        }

        if (await gate.VerifyAsync(request.CurrentPassword, stored, cancellation) is not { } verdict || await gate.MakeAsync(request.NewPassword, cancellation) is not { } fresh)
        {
            return Refusal.Busy;
        }

        if (verdict is Verdict.Wrong)
        {
            await announcer.TellAsync("password_change_failed", account.User.Id, token.SessionId, client, cancellation);
            return Refusal.Credentials;
        }

        if (PasswordHash.Bytes(request.NewPassword).AsSpan().SequenceEqual(PasswordHash.Bytes(request.CurrentPassword)))
        {
            return Same;
        }

        var replacing = accounts.ReplacingHash(account.User.Id, stored, fresh);
        await sessions.EndAsync(account.User.Id, null, token.SessionId, "password_changed", account.User.Id, [replacing], cancellation);
        if (replacing.RecordsAffected == 0)
        {
            return new Refusal(409, "conflict", "The password was changed elsewhere in this moment.");
        }

        await announcer.TellAsync("password_changed", account.User.Id, token.SessionId, client, cancellation);
        return null;
    }
}
