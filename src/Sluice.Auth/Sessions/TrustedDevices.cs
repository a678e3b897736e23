using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Sessions;

/// <summary>Browsers that have shown the second factor and need not show it for a while. Beside the right password they begin a session at aal1, never more.</summary>
internal sealed class TrustedDevices(AuthDatabase database, IOptions<SluiceAuthOptions> options)
{
    // The oldest gives way.
    private const int Most = 20;

    private readonly TimeSpan lifetime = options.Value.Factors.TrustDevicesFor;

    private readonly string add = database.Names.Sql("""
        INSERT INTO {trusted_devices} ({trusted_devices.id}, {trusted_devices.userId}, {trusted_devices.tokenHash}, {trusted_devices.deviceInfo}, {trusted_devices.ipAddress},
          {trusted_devices.createdAt}, {trusted_devices.lastUsedAt}, {trusted_devices.expiresAt})
        VALUES ($1::{id}, $2::{id}, $3, $4, $5, $6, $6, $7)
        """);

    private readonly string removeOldest = database.Names.Sql("""
        DELETE FROM {trusted_devices} WHERE {trusted_devices.userId} = $1::{id} AND {trusted_devices.id} NOT IN (
          SELECT {trusted_devices.id} FROM {trusted_devices} WHERE {trusted_devices.userId} = $1::{id} ORDER BY {trusted_devices.createdAt} DESC LIMIT $2)
        """);

    private readonly string find = database.Names.Sql("""
        SELECT {trusted_devices.tokenHash} FROM {trusted_devices} WHERE {trusted_devices.tokenHash} = $1 AND {trusted_devices.userId} = $2::{id} AND {trusted_devices.expiresAt} > $3
        """);

    private readonly string use = database.Names.Sql("UPDATE {trusted_devices} SET {trusted_devices.lastUsedAt} = $2 WHERE {trusted_devices.tokenHash} = $1");

    private readonly string list = database.Names.Sql("""
        SELECT {trusted_devices.id}::text, {trusted_devices.deviceInfo}, {trusted_devices.ipAddress}, {trusted_devices.createdAt}, {trusted_devices.lastUsedAt}, {trusted_devices.expiresAt}, {trusted_devices.tokenHash}
        FROM {trusted_devices} WHERE {trusted_devices.userId} = $1::{id} AND {trusted_devices.expiresAt} > $2 ORDER BY {trusted_devices.lastUsedAt} DESC, {trusted_devices.id}
        """);

    private readonly string remove = database.Names.Sql("DELETE FROM {trusted_devices} WHERE {trusted_devices.id} = $1::{id} AND {trusted_devices.userId} = $2::{id}");

    private readonly string removeAll = database.Names.Sql("DELETE FROM {trusted_devices} WHERE {trusted_devices.userId} = $1::{id}");

    public bool AreOn => lifetime > TimeSpan.Zero;

    /// <summary>For the batch of the second factor that was shown.</summary>
    /// <param name="token">For the cookie.</param>
    public NpgsqlBatchCommand[] Trusting(string token, string userId, string? device, Client client) =>
    [
        AuthDatabase.InBatch(add, database.NewId(), userId, RandomToken.Hash(token), device ?? client.Agent, client.Ip, database.Now, database.Now + lifetime),
        AuthDatabase.InBatch(removeOldest, userId, Most),
    ];

    /// <param name="cookie">As the browser sends it.</param>
    /// <returns>What <see cref="SessionIssuer.PrepareAsync"/> takes in the place of a second factor; null for what is none of this account.</returns>
    public async Task<string?> FindAsync(string? cookie, string userId, CancellationToken cancellation)
    {
        if (!AreOn || cookie is null || !RandomToken.IsOne(cookie))
        {
            return null;
        }

        await using var command = database.Command(find, RandomToken.Hash(cookie), userId, database.Now);
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    public NpgsqlBatchCommand Using(string hash) => AuthDatabase.InBatch(use, hash, database.Now);

    /// <param name="cookie">Of the browser that asks.</param>
    public async Task<List<TrustedDeviceView>> ListAsync(string userId, string? cookie, CancellationToken cancellation)
    {
        var here = cookie is not null && RandomToken.IsOne(cookie) ? RandomToken.Hash(cookie) : null;
        await using var command = database.Command(list, userId, database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var devices = new List<TrustedDeviceView>();
        while (await reader.ReadAsync(cancellation))
        {
            devices.Add(new TrustedDeviceView(reader.GetString(0), reader.TextOrNull(1), reader.TextOrNull(2), reader.Utc(3), reader.Utc(4), reader.Utc(5), reader.GetString(6) == here));
        }

        return devices;
    }

    /// <summary>Affects no row for another's.</summary>
    public NpgsqlBatchCommand Removing(string id, string userId) => AuthDatabase.InBatch(remove, id, userId);

    /// <summary>For the batch of whatever says that somebody else may have been there: another password, a reset, an administrator.</summary>
    public NpgsqlBatchCommand RemovingAll(string userId) => AuthDatabase.InBatch(removeAll, userId);
}
