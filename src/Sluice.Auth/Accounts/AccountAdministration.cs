using Sluice.Auth.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>What those may do who run the service: from the application's own pages for administrators, or from the command line.</summary>
public sealed class AccountAdministration
{
    private readonly AccountStore accounts;
    private readonly AccountControl control;

    internal AccountAdministration(AccountStore accounts, AccountControl control) => (this.accounts, this.control) = (accounts, control);

    /// <summary>Keeps an account from signing in; its sessions end on every node.</summary>
    /// <param name="email">Its address.</param>
    /// <param name="until">When the lock ends by itself; null for never.</param>
    /// <param name="reason">For those who look at it later.</param>
    /// <param name="by">The id of who wants it, for the audit; null from the command line.</param>
    /// <returns>False where there is no such account.</returns>
    /// <exception cref="InvalidOperationException">By its owner, or of the last administrator by another.</exception>
    public async Task<bool> LockAsync(string email, DateTimeOffset? until = null, string? reason = null, string? by = null, CancellationToken cancellation = default)
    {
        if (await accounts.FindAsync(Identifiers.Normal(email), cancellation) is not { User: var user })
        {
            return false;
        }

        return await control.LockAsync(user, until, reason, Actor.Outside(by), cancellation) is { } refusal ? throw new InvalidOperationException(refusal.Message) : true;
    }

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

        await control.UnlockAsync(user, Actor.Outside(by), cancellation);
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

        await control.RequirePasswordChangeAsync(user, reason, Actor.Outside(by), cancellation);
        return true;
    }

    /// <summary>Switches an account off, with every session and access token of it, on every node.</summary>
    /// <exception cref="InvalidOperationException">By its owner, or of the last administrator by another.</exception>
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
        if (!control.CanSwitch)
        {
            throw new AuthSetupException("The table of users has no column for it (Tables.Absent has `users.isActive`). Add it, as `schema check` says.");
        }

        if (await accounts.FindAsync(Identifiers.Normal(email), cancellation) is not { User: var user })
        {
            return null;
        }

        var (isDone, refusal) = isActive ? await control.EnableAsync(user, Actor.Outside(by), cancellation) : await control.DisableAsync(user, Actor.Outside(by), cancellation);
        return refusal is null ? isDone : throw new InvalidOperationException(refusal.Message);
    }
}
