using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Mail;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Links;

/// <summary>An address is confirmed by its link or its code; another mail for who has lost the first.</summary>
internal sealed class VerifyEmail(AuthDatabase database, Confirmations confirmations, Outbox outbox, MailBudget budget, AuditLog audit, Announcer announcer)
{
    /// <returns>What is wrong; null when it is done.</returns>
    public async Task<Refusal?> RunAsync(VerifyEmailRequest request, Client client, CancellationToken cancellation) => request switch
    {
        { Token: { } token, Email: null, Code: null } => await UseAsync(RandomToken.IsOne(token) ? RandomToken.Hash(token) : null, client, cancellation),
        { Token: null, Email: { } email, Code: { } code } => await UseAsync(await confirmations.TokenOfAsync(Identifiers.Normal(email), code.Trim(), cancellation), client, cancellation),
        _ => Refusal.Invalid("Send `token`, or `email` and `code`."),
    };

    /// <returns>Null whether or not somebody waits for it.</returns>
    public async Task<Refusal?> ResendAsync(EmailRequest request, Client client, CancellationToken cancellation)
    {
        var email = Identifiers.Normal(request.Email);
        if (!Identifiers.IsEmail(email))
        {
            return LinkRefusals.Address;
        }

        if (await budget.OfClientAsync(client, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        var commands = await budget.OfAddressAsync(email, cancellation) ? confirmations.Issuing(email, null, client) : [];
        var happened = AuditEvent.Of("verification_requested", null, null, client);
        await database.ChangeAsync([.. commands, audit.Entry(happened)], null, () => [], cancellation);
        outbox.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return null;
    }

    private async Task<Refusal?> UseAsync(string? tokenHash, Client client, CancellationToken cancellation)
    {
        if (tokenHash is null)
        {
            return LinkRefusals.Token;
        }

        AuditEvent? happened = null;
        await database.ChangeAsync(
            [confirmations.Using(tokenHash)],
            async reader => happened = await reader.ReadAsync(cancellation) ? AuditEvent.Of("email_verified", reader.GetString(0), null, client) : null,
            () => happened is null ? null : [audit.Entry(happened)],
            cancellation);
        if (happened is null)
        {
            return LinkRefusals.Token;
        }

        await announcer.AnnounceAsync([happened], cancellation);
        return null;
    }
}
