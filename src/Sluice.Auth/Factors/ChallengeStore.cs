using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Factors;

/// <summary>Challenges in the database, and the codes that answer them.</summary>
internal sealed class ChallengeStore(AuthDatabase database)
{
    private readonly string removeOf = database.Names.Sql("DELETE FROM {mfa_challenges} WHERE {mfa_challenges.sessionId} = $1::{id}");

    private readonly string add = database.Names.Sql("""
        INSERT INTO {mfa_challenges} ({mfa_challenges.tokenHash}, {mfa_challenges.userId}, {mfa_challenges.sessionId}, {mfa_challenges.credential},
            {mfa_challenges.amr}, {mfa_challenges.deviceInfo}, {mfa_challenges.createdAt}, {mfa_challenges.expiresAt})
        VALUES ($1, $2::{id}, $3::{id}, $4, $5, $6, $7, $8)
        """);

    // Counted before the code is looked at: of a hundred guesses at once no more are looked at than of a hundred in a row.
    private readonly string take = database.Names.Sql($$"""
        WITH taken AS (
            UPDATE {mfa_challenges} SET {mfa_challenges.tries} = {mfa_challenges.tries} + 1
            WHERE {mfa_challenges.tokenHash} = $1 AND {mfa_challenges.expiresAt} > $2 AND {mfa_challenges.tries} < $3
            RETURNING {mfa_challenges.userId} AS user_id, {mfa_challenges.sessionId} AS session_id, {mfa_challenges.credential} AS credential,
                {mfa_challenges.amr} AS amr, {mfa_challenges.deviceInfo} AS device)
        SELECT {{SessionStore.OwnerAs("u")}}, u.{users.passwordHash},
            t.session_id::text, t.credential, t.amr, t.device, f.{mfa_factors.id}::text, f.{mfa_factors.secret}, f.{mfa_factors.keyId},
            s.{sessions.expiresAt}, {{SessionStore.MustChange}}
        FROM taken t JOIN {users} u ON u.{users.id} = t.user_id AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL
        LEFT JOIN {sessions} s ON s.{sessions.id} = t.session_id
        LEFT JOIN {mfa_factors} f ON f.{mfa_factors.userId} = u.{users.id} AND f.{mfa_factors.activatedAt} IS NOT NULL
        """);

    private readonly string codeAt = database.Names.Sql("""
        SELECT {backup_codes.codeHash} FROM {backup_codes} WHERE {backup_codes.userId} = $1::{id} AND {backup_codes.position} = $2 AND {backup_codes.usedAt} IS NULL
        """);

    private readonly string spend = database.Names.Sql("DELETE FROM {mfa_challenges} WHERE {mfa_challenges.tokenHash} = $1");

    private readonly string useStep = database.Names.Sql("""
        UPDATE {mfa_factors} SET {mfa_factors.lastUsedStep} = $3 WHERE {mfa_factors.id} = $1::{id} AND {mfa_factors.userId} = $2::{id}
          AND {mfa_factors.activatedAt} IS NOT NULL AND ({mfa_factors.lastUsedStep} IS NULL OR {mfa_factors.lastUsedStep} < $3)
        """);

    private readonly string useCode = database.Names.Sql("""
        UPDATE {backup_codes} SET {backup_codes.usedAt} = $4
        WHERE {backup_codes.userId} = $1::{id} AND {backup_codes.position} = $2 AND {backup_codes.codeHash} = $3 AND {backup_codes.usedAt} IS NULL
        """);

    /// <summary>A session that asks again asks with the new one alone.</summary>
    public NpgsqlBatchCommand RemovingOf(string? sessionId) => AuthDatabase.InBatch(removeOf, sessionId);

    public NpgsqlBatchCommand Adding(string token, string userId, string? sessionId, string? credential, string amr, string? device, DateTime now, DateTime expires) =>
        AuthDatabase.InBatch(add, RandomToken.Hash(token), userId, sessionId, credential, amr, device, now, expires);

    /// <summary>Takes one of its tries.</summary>
    /// <returns>Null when there is no such challenge, it is too old, or has no tries left.</returns>
    public async Task<Challenge?> TakeAsync(string token, int tries, CancellationToken cancellation)
    {
        await using var command = database.Command(take, RandomToken.Hash(token), database.Now, tries);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        Challenge? challenge = null;
        while (await reader.ReadAsync(cancellation))
        {
            challenge ??= new Challenge(token, SessionStore.UserOf(reader, 0), reader.TextOrNull(6), reader.TextOrNull(7), reader.TextOrNull(8), reader.GetString(9), reader.TextOrNull(10), reader.UtcOrNull(14), reader.GetBoolean(15), []);
            if (!reader.IsDBNull(11))
            {
                challenge.Secrets.Add((reader.GetString(11), reader.GetFieldValue<byte[]>(12), reader.GetString(13)));
            }
        }

        return challenge;
    }

    public async Task<string?> CodeAtAsync(string userId, int position, CancellationToken cancellation)
    {
        await using var command = database.Command(codeAt, userId, position);
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    public NpgsqlBatchCommand Spending(string token) => AuthDatabase.InBatch(spend, RandomToken.Hash(token));

    /// <summary>No row for a step that was used, or is before one that was.</summary>
    public NpgsqlBatchCommand UsingStep(string factorId, string userId, long step) => AuthDatabase.InBatch(useStep, factorId, userId, step);

    public NpgsqlBatchCommand UsingCode(string userId, int position, string hash) => AuthDatabase.InBatch(useCode, userId, position, hash, database.Now);
}

/// <summary>A sign-in or a session that waits for a second factor.</summary>
/// <param name="SessionId">The session that is to be worth more; null for a sign-in.</param>
/// <param name="Until">When that session ends, however much it is used.</param>
/// <param name="MustChange">The sign-in must bring another password.</param>
/// <param name="Credential">What the first factor was held against, hashed.</param>
internal sealed record Challenge(
    string Token, UserView User, string? PasswordHash, string? SessionId, string? Credential, string Amr, string? Device, DateTime? Until, bool MustChange, List<(string Id, byte[] Sealed, string KeyId)> Secrets);
