using System.Text.Json.Nodes;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Factors;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>What is done to another's account, by its id: the routes and the command line both come here. Each is one transaction with its entry in the audit.</summary>
internal sealed class AccountControl(
    AuthDatabase database, AccountStore accounts, ControlStore store, Administrators administrators, FactorStore factors, SignInAttempts attempts, OpenLinks links, TrustedDevices trusted, SessionIssuer sessions, Notices notices, AuditLog audit, Announcer announcer)
{
    private static readonly Refusal Missing = new(409, "no_such_column", "The table of users has no column for it (Tables.Absent has `users.isActive`). Lock the account instead.");

    public bool CanSwitch => database.Names.Has("users.isActive");

    /// <summary>Keeps it from signing in, for a time or until somebody ends it; its sessions end on every node.</summary>
    public Task<Refusal?> LockAsync(UserView user, DateTimeOffset? until, string? reason, Actor actor, CancellationToken cancellation)
    {
        if (until <= database.Now)
        {
            return Task.FromResult<Refusal?>(Refusal.Invalid("until is a time to come, or left out."));
        }

        var locking = store.Locking(user.Id, until?.UtcDateTime, reason, actor.UserId);
        return EndAsync(user, "account_lock_set", actor, locking, [], cancellation, now: new JsonObject { ["until"] = until?.UtcDateTime, ["reason"] = reason });
    }

    /// <summary>Ends every lock: those of administrators, and those of wrong passwords.</summary>
    public async Task UnlockAsync(UserView user, Actor actor, CancellationToken cancellation)
    {
        var ending = store.EndingLock(user.Id);
        AuditEvent? happened = null;
        await database.ChangeAsync(
            [factors.Holding(user.Id), ending, attempts.Unlocking(user.Email)],
            null,
            () => [audit.Entry(happened = actor.Did("account_unlocked", user.Id) with { Old = new JsonObject { ["locked"] = ending.RecordsAffected == 1 } })],
            cancellation);
        await announcer.AnnounceAsync([happened!], cancellation);
    }

    /// <summary>Switches it off, with every session and access token of it, on every node.</summary>
    /// <returns>Whether it was on before, or why not.</returns>
    public async Task<(bool WasOn, Refusal? Refusal)> DisableAsync(UserView user, Actor actor, CancellationToken cancellation)
    {
        if (!CanSwitch)
        {
            return (false, Missing);
        }

        var refusal = await EndAsync(user, "account_disabled", actor, accounts.Switching(user.Id, false), [], cancellation, new JsonObject { ["isActive"] = true }, new JsonObject { ["isActive"] = false });
        return (refusal is null, refusal == Refusal.NotFound ? null : refusal);
    }

    /// <returns>Whether it was off before, or why not.</returns>
    public async Task<(bool WasOff, Refusal? Refusal)> EnableAsync(UserView user, Actor actor, CancellationToken cancellation)
    {
        if (!CanSwitch)
        {
            return (false, Missing);
        }

        var switching = accounts.Switching(user.Id, true);
        var happened = actor.Did("account_enabled", user.Id) with { Old = new JsonObject { ["isActive"] = false }, New = new JsonObject { ["isActive"] = true } };
        var isDone = await database.ChangeAsync([switching], null, () => switching.RecordsAffected == 1 ? [audit.Entry(happened)] : null, cancellation);
        await announcer.AnnounceAsync(isDone ? [happened] : [], cancellation);
        return (isDone, null);
    }

    /// <summary>For a password that somebody else may know: every session ends, mailed links are void, and the next sign-in must bring another.</summary>
    public async Task RequirePasswordChangeAsync(UserView user, string? reason, Actor actor, CancellationToken cancellation) => await sessions.EndAsync(
        new Ending(user.Id, null, null, "password_change_required", actor.UserId),
        actor.Did("password_change_required", user.Id) with { New = new JsonObject { ["reason"] = reason } },
        // Held first, so that a sign-in which has found no demand either ends before, and its session with the others, or finds it now.
        [factors.Holding(user.Id), accounts.DemandingPassword(user.Id, reason), links.Voiding(user.Id), trusted.RemovingAll(user.Id)],
        _ => true,
        cancellation);

    public Task RevokeSessionsAsync(UserView user, Actor actor, CancellationToken cancellation) =>
        sessions.EndAsync(new Ending(user.Id, null, null, "sessions_revoked", actor.UserId), actor.Did("sessions_revoked", user.Id), cancellation);

    /// <summary>Takes every second factor away, for an owner who has lost them and shown by other means who he is. He is told.</summary>
    public async Task<Refusal?> ResetFactorsAsync(UserView user, Actor actor, CancellationToken cancellation)
    {
        if (actor.UserId == user.Id)
        {
            return Administrators.Own;
        }

        var had = await factors.ListAsync(user.Id, cancellation);
        await sessions.EndAsync(
            new Ending(user.Id, null, null, "factors_reset", actor.UserId),
            actor.Did("factors_reset", user.Id) with { Old = new JsonObject { ["factors"] = had.Factors.Count } },
            [
                factors.Holding(user.Id), factors.RemovingAll(user.Id), factors.RemovingOrphanedCodes(user.Id), links.Voiding(user.Id), trusted.RemovingAll(user.Id),
                .. notices.Telling(LetterKind.FactorsChanged, user.Email, user.Id, new Client(null, "an administrator", "")),
            ],
            _ => true,
            cancellation);
        notices.Wake();
        return null;
    }

    /// <summary>Soft deletion: every session ends, the address is free again.</summary>
    public Task<Refusal?> DeleteAsync(UserView user, Actor actor, CancellationToken cancellation) => EndAsync(
        user, "account_deleted", actor, accounts.Deleting(user.Id), [links.Voiding(user.Id)], cancellation,
        new JsonObject { ["email"] = user.Email, ["username"] = user.Username, ["displayName"] = user.DisplayName, ["role"] = user.Role });

    /// <summary>Brings back what was deleted. It has no password: its owner sets one by mail.</summary>
    /// <param name="email">Another address, where another account has the one that was.</param>
    /// <param name="username">Another name, where another account has the one that was.</param>
    public async Task<Refusal?> RestoreAsync(string id, string? email, string? username, Actor actor, CancellationToken cancellation)
    {
        AuditEvent? happened = null;
        string? isNow = null, named = null;
        try
        {
            await database.ChangeAsync(
                [store.Restoring(id, email, username)],
                async reader => (isNow, named) = await reader.ReadAsync(cancellation) ? (reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)) : (null, null),
                () => isNow is null ? null : [audit.Entry(happened = actor.Did("account_restored", id) with { New = new JsonObject { ["email"] = isNow, ["username"] = named } })],
                cancellation);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Refusal(409, "identifier_taken", "Another account has its address or its name now. Send `email`, or `username`, that nobody has, and it is restored with that; or delete the other account first.");
        }

        await announcer.AnnounceAsync(happened is null ? [] : [happened], cancellation);
        return happened is null ? Refusal.NotFound : null;
    }

    // What ends an account for a while or for good: never the own, never the last administrator's.
    private async Task<Refusal?> EndAsync(
        UserView user, string action, Actor actor, NpgsqlBatchCommand change, IEnumerable<NpgsqlBatchCommand> together, CancellationToken cancellation, JsonObject? before = null, JsonObject? now = null)
    {
        if (actor.UserId == user.Id)
        {
            return Administrators.Own;
        }

        var (keeping, refusal) = (administrators.KeepingOne(user.Id), (Refusal?)null);
        var ended = await sessions.EndAsync(
            new Ending(user.Id, null, null, action, actor.UserId),
            actor.Did(action, user.Id) with { Old = before, New = now },
            // Held first, so that a sign-in under way either ends before, and its session with the others, or finds the change.
            [Administrators.TakingTurns(), factors.Holding(user.Id), change, trusted.RemovingAll(user.Id), .. together, keeping],
            _ => (refusal = change.RecordsAffected != 1 ? Refusal.NotFound
                : actor.UserId is not null && keeping.RecordsAffected == 0 ? Administrators.Last
                : null) is null,
            cancellation);
        return ended is null ? refusal : null;
    }
}
