using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Links;

/// <summary>An address is confirmed by its link or its code; another mail for who has lost the first.</summary>
internal sealed class VerifyEmail(
    AuthDatabase database, AccountStore accounts, Confirmations confirmations, ResetPassword reset, OpenLinks links, FactorStore factors, TrustedDevices trusted, Outbox outbox, MailBudget budget, SessionIssuer sessions, AuditLog audit, Announcer announcer)
{
    public async Task<Outcome<StatusAnswer>> RunAsync(VerifyEmailRequest request, Client client, CancellationToken cancellation) => request switch
    {
        { Token: { } token, Email: null, Code: null } => await UseAsync(RandomToken.IsOne(token) ? RandomToken.Hash(token) : null, request.NotMine, client, cancellation),
        { Token: null, Email: { } email, Code: { } code, NotMine: false } => await budget.OfCodesByAsync(client, cancellation) is { } tooMany
            ? tooMany
            : await UseAsync(await confirmations.TokenOfAsync(Identifiers.Normal(email), code.Trim(), cancellation), false, client, cancellation),
        _ => Refusal.Invalid("Send `token`, or `email` and `code`."),
    };

    /// <returns>Null whether or not somebody waits for it.</returns>
    public async Task<Refusal?> ResendAsync(EmailRequest request, Client client, CancellationToken cancellation)
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

        var commands = await budget.OfAddressAsync("confirm", email, cancellation) ? confirmations.Issuing(email, client) : [];
        var happened = AuditEvent.Of("verification_requested", null, null, client);
        await database.ChangeAsync([.. commands, audit.Entry(happened)], null, () => [], cancellation);
        outbox.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return null;
    }

    private async Task<Outcome<StatusAnswer>> UseAsync(string? tokenHash, bool notMine, Client client, CancellationToken cancellation)
    {
        if (tokenHash is null)
        {
            return LinkRefusals.Token;
        }

        AuditEvent? happened = null;
        string? withoutPassword = null;
        await database.ChangeAsync(
            [confirmations.Using(tokenHash, notMine)],
            async reader =>
            {
                if (await reader.ReadAsync(cancellation))
                {
                    happened = AuditEvent.Of("email_verified", reader.GetString(0), null, client);
                    withoutPassword = reader.GetBoolean(2) ? reader.GetString(1) : null;
                }
            },
            // No budget for the reset: an account is confirmed once.
            () => happened is null ? null : [.. notMine ? Disowning(happened.UserId!) : [], .. withoutPassword is { } email ? reset.Sending(email, client) : [], audit.Entry(happened)],
            cancellation);
        if (happened is null)
        {
            return LinkRefusals.Token;
        }

        outbox.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        if (notMine)
        {
            // Where registrations sign in at once, somebody has signed in. The owner may have left the page: it is done all the same.
            await sessions.EndAsync(new Ending(happened.UserId!, null, null, "registration_disowned", happened.UserId), AuditEvent.Of("registration_disowned", happened.UserId, null, client), CancellationToken.None);
        }

        return new StatusAnswer(withoutPassword is null ? "email_verified" : "password_needed");
    }

    // What a stranger who signed in could have left behind, to keep the owner out or to come back.
    private NpgsqlBatchCommand[] Disowning(string userId) =>
        [accounts.RemovingConsents(userId), factors.RemovingAll(userId), factors.RemovingOrphanedCodes(userId), trusted.RemovingAll(userId), links.Voiding(userId)];
}
