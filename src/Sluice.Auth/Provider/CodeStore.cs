using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Provider;

/// <summary>Codes in the database, and what is known of the sessions that they are exchanged for.</summary>
internal sealed class CodeStore(AuthDatabase database)
{
    private readonly string add = database.Names.Sql("""
        INSERT INTO {authorization_codes} ({authorization_codes.codeHash}, {authorization_codes.clientId}, {authorization_codes.sessionId}, {authorization_codes.redirectUri},
            {authorization_codes.codeChallenge}, {authorization_codes.nonce}, {authorization_codes.scope}, {authorization_codes.createdAt}, {authorization_codes.expiresAt})
        SELECT $1, $2, s.{sessions.id}, $4, $5, $6, $7, $8, $9 FROM {sessions} s WHERE s.{sessions.id} = $3::{id}
          AND ($10 OR string_to_array($7, ' ') <@ (SELECT string_to_array(c.{client_consents.scope}, ' ') FROM {client_consents} c WHERE c.{client_consents.userId} = s.{sessions.userId} AND c.{client_consents.clientId} = $2))
        """);

    private readonly string find = database.Names.Sql($$"""
        SELECT c.{authorization_codes.clientId}, c.{authorization_codes.redirectUri}, c.{authorization_codes.codeChallenge}, c.{authorization_codes.nonce}, c.{authorization_codes.scope},
            c.{authorization_codes.expiresAt}, c.{authorization_codes.issuedSessionId}::text, s.{sessions.id}::text, s.{sessions.createdAt}, s.{sessions.expiresAt}, s.{sessions.aal}, s.{sessions.amr},
            {{SessionStore.OwnerAs("u")}}, u.{users.passwordHash}
        FROM {authorization_codes} c JOIN {sessions} s ON s.{sessions.id} = c.{authorization_codes.sessionId} JOIN {users} u ON u.{users.id} = s.{sessions.userId}
        WHERE c.{authorization_codes.codeHash} = $1 AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL
        """);

    // Of many at once the first finds it unused; the others wait for it here, and then see what it was exchanged for.
    private readonly string spend = database.Names.Sql("""
        UPDATE {authorization_codes} SET {authorization_codes.usedAt} = $2, {authorization_codes.issuedSessionId} = $3::{id}
        WHERE {authorization_codes.codeHash} = $1 AND {authorization_codes.usedAt} IS NULL AND {authorization_codes.expiresAt} > $2
        """);

    private readonly string keep = database.Names.Sql("""
        INSERT INTO {client_sessions} ({client_sessions.sessionId}, {client_sessions.clientId}, {client_sessions.scope}, {client_sessions.parentId}, {client_sessions.authenticatedAt})
        SELECT s.{sessions.id}, $2, $3, $4::{id}, $5 FROM {sessions} s WHERE s.{sessions.id} = $1::{id}
        """);

    private readonly string session = database.Names.Sql("""
        SELECT {client_sessions.scope}, {client_sessions.authenticatedAt} FROM {client_sessions} WHERE {client_sessions.sessionId} = $1::{id} AND {client_sessions.clientId} = $2
        """);

    /// <summary>Affects no row when the browser's session has ended, or its user does not allow it any more to a client that is not the installation's own.</summary>
    public NpgsqlBatchCommand Adding(string code, AuthorizationRequest request, string sessionId, DateTime expires) => AuthDatabase.InBatch(
        add, RandomToken.Hash(code), request.Client.Id, sessionId, request.RedirectUri, request.Challenge, request.Nonce, request.Scope, database.Now, expires, request.Client.FirstParty);

    public async Task<Code?> FindAsync(string code, CancellationToken cancellation)
    {
        await using var command = database.Command(find, RandomToken.Hash(code));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Code(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.TextOrNull(3), reader.GetString(4), reader.Utc(5), reader.TextOrNull(6),
                new SignedInBrowser(reader.GetString(7), reader.Utc(8), reader.Utc(9), new Assurance(reader.GetString(10), reader.GetString(11)), SessionStore.UserOf(reader, 12)), reader.TextOrNull(18))
            : null;
    }

    /// <summary>Affects no row when it was used before, or is too old.</summary>
    public NpgsqlBatchCommand Spending(string code, string sessionId) => AuthDatabase.InBatch(spend, RandomToken.Hash(code), database.Now, sessionId);

    public NpgsqlBatchCommand Keeping(string sessionId, string clientId, string scope, SignedInBrowser parent) => AuthDatabase.InBatch(keep, sessionId, clientId, scope, parent.Id, parent.Since);

    /// <returns>What a client's session may do, and when its user showed who they are.</returns>
    public async Task<(string Scope, DateTime Since)?> SessionAsync(string sessionId, string clientId, CancellationToken cancellation)
    {
        await using var command = database.Command(session, sessionId, clientId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetString(0), reader.Utc(1)) : null;
    }
}

/// <summary>A code as it was issued.</summary>
/// <param name="IssuedSessionId">What it was exchanged for; null where it was not.</param>
/// <param name="PasswordHash">What its user must still have.</param>
internal sealed record Code(
    string ClientId, string RedirectUri, string Challenge, string? Nonce, string Scope, DateTime Expires, string? IssuedSessionId, SignedInBrowser Browser, string? PasswordHash);
