using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Another password in the place of one that was right.</summary>
internal sealed class NewPassword(AccountStore accounts, HashingGate gate, SignInAttempts attempts, OpenLinks links, TrustedDevices trusted, Notices notices, IOptions<SluiceAuthOptions> options)
{
    private static readonly Refusal Same = new(422, "same_password", "The new password must be another than the present one.") { Reason = "same" };

    /// <param name="present">Null where it was shown before: then the new one is held against its hash.</param>
    public async Task<Outcome<Replacement>> PrepareAsync(Account account, string? present, string wanted, Client client, CancellationToken cancellation)
    {
        if (PasswordRules.Check(wanted, options.Value, account.HasFactor, account.User.Email, account.User.Username) is { } weak)
        {
            return weak;
        }

        var verdict = present is null ? await gate.VerifyAsync(wanted, account.PasswordHash!, cancellation)
            : PasswordHash.Bytes(wanted).AsSpan().SequenceEqual(PasswordHash.Bytes(present)) ? Verdict.Right
            : Verdict.Wrong;
        if (verdict is not Verdict.Wrong)
        {
            return verdict is null ? Refusal.Busy : Same;
        }

        return await gate.MakeAsync(wanted, cancellation) is { } fresh
            ? new Replacement(
                fresh,
                accounts.ReplacingHash(account.User.Id, account.PasswordHash!, fresh),
                [
                    attempts.Unlocking(account.User.Email), accounts.MeetingDemand(account.User.Id), links.Voiding(account.User.Id), trusted.RemovingAll(account.User.Id),
                    .. notices.Telling(LetterKind.PasswordChanged, account.User.Email, account.User.Id, client),
                ])
            : Refusal.Busy;
    }
}

/// <param name="Replacing">Affects one row, or the password was changed elsewhere meanwhile.</param>
/// <param name="Following">What a new password ends: locks, the demand for it, links in mails; and the mail that tells of it.</param>
internal sealed record Replacement(string Hash, NpgsqlBatchCommand Replacing, IReadOnlyList<NpgsqlBatchCommand> Following)
{
    public IEnumerable<NpgsqlBatchCommand> Commands => Following.Prepend(Replacing);
}
