using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Another password, for who knows the present one; every other session ends, and every lock.</summary>
internal sealed class ChangePassword(
    AccountStore accounts, ConfirmPassword confirm, HashingGate gate, SignInAttempts attempts, SessionIssuer sessions, OpenLinks links, Notices notices, IOptions<SluiceAuthOptions> options)
{
    private static readonly Refusal Same = new(422, "same_password", "The new password must be another than the present one.") { Reason = "same" };

    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(AccessToken token, ChangePasswordRequest request, Client client, CancellationToken cancellation)
    {
        var confirmed = await confirm.RunAsync(token, request.CurrentPassword, "password_change", client, cancellation);
        if (confirmed.Value is not { } account)
        {
            return confirmed.Refusal;
        }

        if (PasswordRules.Check(request.NewPassword, options.Value, account.HasFactor, account.User.Email, account.User.Username) is { } weak)
        {
            return weak;
        }

        if (PasswordHash.Bytes(request.NewPassword).AsSpan().SequenceEqual(PasswordHash.Bytes(request.CurrentPassword)))
        {
            return Same;
        }

        if (await gate.MakeAsync(request.NewPassword, cancellation) is not { } fresh)
        {
            return Refusal.Busy;
        }

        var replacing = accounts.ReplacingHash(account.User.Id, account.PasswordHash!, fresh);
        var ended = await sessions.EndAsync(
            new Ending(account.User.Id, null, token.SessionId, "password_changed", account.User.Id),
            AuditEvent.Of("password_changed", account.User.Id, token.SessionId, client),
            [
                replacing, attempts.Unlocking(account.User.Email), links.Voiding(account.User.Id),
                .. notices.Telling(LetterKind.PasswordChanged, account.User.Email, account.User.Id, client),
            ],
            _ => replacing.RecordsAffected == 1,
            cancellation);
        notices.Wake();
        return ended is null ? new Refusal(409, "conflict", "The password was changed elsewhere in this moment.") : null;
    }
}
