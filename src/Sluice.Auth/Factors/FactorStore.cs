using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Factors;

/// <summary>Factors and recovery codes in the database.</summary>
internal sealed class FactorStore(AuthDatabase database)
{
    private const int MostFactors = 10;

    // What is enrolled and never activated can be activated for as long as this.
    private static readonly TimeSpan PendingFor = TimeSpan.FromMinutes(30);

    private readonly string bearer = database.Names.Sql($$"""
        SELECT {{SessionStore.OwnerAs("u")}},
            u.{users.passwordHash},
            -- A client's session begins when its code is redeemed; its user signed in before.
            COALESCE((SELECT k.{client_sessions.authenticatedAt} FROM {client_sessions} k WHERE k.{client_sessions.sessionId} = s.{sessions.id}), s.{sessions.createdAt}), s.{sessions.aal}, s.{sessions.amr}, s.{sessions.deviceInfo},
            {{SessionStore.HasFactor}},
            s.{sessions.expiresAt}
        FROM {sessions} s JOIN {users} u ON u.{users.id} = s.{sessions.userId}
        WHERE s.{sessions.id} = $1::{id} AND s.{sessions.userId} = $2::{id} AND s.{sessions.expiresAt} > $3 AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL
        """);

    private readonly string list = database.Names.Sql("""
        SELECT {mfa_factors.id}::text, {mfa_factors.name}, {mfa_factors.createdAt}, {mfa_factors.activatedAt} FROM {mfa_factors}
        WHERE {mfa_factors.userId} = $1::{id} AND ({mfa_factors.activatedAt} IS NOT NULL OR {mfa_factors.createdAt} > $2) ORDER BY {mfa_factors.createdAt}
        """);

    private readonly string codesLeft = database.Names.Sql(
        "SELECT count(*)::int FROM {backup_codes} WHERE {backup_codes.userId} = $1::{id} AND {backup_codes.usedAt} IS NULL");

    private readonly string removePending = database.Names.Sql(
        "DELETE FROM {mfa_factors} WHERE {mfa_factors.userId} = $1::{id} AND {mfa_factors.activatedAt} IS NULL");

    private readonly string add = database.Names.Sql("""
        INSERT INTO {mfa_factors} ({mfa_factors.id}, {mfa_factors.userId}, {mfa_factors.name}, {mfa_factors.secret}, {mfa_factors.keyId}, {mfa_factors.createdAt})
        SELECT $1::{id}, $2::{id}, $3, $4, $5, $6 WHERE (SELECT count(*) FROM {mfa_factors} WHERE {mfa_factors.userId} = $2::{id}) < $7
        """);

    private readonly string pending = database.Names.Sql("""
        SELECT {mfa_factors.secret}, {mfa_factors.keyId} FROM {mfa_factors}
        WHERE {mfa_factors.id} = $1::{id} AND {mfa_factors.userId} = $2::{id} AND {mfa_factors.activatedAt} IS NULL AND {mfa_factors.createdAt} > $3
        """);

    // The code that shows the app has the secret is used up by it.
    private readonly string activate = database.Names.Sql("""
        UPDATE {mfa_factors} SET {mfa_factors.activatedAt} = $3, {mfa_factors.lastUsedStep} = $4
        WHERE {mfa_factors.id} = $1::{id} AND {mfa_factors.userId} = $2::{id} AND {mfa_factors.activatedAt} IS NULL
        """);

    private readonly string remove = database.Names.Sql("DELETE FROM {mfa_factors} WHERE {mfa_factors.id} = $1::{id} AND {mfa_factors.userId} = $2::{id}");

    private readonly string removeAll = database.Names.Sql("DELETE FROM {mfa_factors} WHERE {mfa_factors.userId} = $1::{id}");

    // A recovery code stands for a factor; without one it would be one more password.
    private readonly string removeOrphanedCodes = database.Names.Sql("""
        DELETE FROM {backup_codes} WHERE {backup_codes.userId} = $1::{id}
          AND NOT EXISTS (SELECT FROM {mfa_factors} WHERE {mfa_factors.userId} = $1::{id} AND {mfa_factors.activatedAt} IS NOT NULL)
        """);

    private readonly string removeCodes = database.Names.Sql("DELETE FROM {backup_codes} WHERE {backup_codes.userId} = $1::{id}");

    private readonly string addCodes = database.Names.Sql("""
        INSERT INTO {backup_codes} ({backup_codes.userId}, {backup_codes.position}, {backup_codes.codeHash}, {backup_codes.createdAt})
        SELECT $1::{id}, (made.at - 1)::int, made.hash, $3 FROM unnest($2::text[]) WITH ORDINALITY AS made(hash, at)
        """);

    private readonly string hold = database.Names.Sql("UPDATE {users} SET {users.updatedAt} = $2 WHERE {users.id} = $1::{id}");

    /// <returns>Null when the session has ended.</returns>
    public async Task<Bearer?> BearerAsync(string sessionId, string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(bearer, sessionId, userId, database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Bearer(
                SessionStore.UserOf(reader, 0), reader.TextOrNull(6), sessionId, reader.Utc(7),
                new Assurance(reader.GetString(8), reader.GetString(9)), reader.TextOrNull(10), reader.GetBoolean(11), reader.Utc(12))
            : null;
    }

    public async Task<FactorList> ListAsync(string userId, CancellationToken cancellation)
    {
        await using var batch = database.Source.CreateBatch();
        batch.BatchCommands.Add(AuthDatabase.InBatch(list, userId, database.Now - PendingFor));
        batch.BatchCommands.Add(AuthDatabase.InBatch(codesLeft, userId));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var factors = new List<FactorView>();
        while (await reader.ReadAsync(cancellation))
        {
            factors.Add(new FactorView(reader.GetString(0), FactorView.Totp, reader.TextOrNull(1), reader.Utc(2), reader.UtcOrNull(3)));
        }

        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new FactorList(factors, reader.GetInt32(0));
    }

    public async Task<(byte[] Secret, string KeyId)?> PendingAsync(string id, string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(pending, id, userId, database.Now - PendingFor);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetFieldValue<byte[]>(0), reader.GetString(1)) : null;
    }

    /// <summary>One at a time waits to be activated.</summary>
    public NpgsqlBatchCommand RemovingPending(string userId) => AuthDatabase.InBatch(removePending, userId);

    /// <summary>No row where the user has as many as one may have.</summary>
    public NpgsqlBatchCommand Adding(string id, string userId, string? name, byte[] secret, string keyId) =>
        AuthDatabase.InBatch(add, id, userId, name, secret, keyId, database.Now, MostFactors);

    public NpgsqlBatchCommand Activating(string id, string userId, long step) => AuthDatabase.InBatch(activate, id, userId, database.Now, step);

    public NpgsqlBatchCommand Removing(string id, string userId) => AuthDatabase.InBatch(remove, id, userId);

    public NpgsqlBatchCommand RemovingAll(string userId) => AuthDatabase.InBatch(removeAll, userId);

    public NpgsqlBatchCommand RemovingOrphanedCodes(string userId) => AuthDatabase.InBatch(removeOrphanedCodes, userId);

    public IEnumerable<NpgsqlBatchCommand> ReplacingCodes(string userId, IEnumerable<string> hashes) =>
        [AuthDatabase.InBatch(removeCodes, userId), AuthDatabase.InBatch(addCodes, userId, hashes.ToArray(), database.Now)];

    /// <summary>First in what must not happen twice at once for a user, and must not happen while a sign-in begins.</summary>
    public NpgsqlBatchCommand Holding(string userId) => AuthDatabase.InBatch(hold, userId, database.Now);
}

/// <summary>Who asks, as the database has it.</summary>
/// <param name="Since">When this session was signed in to.</param>
/// <param name="HasFactor">Whether a factor is active.</param>
/// <param name="Until">When this session ends, however much it is used.</param>
internal sealed record Bearer(UserView User, string? PasswordHash, string SessionId, DateTime Since, Assurance Assurance, string? Device, bool HasFactor, DateTime Until);
