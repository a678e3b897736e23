using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Links;

/// <summary>Another password for who has the account's mail. It ends every session and every lock; it signs nobody in, and removes no second factor.</summary>
internal sealed class ResetPassword(
    AuthDatabase database, AccountStore accounts, LinkStore store, OpenLinks links, Outbox outbox, Letters letters, MailBudget budget, HashingGate gate, SignInAttempts attempts, TrustedDevices trusted, SessionIssuer sessions, AuditLog audit, Announcer announcer,
    IOptions<SluiceAuthOptions> options)
{
    /// <returns>Null whether or not there is such an account: the same statements run, and write as much as the disk would notice.</returns>
    public async Task<Refusal?> ForgotAsync(EmailRequest request, Client client, CancellationToken cancellation)
    {
        var email = Identifiers.Normal(request.Email);
        if (!Identifiers.IsEmail(email))
        {
            return Refusal.EmailAddress;
        }

        if (await budget.OfClientAsync(client, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        var happened = AuditEvent.Of("password_reset_requested", null, null, client);
        if (!await budget.OfAddressAsync("reset", email, cancellation))
        {
            await announcer.TellAsync(happened, cancellation);
            return null;
        }

        await database.ChangeAsync(
            Sending(email, client),
            async reader => happened = await reader.ReadAsync(cancellation) ? AuditEvent.Of(happened.Action, reader.GetString(0), null, client) : happened,
            () => [audit.Entry(happened)],
            cancellation);
        outbox.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return null;
    }

    /// <summary>Mails the link to who lost the password and asked an administrator, who does not see it.</summary>
    /// <returns>What is wrong; null when it is on its way.</returns>
    public async Task<Refusal?> SendAsync(UserView user, Actor actor, CancellationToken cancellation)
    {
        if (!await budget.OfAddressAsync("reset", user.Email, cancellation))
        {
            return Refusal.TooMany with { RetryAfterSeconds = 60 };
        }

        var isThere = false;
        var happened = actor.Did("password_reset_requested", user.Id);
        await database.ChangeAsync(Sending(user), async reader => isThere = await reader.ReadAsync(cancellation), () => isThere ? [audit.Entry(happened)] : null, cancellation);
        if (!isThere)
        {
            return LinkRefusals.Inactive;
        }

        outbox.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return null;
    }

    /// <summary>The link to an account of this address, with what justifies it; gives the account's id. Say <see cref="Wake"/> when it is done.</summary>
    public NpgsqlBatchCommand[] Sending(string email, Client client)
    {
        var token = RandomToken.New();
        return [store.IssuingReset(email, RandomToken.Hash(token), options.Value.Mail.ResetLifetime), outbox.Queuing(letters.Reset(email, token, client), Addressee.Account)];
    }

    /// <summary>The same by an administrator, of whose machine the mail says nothing.</summary>
    public NpgsqlBatchCommand[] Sending(UserView user) => Sending(user.Email, new Client(null, null, ""));

    public void Wake() => outbox.Wake();

    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(ResetPasswordRequest request, Client client, CancellationToken cancellation)
    {
        // 1. Is it a token, and whose?
        var tokenHash = RandomToken.IsOne(request.Token) ? RandomToken.Hash(request.Token) : null;
        if (tokenHash is null || await store.OwnerOfResetAsync(tokenHash, cancellation) is not var (user, hasFactor))
        {
            return LinkRefusals.Token;
        }

        // 2. May it be a password? The token is not used up by one that may not.
        if (PasswordRules.Check(request.NewPassword, options.Value, hasFactor, user.Email, user.Username) is { } weak)
        {
            return weak;
        }

        if (await gate.MakeAsync(request.NewPassword, cancellation) is not { } hash)
        {
            return Refusal.Busy;
        }

        // 3. All of it, by the first who comes with the token.
        var resetting = store.UsingReset(tokenHash, hash);
        if (await sessions.EndAsync(
            new Ending(user.Id, null, null, "password_reset", user.Id),
            AuditEvent.Of("password_reset", user.Id, null, client),
            [resetting, links.Voiding(user.Id), trusted.RemovingAll(user.Id), attempts.Unlocking(user.Email), accounts.MeetingDemand(user.Id), outbox.Queuing(letters.Notice(LetterKind.PasswordChanged, user.Email, user.Id, client))],
            _ => resetting.RecordsAffected == 1,
            cancellation) is null)
        {
            return LinkRefusals.Token;
        }

        outbox.Wake();
        return null;
    }
}
