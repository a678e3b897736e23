using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Audit;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Identities;

/// <summary>What the application needs to act for somebody at GitHub. Tokens are renewed before they expire, and taken back when GitHub is unlinked.</summary>
public sealed partial class GitHubTokens
{
    // Those of GitHub's apps last eight hours; a look of upkeep comes every ten minutes.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan OnUse = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private const int MostLooks = 50;

    // Each is a call to GitHub.
    private const int MostAtOnce = 50;

    private readonly AuthDatabase database;
    private readonly GitHubGrants grants;
    private readonly Providers providers;
    private readonly AuditLog audit;
    private readonly Announcer announcer;
    private readonly ILogger<GitHubTokens> log;

    internal GitHubTokens(AuthDatabase database, GitHubGrants grants, Providers providers, AuditLog audit, Announcer announcer, ILogger<GitHubTokens> log) =>
        (this.database, this.grants, this.providers, this.audit, this.announcer, this.log) = (database, grants, providers, audit, announcer, log);

    /// <summary>The access token of an account, renewed where it is about to expire.</summary>
    /// <returns>Null where there is none any more: its owner signs in with GitHub again.</returns>
    public async Task<string?> AccessTokenAsync(string userId, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        if (!database.IsId(userId))
        {
            return null;
        }

        for (var i = 0; ; i++)
        {
            foreach (var due in await grants.LeaseAsync(database.Now + OnUse, 1, userId, cancellation))
            {
                await RenewAsync(due, cancellation);
            }

            var grant = await grants.FindAsync(userId, cancellation);
            if (grant is null || grant.Expires is not { } expires || expires > database.Now)
            {
                return grant is null ? null : grants.AccessTokenOf(grant);
            }

            // Another has the refresh token, and will have put the next one here in a moment.
            if (grant.RefreshToken is null || i == MostLooks)
            {
                return null;
            }

            await Task.Delay(Look, cancellation);
        }
    }

    /// <summary>Renews those that expire soon.</summary>
    /// <returns>How many were looked at.</returns>
    internal async Task<int> RenewDueAsync(int most, CancellationToken cancellation)
    {
        var due = await grants.LeaseAsync(database.Now + Ahead, Math.Min(most, MostAtOnce), null, cancellation);
        foreach (var grant in due)
        {
            await RenewAsync(grant, cancellation);
        }

        return due.Count;
    }

    /// <summary>Takes back at GitHub what is due to be.</summary>
    /// <param name="githubUserId">Of one; null for all.</param>
    /// <returns>How many GitHub has heard of.</returns>
    internal async Task<int> RevokeDueAsync(int most, long? githubUserId, CancellationToken cancellation)
    {
        var done = 0;
        foreach (var (id, provider, token) in await grants.DueRevocationsAsync(Math.Min(most, MostAtOnce), githubUserId, cancellation))
        {
            if (providers.Find(provider) is not GitHubProvider github || await github.RevokeAsync(token, cancellation) is not null)
            {
                StillValid(log, id.ToString(CultureInfo.InvariantCulture));
                continue;
            }

            await ChangeAsync(new AuditEvent("github_access_revoked", "identity", id.ToString(CultureInfo.InvariantCulture)), grants.Revoked(id), cancellation);
            done++;
        }

        return done;
    }

    // What GitHub is too slow for is tried again when the lease is over.
    private async Task RenewAsync(StoredGrant grant, CancellationToken cancellation)
    {
        if (providers.Find(grant.Provider) is not GitHubProvider github)
        {
            return;
        }

        var fresh = await github.RefreshAsync(grants.RefreshTokenOf(grant), cancellation);
        if (fresh.Value is { } given)
        {
            await using var command = database.Source.CreateBatch();
            command.BatchCommands.Add(grants.Renewing(grant, given));
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        else if (fresh.Refusal == IdentityRefusals.Denied)
        {
            await ChangeAsync(
                new AuditEvent("github_access_lost", "user", grant.UserId) { New = new JsonObject { ["provider"] = grant.Provider } }, grants.Losing(grant), cancellation);
        }
    }

    private async Task ChangeAsync(AuditEvent happened, Npgsql.NpgsqlBatchCommand change, CancellationToken cancellation)
    {
        if (await database.ChangeAsync([change], null, () => change.RecordsAffected == 1 ? [audit.Entry(happened)] : null, cancellation))
        {
            await announcer.AnnounceAsync([happened], cancellation);
        }
    }

    [LoggerMessage(5003, LogLevel.Warning, "GitHub has not taken back the access of its user {GitHubUser}; it is tried again.")]
    private static partial void StillValid(ILogger log, string gitHubUser);
}
