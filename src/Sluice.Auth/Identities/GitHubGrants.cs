using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Identities;

/// <summary>What GitHub gave accounts, sealed; and what is to be taken back there.</summary>
internal sealed class GitHubGrants(AuthDatabase database, IOptions<SluiceAuthOptions> options)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly SealingKeys keys = new(options.Value, "sluice github tokens");

    private readonly string owner = database.Names.Sql("""
        SELECT g.{github_accounts.userId}::text FROM {github_accounts} g JOIN {users} u ON u.{users.id} = g.{github_accounts.userId}
        WHERE g.{github_accounts.githubUserId} = $1 AND u.{users.deletedAt} IS NULL
        """);

    private readonly string free = database.Names.Sql("""
        DELETE FROM {github_accounts} g USING {users} u WHERE u.{users.id} = g.{github_accounts.userId} AND u.{users.deletedAt} IS NOT NULL AND g.{github_accounts.githubUserId} = $1
        """);

    private readonly string keep = database.Names.Sql("""
        INSERT INTO {github_accounts} AS g ({github_accounts.userId}, {github_accounts.githubUserId}, {github_accounts.provider}, {github_accounts.accessToken}, {github_accounts.refreshToken},
          {github_accounts.keyId}, {github_accounts.tokenExpiresAt}, {github_accounts.createdAt}, {github_accounts.updatedAt})
        SELECT u.{users.id}, $2, $3, $4, $5::bytea, $6, $7::timestamptz, $8, $8 FROM {users} u WHERE u.{users.id} = $1::{id} AND u.{users.deletedAt} IS NULL
        ON CONFLICT ({github_accounts.userId}) DO UPDATE SET {github_accounts.provider} = excluded.{github_accounts.provider}, {github_accounts.accessToken} = excluded.{github_accounts.accessToken},
          {github_accounts.refreshToken} = excluded.{github_accounts.refreshToken}, {github_accounts.keyId} = excluded.{github_accounts.keyId},
          {github_accounts.tokenExpiresAt} = excluded.{github_accounts.tokenExpiresAt}, {github_accounts.refreshingUntil} = NULL, {github_accounts.updatedAt} = excluded.{github_accounts.updatedAt}
        WHERE g.{github_accounts.githubUserId} = excluded.{github_accounts.githubUserId}
        """);

    private readonly string remove = database.Names.Sql("DELETE FROM {github_accounts} WHERE {github_accounts.userId} = $1::{id}");

    private readonly string read = database.Names.Sql("""
        SELECT {github_accounts.userId}::text, {github_accounts.githubUserId}, {github_accounts.provider}, {github_accounts.accessToken}, {github_accounts.refreshToken},
          {github_accounts.keyId}, {github_accounts.tokenExpiresAt}
        FROM {github_accounts} WHERE {github_accounts.userId} = $1::{id}
        """);

    // Of many nodes one has the refresh token at a time: it is used up by being used.
    private readonly string lease = database.Names.Sql("""
        UPDATE {github_accounts} SET {github_accounts.refreshingUntil} = $2
        WHERE {github_accounts.userId} = ANY (ARRAY(SELECT {github_accounts.userId} FROM {github_accounts}
          WHERE {github_accounts.refreshToken} IS NOT NULL AND {github_accounts.tokenExpiresAt} < $3 AND ({github_accounts.refreshingUntil} IS NULL OR {github_accounts.refreshingUntil} <= $1)
            AND ($5::text IS NULL OR {github_accounts.userId} = $5::{id})
          ORDER BY {github_accounts.tokenExpiresAt} LIMIT $4 FOR UPDATE SKIP LOCKED))
        RETURNING {github_accounts.userId}::text, {github_accounts.githubUserId}, {github_accounts.provider}, {github_accounts.accessToken}, {github_accounts.refreshToken},
          {github_accounts.keyId}, {github_accounts.tokenExpiresAt}
        """);

    // Nothing happens where its owner has signed in anew meanwhile.
    private readonly string renew = database.Names.Sql("""
        UPDATE {github_accounts} SET {github_accounts.accessToken} = $3::bytea, {github_accounts.refreshToken} = $4::bytea, {github_accounts.keyId} = $5, {github_accounts.tokenExpiresAt} = $6::timestamptz,
          {github_accounts.refreshingUntil} = NULL, {github_accounts.updatedAt} = $7
        WHERE {github_accounts.userId} = $1::{id} AND {github_accounts.refreshToken} = $2
        """);

    private readonly string revokeLater = database.Names.Sql("""
        INSERT INTO {github_revocations} ({github_revocations.githubUserId}, {github_revocations.provider}, {github_revocations.accessToken}, {github_revocations.keyId},
          {github_revocations.nextTryAt}, {github_revocations.createdAt}) VALUES ($1, $2, $3, $4, $5, $5)
        ON CONFLICT ({github_revocations.githubUserId}) DO UPDATE SET {github_revocations.accessToken} = excluded.{github_revocations.accessToken},
          {github_revocations.keyId} = excluded.{github_revocations.keyId}, {github_revocations.nextTryAt} = excluded.{github_revocations.nextTryAt}
        """);

    private readonly string dueRevocations = database.Names.Sql("""
        UPDATE {github_revocations} SET {github_revocations.attempts} = {github_revocations.attempts} + 1,
          {github_revocations.nextTryAt} = $1::timestamptz + LEAST(power(2, LEAST({github_revocations.attempts}, 10)), 360) * interval '1 minute'
        WHERE {github_revocations.githubUserId} = ANY (ARRAY(SELECT {github_revocations.githubUserId} FROM {github_revocations}
          WHERE {github_revocations.nextTryAt} <= $1 AND ($3::bigint IS NULL OR {github_revocations.githubUserId} = $3::bigint) LIMIT $2 FOR UPDATE SKIP LOCKED))
        RETURNING {github_revocations.githubUserId}, {github_revocations.provider}, {github_revocations.accessToken}, {github_revocations.keyId}
        """);

    private readonly string revoked = database.Names.Sql("DELETE FROM {github_revocations} WHERE {github_revocations.githubUserId} = $1");

    /// <summary>For when there is another Secret.</summary>
    public Resealing[] Resealings =>
    [
        new SealedRows(database, keys, "github_accounts", "userId", "{id}", "userId", ("accessToken", user => Name(user, Access)), ("refreshToken", user => Name(user, Refresh))).Resealing,
        new SealedRows(database, keys, "github_revocations", "githubUserId", "bigint", "githubUserId", ("accessToken", OfRevocation)).Resealing,
    ];

    /// <returns>Whose a GitHub number is; null for nobody's.</returns>
    public async Task<string?> OwnerAsync(long githubUserId, CancellationToken cancellation)
    {
        await using var command = database.Command(owner, githubUserId);
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>Keeps what somebody has just given us; nothing is taken back any more.</summary>
    public IEnumerable<NpgsqlBatchCommand> Keeping(string userId, ProviderAccount who) => who.Grant is not { } grant ? [] :
    [
        AuthDatabase.InBatch(free, grant.GitHubUserId),
        AuthDatabase.InBatch(
            keep, userId, grant.GitHubUserId, who.Provider, Seal(userId, Access, grant.AccessToken), grant.RefreshToken is { } refresh ? Seal(userId, Refresh, refresh) : null, keys.KeyId, Expires(grant), database.Now),
        AuthDatabase.InBatch(revoked, grant.GitHubUserId),
    ];

    public NpgsqlBatchCommand Removing(string userId) => AuthDatabase.InBatch(remove, userId);

    /// <returns>What an account has; null for nothing.</returns>
    public async Task<StoredGrant?> FindAsync(string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(read, userId);
        return (await ReadAsync(command, cancellation)).FirstOrDefault();
    }

    /// <summary>Those that expire before a time, for this node alone for a minute.</summary>
    public async Task<List<StoredGrant>> LeaseAsync(DateTime before, int most, string? userId, CancellationToken cancellation)
    {
        await using var command = database.Command(lease, database.Now, database.Now + Lease, before, most, userId);
        return await ReadAsync(command, cancellation);
    }

    public NpgsqlBatchCommand Renewing(StoredGrant old, GitHubGrant fresh) => AuthDatabase.InBatch(
        renew, old.UserId, old.RefreshToken, Seal(old.UserId, Access, fresh.AccessToken), fresh.RefreshToken is { } refresh ? Seal(old.UserId, Refresh, refresh) : null, keys.KeyId, Expires(fresh), database.Now);

    /// <summary>GitHub wants none of it any more.</summary>
    public NpgsqlBatchCommand Losing(StoredGrant old) => AuthDatabase.InBatch(renew, old.UserId, old.RefreshToken, null, null, keys.KeyId, null, database.Now);

    /// <summary>To be taken back at GitHub.</summary>
    public IEnumerable<NpgsqlBatchCommand> Revoking(StoredGrant grant) => grant.AccessToken is null ? [Removing(grant.UserId)] :
    [
        Removing(grant.UserId),
        AuthDatabase.InBatch(revokeLater, grant.GitHubUserId, grant.Provider, keys.Seal(OfRevocation(grant.GitHubUserId), Encoding.UTF8.GetBytes(AccessTokenOf(grant)!)), keys.KeyId, database.Now),
    ];

    /// <summary>Those whose time has come, each put off until it is known how it went.</summary>
    public async Task<List<(long GitHubUserId, string Provider, string AccessToken)>> DueRevocationsAsync(int most, long? githubUserId, CancellationToken cancellation)
    {
        await using var command = database.Command(dueRevocations, database.Now, most, githubUserId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var due = new List<(long, string, string)>();
        while (await reader.ReadAsync(cancellation))
        {
            due.Add((reader.GetInt64(0), reader.GetString(1), Open(OfRevocation(reader.GetInt64(0)), reader.GetString(3), reader.GetFieldValue<byte[]>(2))));
        }

        return due;
    }

    public NpgsqlBatchCommand Revoked(long githubUserId) => AuthDatabase.InBatch(revoked, githubUserId);

    public string? AccessTokenOf(StoredGrant grant) => grant.AccessToken is { } text ? Open(Name(grant.UserId, Access), grant.KeyId, text) : null;

    public string RefreshTokenOf(StoredGrant grant) => Open(Name(grant.UserId, Refresh), grant.KeyId, grant.RefreshToken!);

    private const string Access = "access";
    private const string Refresh = "refresh";

    private static string Name(string userId, string which) => $"{userId} {which}";

    private static string OfRevocation(long githubUserId) => OfRevocation(githubUserId.ToString(CultureInfo.InvariantCulture));

    private static string OfRevocation(string githubUserId) => $"revocation {githubUserId}";

    private byte[] Seal(string userId, string which, string token) => keys.Seal(Name(userId, which), Encoding.UTF8.GetBytes(token));

    private string Open(string name, string keyId, byte[] text) => Encoding.UTF8.GetString(keys.Open(name, keyId, text)
        ?? throw new AuthSetupException($"A GitHub token was sealed with key {keyId}, and this Secret makes {keys.KeyId}. Set the Secret that the other nodes have, or the one of before in PreviousSecrets; if it is lost, delete the rows of github_accounts and github_revocations, and their owners sign in with GitHub again."));

    private DateTime? Expires(GitHubGrant grant) => grant.Lifetime is { } lifetime ? database.Now + lifetime : null;

    private static async Task<List<StoredGrant>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var grants = new List<StoredGrant>();
        while (await reader.ReadAsync(cancellation))
        {
            grants.Add(new StoredGrant(
                reader.GetString(0), reader.GetInt64(1), reader.GetString(2), Bytes(3), Bytes(4), reader.GetString(5), reader.IsDBNull(6) ? null : DateTime.SpecifyKind(reader.GetDateTime(6), DateTimeKind.Utc)));
        }

        return grants;

        byte[]? Bytes(int at) => reader.IsDBNull(at) ? null : reader.GetFieldValue<byte[]>(at);
    }
}

/// <summary>A row of `github_accounts`, its tokens sealed.</summary>
internal sealed record StoredGrant(string UserId, long GitHubUserId, string Provider, byte[]? AccessToken, byte[]? RefreshToken, string KeyId, DateTime? Expires);
