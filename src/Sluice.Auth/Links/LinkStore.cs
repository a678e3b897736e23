using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Links;

/// <summary>Tokens for another password, and changes of address that wait for agreement. An account has one of each.</summary>
internal sealed class LinkStore(AuthDatabase database)
{
    private readonly string issueReset = database.Names.Sql($$"""
        INSERT INTO {password_reset_tokens} ({password_reset_tokens.userId}, {password_reset_tokens.tokenHash}, {password_reset_tokens.expiresAt}, {password_reset_tokens.createdAt})
        SELECT u.{users.id}, $2, $3, $4 FROM {users} u WHERE u.{users.email} = {users.email<$1} AND u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}}
        ON CONFLICT ({password_reset_tokens.userId}) DO UPDATE SET {password_reset_tokens.tokenHash} = excluded.{password_reset_tokens.tokenHash},
          {password_reset_tokens.expiresAt} = excluded.{password_reset_tokens.expiresAt}, {password_reset_tokens.createdAt} = excluded.{password_reset_tokens.createdAt}
        RETURNING {password_reset_tokens.userId}::text
        """);

    private readonly string ownerOfReset = database.Names.Sql($$"""
        SELECT {{SessionStore.OwnerAs("u")}}, {{SessionStore.HasFactor}}
        FROM {password_reset_tokens} t JOIN {users} u ON u.{users.id} = t.{password_reset_tokens.userId}
        WHERE t.{password_reset_tokens.tokenHash} = $1 AND t.{password_reset_tokens.expiresAt} > $2 AND u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}}
        """);

    // Whoever used the link has the address's mail, so the address is confirmed, too. The account's row is locked first, as by all who use links.
    private readonly string useReset = database.Names.Sql($$"""
        WITH held AS (
          SELECT {users.id} AS id FROM {users} WHERE {users.id} IN (
            SELECT {password_reset_tokens.userId} FROM {password_reset_tokens} WHERE {password_reset_tokens.tokenHash} = $1) FOR NO KEY UPDATE),
        used AS (
          DELETE FROM {password_reset_tokens} t USING held WHERE t.{password_reset_tokens.userId} = held.id AND t.{password_reset_tokens.tokenHash} = $1 AND t.{password_reset_tokens.expiresAt} > $3
          RETURNING t.{password_reset_tokens.userId} AS id)
        UPDATE {users} u SET {users.passwordHash} = $2{users.emailVerified?, {users.emailVerified} = COALESCE(u.{users.emailVerified>}, {users.emailVerified<$3})?}, {users.updatedAt} = $3
        FROM used WHERE u.{users.id} = used.id AND u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}}
        """);

    private readonly string issueChange = database.Names.Sql("""
        INSERT INTO {email_changes} ({email_changes.userId}, {email_changes.newEmail}, {email_changes.oldTokenHash}, {email_changes.newTokenHash}, {email_changes.oldConfirmedAt},
          {email_changes.newConfirmedAt}, {email_changes.sessionId}, {email_changes.expiresAt}, {email_changes.createdAt})
        SELECT {users.id}, $2, $3, $4, CASE WHEN {users.emailVerified>} IS NULL THEN $7 END, NULL, $5::{id}, $6, $7 FROM {users} WHERE {users.id} = $1::{id}
        ON CONFLICT ({email_changes.userId}) DO UPDATE SET {email_changes.newEmail} = excluded.{email_changes.newEmail},
          {email_changes.oldTokenHash} = excluded.{email_changes.oldTokenHash}, {email_changes.newTokenHash} = excluded.{email_changes.newTokenHash},
          {email_changes.oldConfirmedAt} = excluded.{email_changes.oldConfirmedAt}, {email_changes.newConfirmedAt} = NULL,
          {email_changes.sessionId} = excluded.{email_changes.sessionId}, {email_changes.expiresAt} = excluded.{email_changes.expiresAt}, {email_changes.createdAt} = excluded.{email_changes.createdAt}
        """);

    // Open: not agreed to by this token yet.
    private const string Open = """
        ((c.{email_changes.oldTokenHash} = $1 AND c.{email_changes.oldConfirmedAt} IS NULL) OR (c.{email_changes.newTokenHash} = $1 AND c.{email_changes.newConfirmedAt} IS NULL)) AND c.{email_changes.expiresAt} > $2
        """;

    private readonly string findChange = database.Names.Sql($$"""
        SELECT c.{email_changes.userId}::text, u.{users.email>}, c.{email_changes.newEmail}, c.{email_changes.sessionId}::text,
          c.{email_changes.oldConfirmedAt} IS NOT NULL OR c.{email_changes.newConfirmedAt} IS NOT NULL
        FROM {email_changes} c JOIN {users} u ON u.{users.id} = c.{email_changes.userId} WHERE {{Open}} AND u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}}
        """);

    private readonly string agree = database.Names.Sql($$"""
        UPDATE {email_changes} c SET {email_changes.oldConfirmedAt} = CASE WHEN c.{email_changes.oldTokenHash} = $1 THEN $2 END, {email_changes.newConfirmedAt} = CASE WHEN c.{email_changes.newTokenHash} = $1 THEN $2 END
        WHERE {{Open}} AND c.{email_changes.oldConfirmedAt} IS NULL AND c.{email_changes.newConfirmedAt} IS NULL
        """);

    private readonly string change = database.Names.Sql($$"""
        WITH held AS (
          SELECT {users.id} AS id FROM {users} WHERE {users.id} IN (SELECT c.{email_changes.userId} FROM {email_changes} c WHERE {{Open}}) FOR NO KEY UPDATE),
        agreed AS (
          DELETE FROM {email_changes} c USING held WHERE c.{email_changes.userId} = held.id AND {{Open}} AND (c.{email_changes.oldConfirmedAt} IS NOT NULL OR c.{email_changes.newConfirmedAt} IS NOT NULL)
          RETURNING c.{email_changes.userId} AS id, c.{email_changes.newEmail} AS email)
        UPDATE {users} u SET {users.email} = agreed.email{users.emailVerified?, {users.emailVerified} = {users.emailVerified<$2}?}, {users.updatedAt} = $2 FROM agreed
        WHERE u.{users.id} = agreed.id AND {{AdmissionSql.Address(database, "agreed.email")}} AND u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}}
        """);

    /// <summary>Gives the account's id; no row where there is none.</summary>
    public NpgsqlBatchCommand IssuingReset(string email, string tokenHash, TimeSpan lifetime) => AuthDatabase.InBatch(issueReset, email, tokenHash, database.Now + lifetime, database.Now);

    /// <returns>The account, and whether it has a second factor.</returns>
    public async Task<(UserView User, bool HasFactor)?> OwnerOfResetAsync(string tokenHash, CancellationToken cancellation)
    {
        await using var command = database.Command(ownerOfReset, tokenHash, database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (SessionStore.UserOf(reader, 0), reader.GetBoolean(6)) : null;
    }

    public NpgsqlBatchCommand UsingReset(string tokenHash, string passwordHash) => AuthDatabase.InBatch(useReset, tokenHash, passwordHash, database.Now);

    public NpgsqlBatchCommand IssuingChange(string userId, string newEmail, string oldTokenHash, string newTokenHash, string sessionId, TimeSpan lifetime) =>
        AuthDatabase.InBatch(issueChange, userId, newEmail, oldTokenHash, newTokenHash, sessionId, database.Now + lifetime, database.Now);

    public async Task<WaitingChange?> FindChangeAsync(string tokenHash, CancellationToken cancellation)
    {
        await using var command = database.Command(findChange, tokenHash, database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new WaitingChange(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetBoolean(4)) : null;
    }

    /// <summary>For the first of the two addresses.</summary>
    public NpgsqlBatchCommand Agreeing(string tokenHash) => AuthDatabase.InBatch(agree, tokenHash, database.Now);

    /// <summary>For the second of the two.</summary>
    public NpgsqlBatchCommand Changing(string tokenHash) => AuthDatabase.InBatch(change, tokenHash, database.Now);
}

/// <param name="SessionId">That asked for it.</param>
/// <param name="OtherAgreed">Only this address is missing.</param>
internal sealed record WaitingChange(string UserId, string OldEmail, string NewEmail, string SessionId, bool OtherAgreed);
