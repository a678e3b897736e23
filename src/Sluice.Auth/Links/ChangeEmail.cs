using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Admission;
using Sluice.Auth.Audit;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Links;

/// <summary>Another address, for who knows the password, when both addresses have agreed. Sessions other than the one that asked end.</summary>
internal sealed class ChangeEmail(
    AuthDatabase database, LinkStore store, OpenLinks links, AllowedAddresses allowed, ConfirmPassword confirm, Outbox outbox, Letters letters, Notices notices, MailBudget budget, SessionIssuer sessions, AuditLog audit, Announcer announcer, IOptions<SluiceAuthOptions> options)
{
    /// <returns>What is wrong; null also where the address is another's, who hears of it by mail.</returns>
    public async Task<Refusal?> AskAsync(AccessToken token, ChangeEmailRequest request, Client client, CancellationToken cancellation)
    {
        var address = Identifiers.Normal(request.NewEmail);
        if (!Identifiers.IsEmail(address))
        {
            return Refusal.EmailAddress;
        }

        if (await budget.OfClientAsync(client, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        var confirmed = await confirm.RunAsync(token, request.CurrentPassword, "email_change", client, cancellation);
        if (confirmed.Value is not { User: var user })
        {
            return confirmed.Refusal;
        }

        if (address == user.Email)
        {
            return LinkRefusals.SameAddress;
        }

        var happened = AuditEvent.Of("email_change_requested", user.Id, token.SessionId, client) with { New = new JsonObject { ["email"] = address } };
        var (oldToken, newToken) = (RandomToken.New(), RandomToken.New());
        // Nobody leaves the allow-list by another address; who asks is not told whether it is on the list.
        NpgsqlBatchCommand[] change = await allowed.HasAsync(address, cancellation) && await budget.OfAddressAsync("change", address, cancellation)
            ?
            [
                store.IssuingChange(user.Id, address, RandomToken.Hash(oldToken), RandomToken.Hash(newToken), token.SessionId, options.Value.Mail.ConfirmLifetime),
                outbox.Queuing(letters.ChangeOld(user.Email, user.Id, address, oldToken, client), Addressee.Confirmed),
                outbox.Queuing(letters.ChangeNew(address, user.Id, newToken, client), Addressee.Nobody),
                outbox.Queuing(letters.Known(address, client), Addressee.Account),
            ]
            : [];
        await database.ChangeAsync([.. change, audit.Entry(happened)], null, () => [], cancellation);
        outbox.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return null;
    }

    /// <summary>One of the two addresses agrees.</summary>
    public async Task<Outcome<StatusAnswer>> AgreeAsync(TokenRequest request, Client client, CancellationToken cancellation)
    {
        if (!RandomToken.IsOne(request.Token))
        {
            return LinkRefusals.Token;
        }

        // Twice, should both agree at the same moment: one is the first, and the other then finds itself the second.
        var tokenHash = RandomToken.Hash(request.Token);
        for (var i = 0; i < 2 && await store.FindChangeAsync(tokenHash, cancellation) is { } change; i++)
        {
            if (change.OtherAgreed ? await ChangeAsync(change, tokenHash, client, cancellation) : await FirstAsync(change, tokenHash, client, cancellation))
            {
                return new StatusAnswer(change.OtherAgreed ? "email_changed" : "waiting_for_other_address");
            }
        }

        return LinkRefusals.Token;
    }

    private async Task<bool> FirstAsync(WaitingChange change, string tokenHash, Client client, CancellationToken cancellation)
    {
        var happened = AuditEvent.Of("email_change_agreed", change.UserId, null, client);
        var agreeing = store.Agreeing(tokenHash);
        if (!await database.ChangeAsync([agreeing], null, () => agreeing.RecordsAffected == 1 ? [audit.Entry(happened)] : null, cancellation))
        {
            return false;
        }

        await announcer.AnnounceAsync([happened], cancellation);
        return true;
    }

    private async Task<bool> ChangeAsync(WaitingChange change, string tokenHash, Client client, CancellationToken cancellation)
    {
        var changing = store.Changing(tokenHash);
        try
        {
            if (await sessions.EndAsync(
                new Ending(change.UserId, null, change.SessionId, "email_changed", change.UserId),
                AuditEvent.Of("email_changed", change.UserId, null, client) with { Old = new JsonObject { ["email"] = change.OldEmail }, New = new JsonObject { ["email"] = change.NewEmail } },
                [changing, links.Voiding(change.UserId), outbox.Queuing(letters.Changed(change.OldEmail, change.UserId, change.NewEmail, client)), notices.Showing(LetterKind.Changed, change.UserId, client)],
                _ => changing.RecordsAffected == 1,
                cancellation) is null)
            {
                return false;
            }
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Somebody registered it meanwhile.
            return false;
        }

        outbox.Wake();
        return true;
    }
}
