using System.Text.Json.Nodes;
using Sluice.Auth.Accounts;
using Sluice.Auth.Audit;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.AllowList;

/// <summary>Who may have an account, as those say who run the service: from the application's own pages for administrators, or from the command line.</summary>
public sealed class AllowListAdministration
{
    internal const string LastOne = "No administrator could sign in any more. Allow one first (allowlist add).";

    /// <summary>Of a reason, in characters.</summary>
    internal const int LongestReason = 500;

    private readonly AuthDatabase database;
    private readonly AllowListStore store;
    private readonly InvitationStore open;
    private readonly Invitations invitations;
    private readonly Administrators administrators;
    private readonly SessionIssuer sessions;
    private readonly AuditLog audit;
    private readonly Announcer announcer;

    internal AllowListAdministration(AuthDatabase database, AllowListStore store, InvitationStore open, Invitations invitations, Administrators administrators, SessionIssuer sessions, AuditLog audit, Announcer announcer) =>
        (this.database, this.store, this.open, this.invitations, this.administrators, this.sessions, this.audit, this.announcer) = (database, store, open, invitations, administrators, sessions, audit, announcer);

    /// <summary>Whether the list is on.</summary>
    public bool IsOn => database.HasAllowList;

    /// <summary>Allows an address, or a domain. The account that has the address is allowed by itself, whatever its address becomes.</summary>
    /// <param name="entry">`ada@example.com`, or `@example.com`.</param>
    /// <param name="reason">For those who look at the list later.</param>
    /// <param name="by">The id of who wants it, for the audit; null from the command line.</param>
    /// <returns>Null for what is neither address nor domain; false where it was allowed before.</returns>
    public Task<bool?> AllowAsync(string entry, string? reason = null, string? by = null, CancellationToken cancellation = default) => AllowAsync(entry, reason, Actor.Outside(by), cancellation);

    internal async Task<bool?> AllowAsync(string entry, string? reason, Actor actor, CancellationToken cancellation)
    {
        if (Entry.Read(entry) is not { } normal || reason?.Length > LongestReason)
        {
            return null;
        }

        var happened = Of("allowlist_added", normal, actor) with { New = new JsonObject { ["reason"] = reason } };
        var adding = store.Adding(normal, Asked.Shown(reason), actor.UserId);
        var marking = store.Marking(normal, isAllowed: true);
        // The account's row before the entry's, as sign-ins take them.
        var isDone = await database.ChangeAsync(
            [.. marking, adding], null, () => adding.RecordsAffected == 1 || marking.Any(m => m.RecordsAffected > 0) ? [audit.Entry(happened)] : null, cancellation);
        if (isDone)
        {
            await announcer.AnnounceAsync([happened], cancellation);
        }

        return isDone;
    }

    /// <summary>Mails an address a link that makes an account, once; from then on it is allowed.</summary>
    /// <param name="email">The address.</param>
    /// <param name="reason">For those who look at the list later.</param>
    /// <param name="by">The id of who invites, for the audit; null from the command line.</param>
    public Task<Invitation> InviteAsync(string email, string? reason = null, string? by = null, CancellationToken cancellation = default) => invitations.InviteAsync(email, reason, Actor.Outside(by), cancellation);

    /// <summary>Takes an address or a domain away, and its invitation: who came in by it alone is signed out with it, on every node, and does not sign in again.</summary>
    /// <param name="entry">As it was added.</param>
    /// <param name="by">The id of who wants it, for the audit; null from the command line.</param>
    /// <param name="force">Also where no administrator could sign in any more.</param>
    /// <returns>How many sessions ended; null where it was not allowed by itself.</returns>
    /// <exception cref="InvalidOperationException">No administrator could sign in any more.</exception>
    public async Task<int?> RemoveAsync(string entry, string? by = null, bool force = false, CancellationToken cancellation = default)
    {
        var (sessions, refusal) = await RemoveAsync(entry, Actor.Outside(by), force, cancellation);
        return refusal == Administrators.Last ? throw new InvalidOperationException(LastOne) : sessions;
    }

    /// <returns>How many sessions ended, or why it was not done: nobody shuts out the own session, or the last who can administer.</returns>
    internal async Task<(int? Sessions, Refusal? Refusal)> RemoveAsync(string entry, Actor actor, bool force, CancellationToken cancellation)
    {
        if (Entry.Read(entry) is not { } normal)
        {
            return (null, Refusal.NotFound);
        }

        // One that is being accepted ends before, and then there is something to remove.
        var withdrawing = open.Withdrawing(normal);
        var removing = store.Removing(normal);
        var marking = store.Marking(normal, isAllowed: false);
        var (before, after) = administrators.KeepingAny();
        Refusal? refusal = null;
        var ended = await sessions.EndOfDeniedAsync(
            normal,
            actor.UserId,
            Of("allowlist_removed", normal, actor),
            [Administrators.TakingTurns(), before, withdrawing, .. marking, removing, after],
            sessions => (refusal = withdrawing.RecordsAffected + removing.RecordsAffected == 0 && marking.All(m => m.RecordsAffected == 0) ? Refusal.NotFound
                : actor.SessionId is not null && sessions.Contains(actor.SessionId) ? Administrators.Own
                : !force && before.RecordsAffected > 0 && after.RecordsAffected == 0 ? Administrators.Last
                : null) is null,
            cancellation);
        return (ended, refusal);
    }

    /// <summary>Signs everybody out who is not allowed. For when the list was switched on: until then they had come in without it.</summary>
    /// <param name="by">The id of who wants it, for the audit; null from the command line.</param>
    /// <param name="force">Also where no administrator is allowed.</param>
    /// <returns>How many sessions ended.</returns>
    /// <exception cref="InvalidOperationException">No administrator is allowed.</exception>
    public async Task<int> EnforceAsync(string? by = null, bool force = false, CancellationToken cancellation = default)
    {
        var (before, after) = administrators.KeepingAny();
        return await sessions.EndOfDeniedAsync(
            null, by, Of("allowlist_enforced", null, Actor.Outside(by)), [Administrators.TakingTurns(), before, after], _ => force || before.RecordsAffected == 0 || after.RecordsAffected == 1, cancellation)
            ?? throw new InvalidOperationException(LastOne);
    }

    /// <summary>What is on the list, in the order of the entries.</summary>
    /// <param name="after">The last entry of the page before.</param>
    /// <param name="most">On a page.</param>
    public async Task<IReadOnlyList<AllowedEntry>> ListAsync(string? after = null, int most = 100, CancellationToken cancellation = default) =>
        await store.ListAsync(after ?? "", most, cancellation);

    private static AuditEvent Of(string action, string? entry, Actor actor) =>
        new(action, "allowlist", entry) { UserId = actor.UserId, SessionId = actor.SessionId, Client = actor.Client };
}
