using Sluice.Auth.Audit;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Another password, for who knows the present one; every other session ends, and every lock.</summary>
internal sealed class ChangePassword(ConfirmPassword confirm, NewPassword passwords, SessionIssuer sessions, Notices notices)
{
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(AccessToken token, ChangePasswordRequest request, Client client, CancellationToken cancellation)
    {
        var confirmed = await confirm.RunAsync(token, request.CurrentPassword, "password_change", client, cancellation);
        if (confirmed.Value is not { } account)
        {
            return confirmed.Refusal;
        }

        var prepared = await passwords.PrepareAsync(account, request.CurrentPassword, request.NewPassword, client, cancellation);
        if (prepared.Value is not { } replacement)
        {
            return prepared.Refusal;
        }

        var ended = await sessions.EndAsync(
            new Ending(account.User.Id, null, token.SessionId, "password_changed", account.User.Id),
            AuditEvent.Of("password_changed", account.User.Id, token.SessionId, client),
            [.. replacement.Commands],
            _ => replacement.Replacing.RecordsAffected == 1,
            cancellation);
        notices.Wake();
        return ended is null ? new Refusal(409, "conflict", "The password was changed elsewhere in this moment.") : null;
    }
}
