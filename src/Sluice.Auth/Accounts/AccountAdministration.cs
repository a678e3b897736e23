using System.Text.Json.Nodes;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>What those may do who run the service: from the application's own pages for administrators, or from the command line.</summary>
public sealed class AccountAdministration
{
    private readonly AuthDatabase database;
    private readonly AccountStore accounts;
    private readonly FactorStore factors;
    private readonly SignInAttempts attempts;
    private readonly OpenLinks links;
    private readonly SessionIssuer sessions;
    private readonly AuditLog audit;
    private readonly Announcer announcer;

    internal AccountAdministration(
        AuthDatabase database, AccountStore accounts, FactorStore factors, SignInAttempts attempts, OpenLinks links, SessionIssuer sessions, AuditLog audit, Announcer announcer) =>
        (this.database, this.accounts, this.factors, this.attempts, this.links, this.sessions, this.audit, this.announcer) =
        (database, accounts, factors, attempts, links, sessions, audit, announcer);

    /// <summary>Ends every lock on an account.</summary>
    /// <param name="email">Its address.</param>
    /// <param name="by">The id of who wants it, for the audit; null from the command line.</param>
    /// <returns>False where there is no such account.</returns>
    public async Task<bool> UnlockAsync(string email, string? by = null, CancellationToken cancellation = default)
    {
        if (await accounts.FindAsync(Identifiers.Normal(email), cancellation) is not { User: var user })
        {
            return false;
        }

        var happened = Of("account_unlocked", user.Id, by);
        await database.ChangeAsync([attempts.Unlocking(user.Email)], null, () => [audit.Entry(happened)], cancellation);
        await announcer.AnnounceAsync([happened], cancellation);
        return true;
    }

    /// <summary>For a password that somebody else may know: every session ends, mailed links are void, and the next sign-in must bring another.</summary>
    /// <returns>False where there is no such account.</returns>
    public async Task<bool> RequirePasswordChangeAsync(string email, string? reason = null, string? by = null, CancellationToken cancellation = default)
    {
        if (await accounts.FindAsync(Identifiers.Normal(email), cancellation) is not { User: var user })
        {
            return false;
        }

        await sessions.EndAsync(
            new Ending(user.Id, null, null, "password_change_required", by),
            Of("password_change_required", user.Id, by) with { New = new JsonObject { ["reason"] = reason } },
            // Held first, so that a sign-in which has found no demand either ends before, and its session with the others, or finds it now.
            [factors.Holding(user.Id), accounts.DemandingPassword(user.Id, reason), links.Voiding(user.Id)],
            _ => true,
            cancellation);
        return true;
    }

    /// <summary>Switches an account off, with every session and access token of it, on every node.</summary>
    /// <inheritdoc cref="EnableAsync"/>
    public Task<bool?> DisableAsync(string email, string? by = null, CancellationToken cancellation = default) => SwitchAsync(email, false, by, cancellation);

    /// <summary>Lets an account sign in again.</summary>
    /// <param name="email">Its address.</param>
    /// <param name="by">The id of who wants it, for the audit; null from the command line.</param>
    /// <returns>Null where there is no such account; else whether it was the other way before.</returns>
    /// <exception cref="AuthSetupException">The table of users has no column for it.</exception>
    public Task<bool?> EnableAsync(string email, string? by = null, CancellationToken cancellation = default) => SwitchAsync(email, true, by, cancellation);

    private async Task<bool?> SwitchAsync(string email, bool isActive, string? by, CancellationToken cancellation)
    {
        if (!database.Names.Has("users.isActive"))
        {
            throw new AuthSetupException("The table of users has no column for it (Tables.Absent has `users.isActive`). Add it, as `schema check` says.");
        }

        if (await accounts.FindAsync(Identifiers.Normal(email), cancellation) is not { User.Id: var id })
        {
            return null;
        }

        var switching = accounts.Switching(id, isActive);
        var happened = Of(isActive ? "account_enabled" : "account_disabled", id, by) with
        {
            Old = new JsonObject { ["isActive"] = !isActive },
            New = new JsonObject { ["isActive"] = isActive },
        };
        if (!isActive)
        {
            return await sessions.EndAsync(new Ending(id, null, null, happened.Action, by), happened, [switching], _ => switching.RecordsAffected == 1, cancellation) is not null;
        }

        var isDone = await database.ChangeAsync([switching], null, () => switching.RecordsAffected == 1 ? [audit.Entry(happened)] : null, cancellation);
        if (isDone)
        {
            await announcer.AnnounceAsync([happened], cancellation);
        }

        return isDone;
    }

    private static AuditEvent Of(string action, string userId, string? by) =>
        new(action, "user", userId) { UserId = by, Client = new Client(null, by is null ? "command line" : null, "") };
}
