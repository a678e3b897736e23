using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Links;
using Sluice.Auth.Mail;
using Sluice.Auth.Passwords;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.AllowList;

/// <summary>The way past the list: who is invited by mail makes an account with the link, once, and stands on the list from then on.</summary>
internal sealed class Invitations(
    AuthDatabase database, InvitationStore store, AllowListStore list, AccountStore accounts, Outbox outbox, Letters letters, MailBudget budget, HashingGate gate, AuditLog audit, Announcer announcer,
    IOptions<SluiceAuthOptions> options)
{
    // Whose the name is shows only to who was invited.
    private static readonly Refusal Taken = new(409, "user_already_exists", "That user name is taken, or there is an account for the invited address by now.");

    public async Task<Invitation> InviteAsync(string address, string? reason, Actor actor, CancellationToken cancellation)
    {
        if (Entry.Read(address) is not { } email || Entry.IsDomain(email) || reason?.Length > AllowListAdministration.LongestReason)
        {
            return Invitation.NoAddress;
        }

        if (!outbox.IsOpen)
        {
            return Invitation.NoMail;
        }

        if (await accounts.FindAsync(email, cancellation) is not null)
        {
            return Invitation.HasAccount;
        }

        var token = RandomToken.New();
        var lifetime = options.Value.AllowList.InvitationLifetime;
        var happened = new AuditEvent("invited", "invitation", email) { UserId = actor.UserId, SessionId = actor.SessionId, Client = actor.Client, New = new JsonObject { ["reason"] = reason } };
        await database.ChangeAsync(
            [store.Issuing(email, RandomToken.Hash(token), Asked.Shown(reason), actor.UserId, lifetime), outbox.Queuing(letters.Invite(email, token, lifetime)), audit.Entry(happened)], null, () => [], cancellation);
        outbox.Wake();
        await announcer.AnnounceAsync([happened], cancellation);
        return Invitation.Sent;
    }

    /// <summary>Makes the account. Nobody is signed in by it: the password does that.</summary>
    public async Task<Outcome<StatusAnswer>> AcceptAsync(AcceptInvitationRequest request, Client client, CancellationToken cancellation)
    {
        // 1. Is it a token, and for whom?
        var tokenHash = RandomToken.IsOne(request.Token) ? RandomToken.Hash(request.Token) : null;
        if (tokenHash is null || await store.FindAsync(tokenHash, cancellation) is not { } invitation)
        {
            return LinkRefusals.Token;
        }

        // 2. May the account be so? The token is not used up by one that may not.
        var username = request.Username is null ? null : Identifiers.Normal(request.Username);
        if ((ProfileRules.Check(request.Username, request.DisplayName, default, database.Names, options.Value)
            ?? PasswordRules.Check(request.Password, options.Value, invitation.Email, username)) is { } wrong)
        {
            return wrong;
        }

        if (await budget.OfClientAsync(client, cancellation) is { } tooMany)
        {
            return tooMany;
        }

        if (await gate.MakeAsync(request.Password, cancellation) is not { } hash)
        {
            return Refusal.Busy;
        }

        // 3. All of it, by the first who comes with the token.
        var user = new UserView(database.NewId(), invitation.Email, username, request.DisplayName, "", true);
        var happened = AuditEvent.Of("invitation_accepted", user.Id, null, client) with
        {
            New = new JsonObject { ["email"] = user.Email, ["username"] = user.Username, ["displayName"] = user.DisplayName, ["invitedBy"] = invitation.By },
        };
        var (isFree, taking) = (false, store.Using(tokenHash));
        var isDone = await database.ChangeAsync(
            [taking, list.Adding(invitation.Email, invitation.Reason, invitation.By), accounts.Adding(user, hash), .. accounts.Confirming(user.Id)],
            async reader => isFree = await reader.ReadAsync(cancellation),
            () => taking.RecordsAffected == 1 && isFree ? [audit.Entry(happened)] : null,
            cancellation);
        if (!isDone)
        {
            return taking.RecordsAffected == 1 ? Taken : LinkRefusals.Token;
        }

        await announcer.AnnounceAsync([happened], cancellation);
        return new StatusAnswer("account_created");
    }
}
