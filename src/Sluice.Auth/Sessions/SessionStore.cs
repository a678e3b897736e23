using System.Data.Common;
using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Revocation;
using Sluice.Auth.Roles;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Sessions;

/// <summary>Sessions in the database.</summary>
internal sealed class SessionStore(AuthDatabase database)
{
    /// <summary>Whether a second factor of the user `u` is active.</summary>
    public const string HasFactor = "EXISTS (SELECT FROM {mfa_factors} f WHERE f.{mfa_factors.userId} = u.{users.id} AND f.{mfa_factors.activatedAt} IS NOT NULL)";

    /// <summary>Whether the user `u` may have no session without another password.</summary>
    public const string MustChange = "EXISTS (SELECT FROM {password_demands} d WHERE d.{password_demands.userId} = u.{users.id})";

    private const string Ended = """
        WITH ended AS (
            DELETE FROM {sessions} WHERE {sessions.userId} = $5::{id}
              AND ($6::text IS NULL OR {sessions.id} = $6::{id} OR ($8 AND {sessions.aal} <> 'aal2')
                OR ($9 AND {sessions.id} IN (SELECT {client_sessions.sessionId} FROM {client_sessions} WHERE {client_sessions.parentId} = $6::{id})))
              AND ($10::text IS NULL OR {sessions.id} IN (SELECT {client_sessions.sessionId} FROM {client_sessions} WHERE {client_sessions.clientId} = $10)) AND ($7::text IS NULL OR {sessions.id} <> $7::{id})
            RETURNING {sessions.id} AS id, {sessions.userId} AS user_id)
        """;

    private static string EndedOfDenied(AuthDatabase database) => $$"""
        WITH ended AS (
            DELETE FROM {sessions} s USING {users} u WHERE u.{users.id} = s.{sessions.userId} AND NOT {{AdmissionSql.Account(database, "u")}}
              AND ($5::text IS NULL OR {{AdmissionSql.IsOf("u", "$5")}})
            RETURNING s.{sessions.id} AS id, s.{sessions.userId} AS user_id)
        """;

    private static string Living(AuthDatabase database) => $$"""
        FROM {sessions} s JOIN {users} u ON u.{users.id} = s.{sessions.userId}
        WHERE s.{sessions.expiresAt} > $2 AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL
        """;

    // The owner's row is held: a password that changes meanwhile either finds this session and ends it, or ends this sign-in.
    // Whichever way somebody signed in, where there is a second factor no session begins without it, or without a browser that was trusted with it; nor where another password is demanded, nor where an administrator keeps the account out.
    private readonly string insert = database.Names.Sql($$"""
        INSERT INTO {sessions} ({sessions.id}, {sessions.userId}, {sessions.refreshToken}, {sessions.expiresAt}, {sessions.lastUsedAt}, {sessions.createdAt}
            {sessions.deviceInfo?, {sessions.deviceInfo}?}{sessions.ipAddress?, {sessions.ipAddress}?}{sessions.aal?, {sessions.aal}?}{sessions.amr?, {sessions.amr}?}{sessions.fingerprint?, {sessions.fingerprint}?}{sessions.country?, {sessions.country}?})
        SELECT $1::{id}, u.{users.id}, $3, $4, $7, $7{sessions.deviceInfo?, $5?}{sessions.ipAddress?, {sessions.ipAddress<$6}?}{sessions.aal?, $9?}{sessions.amr?, $10?}{sessions.fingerprint?, $11?}{sessions.country?, $12?} FROM {users} u
        WHERE u.{users.id} = $2::{id} AND {{AdmissionSql.HeldAccount(database, "u")}} AND u.{users.deletedAt} IS NULL AND u.{users.passwordHash} IS NOT DISTINCT FROM $8
          AND ($9 = 'aal2' OR NOT {{HasFactor}} OR EXISTS (SELECT FROM {trusted_devices} d WHERE d.{trusted_devices.userId} = u.{users.id} AND d.{trusted_devices.tokenHash} = $13 AND d.{trusted_devices.expiresAt} > $7)
            OR EXISTS (SELECT FROM {sessions} p WHERE p.{sessions.id} = $14::{id} AND p.{sessions.userId} = u.{users.id} AND p.{sessions.expiresAt} > $7))
          AND NOT {{MustChange}} AND {{LockSql.None("u", "$7")}}
        FOR NO KEY UPDATE
        """);

    // Where no session was begun, the batch fails here, and nothing of it is left.
    private readonly string require = database.Names.Sql("SELECT 1 / count(*) FROM {sessions} WHERE {sessions.id} = $1::{id}");

    // Holds the owner's row as well: were the statement that begins the session the first to wait for it, it would look at factors and demands as they were before.
    private readonly string signedIn = database.Names.Has("users.lastLoginAt")
        ? database.Names.Sql("UPDATE {users} SET {users.lastLoginAt} = $2 WHERE {users.id} = $1::{id}")
        : database.Names.Sql("UPDATE {users} SET {users.updatedAt} = {users.updatedAt} WHERE {users.id} = $1::{id}");

    // Takes the place of the token in force; of many at once only the first finds it.
    private readonly string rotate = database.Names.Sql($$"""
        WITH rotated (id, expires, aal, amr, o1, o2, o3, o4, o5, o6, fingerprint) AS (
            UPDATE {sessions} s SET {sessions.refreshToken} = $2, {sessions.lastUsedAt} = CASE WHEN s.{sessions.lastUsedAt} <= $7 THEN $4 ELSE s.{sessions.lastUsedAt} END
            FROM {users} u
            WHERE s.{sessions.refreshToken} = $1 AND s.{sessions.expiresAt} > $4 AND s.{sessions.lastUsedAt} > $5
              AND ($6::text IS NULL OR s.{sessions.fingerprint} IS NULL OR s.{sessions.fingerprint} = $6)
              AND u.{users.id} = s.{sessions.userId} AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL
            RETURNING s.{sessions.id}, s.{sessions.expiresAt}, s.{sessions.aal}, s.{sessions.amr}, {{OwnerAs("u")}}, s.{sessions.fingerprint}),
        kept AS (
            INSERT INTO {refresh_tokens} ({refresh_tokens.tokenHash}, {refresh_tokens.sessionId}, {refresh_tokens.generation}, {refresh_tokens.successorSalt}, {refresh_tokens.supersededAt})
            SELECT $1, id, 1 + COALESCE((SELECT max({refresh_tokens.generation}) FROM {refresh_tokens} WHERE {refresh_tokens.sessionId} = id), 0), $3, $4 FROM rotated)
        SELECT id::text, expires, aal, amr, o1, o2, o3, o4, o5, o6, fingerprint FROM rotated
        """);

    // The same for many at once. It waits for nobody: whose row somebody else holds is not among them, so that no two of these wait for each
    // other. Rows are found by their places, and one that has moved since is not found.
    private readonly string rotateTogether = database.Names.Sql($$"""
        WITH held (hash, successor, salt, place, id, expires, aal, amr, fingerprint, o1, o2, o3, o4, o5, o6) AS (
            SELECT a.hash, a.successor, a.salt, s.place, s.id, s.expires, s.aal, s.amr, s.fingerprint, {{OwnerAs("u")}}
            FROM unnest($1::text[], $2::text[], $3::bytea[], $7::text[]) AS a (hash, successor, salt, fingerprint)
            CROSS JOIN LATERAL (
                SELECT s.ctid AS place, s.{sessions.id} AS id, s.{sessions.userId} AS owner, s.{sessions.expiresAt} AS expires, s.{sessions.aal} AS aal, s.{sessions.amr} AS amr, s.{sessions.fingerprint} AS fingerprint
                FROM {sessions} s
                WHERE s.{sessions.refreshToken} = a.hash AND s.{sessions.expiresAt} > $4 AND s.{sessions.lastUsedAt} > $5
                  AND (a.fingerprint IS NULL OR s.{sessions.fingerprint} IS NULL OR s.{sessions.fingerprint} = a.fingerprint)
                FOR UPDATE SKIP LOCKED) s
            JOIN {users} u ON u.{users.id} = s.owner AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL),
        rotated AS (
            UPDATE {sessions} s SET {sessions.refreshToken} = h.successor, {sessions.lastUsedAt} = CASE WHEN s.{sessions.lastUsedAt} <= $6 THEN $4 ELSE s.{sessions.lastUsedAt} END
            FROM held h WHERE s.ctid = h.place AND s.{sessions.refreshToken} = h.hash
            RETURNING h.*),
        kept AS (
            INSERT INTO {refresh_tokens} ({refresh_tokens.tokenHash}, {refresh_tokens.sessionId}, {refresh_tokens.generation}, {refresh_tokens.successorSalt}, {refresh_tokens.supersededAt})
            SELECT hash, id, 1 + COALESCE((SELECT max({refresh_tokens.generation}) FROM {refresh_tokens} WHERE {refresh_tokens.sessionId} = id), 0), salt, $4 FROM rotated)
        SELECT id::text, expires, aal, amr, o1, o2, o3, o4, o5, o6, fingerprint, hash FROM rotated
        """);

    // For a token that is not in force any more. After the first statement, which waited for whoever was replacing it.
    private readonly string family = database.Names.Sql($$"""
        SELECT s.{sessions.id}::text, s.{sessions.expiresAt}, s.{sessions.refreshToken}, r.{refresh_tokens.successorSalt}, r.{refresh_tokens.supersededAt},
            {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL, {{OwnerAs("u")}}, s.{sessions.aal}, s.{sessions.amr}, s.{sessions.fingerprint}
        FROM {refresh_tokens} r
        JOIN {sessions} s ON s.{sessions.id} = r.{refresh_tokens.sessionId}
        JOIN {users} u ON u.{users.id} = s.{sessions.userId}
        WHERE r.{refresh_tokens.tokenHash} = $1 AND s.{sessions.expiresAt} > $2 AND s.{sessions.lastUsedAt} > $3
        """);

    private readonly string list = database.Names.Sql("""
        SELECT {sessions.id}::text, {sessions.deviceInfo}, {sessions.ipAddress>}, {sessions.createdAt}, {sessions.lastUsedAt}, {sessions.expiresAt}, {sessions.country}
        FROM {sessions} WHERE {sessions.userId} = $1::{id} AND {sessions.expiresAt} > $2 ORDER BY {sessions.lastUsedAt} DESC, {sessions.id} LIMIT 200
        """);

    private readonly string end = database.Names.Sql($$"""
        {{Ended}}, {{RevocationSql.ListEnded(database.Names)}}
        SELECT ended.id::text, ended.user_id::text, (SELECT count(*) FROM told) FROM ended
        """);

    private readonly string endUnlisted = database.Names.Sql($"{Ended} SELECT ended.id::text, ended.user_id::text FROM ended");

    private readonly string endDenied = database.Names.Sql($$"""
        {{EndedOfDenied(database)}}, {{RevocationSql.ListEnded(database.Names)}}
        SELECT ended.id::text, ended.user_id::text, (SELECT count(*) FROM told) FROM ended
        """);

    private readonly string endDeniedUnlisted = database.Names.Sql($"{EndedOfDenied(database)} SELECT ended.id::text, ended.user_id::text FROM ended");

    private readonly string ownerOf = database.Names.Sql("""
        SELECT s.{sessions.id}::text, s.{sessions.userId}::text,
            s.{sessions.refreshToken} = $2 OR EXISTS (SELECT FROM {refresh_tokens} r WHERE r.{refresh_tokens.tokenHash} = $2 AND r.{refresh_tokens.sessionId} = s.{sessions.id})
        FROM {sessions} s
        WHERE s.{sessions.refreshToken} = ANY($1) OR s.{sessions.id} = ANY(ARRAY(SELECT r.{refresh_tokens.sessionId} FROM {refresh_tokens} r WHERE r.{refresh_tokens.tokenHash} = ANY($1)))
        """);

    private readonly string keepFingerprint = database.Names.Has("sessions.fingerprint")
        ? database.Names.Sql("UPDATE {sessions} SET {sessions.fingerprint} = $2 WHERE {sessions.id} = $1::{id} AND {sessions.fingerprint} IS DISTINCT FROM $2")
        : "SELECT";

    private readonly string voidCodes = database.Names.Sql(
        "UPDATE {provider_sign_ins} SET {provider_sign_ins.codeHash} = NULL WHERE {provider_sign_ins.userId} = $1::{id} AND {provider_sign_ins.codeHash} IS NOT NULL");

    private readonly string inForce = database.Names.Sql($$"""
        SELECT s.{sessions.id}::text, s.{sessions.userId}::text, s.{sessions.lastUsedAt}, s.{sessions.expiresAt} {{Living(database)}}
          AND s.{sessions.refreshToken} = $1 AND s.{sessions.lastUsedAt} > $3
        """);

    private readonly string isAlive = database.Names.Sql($$"""
        SELECT EXISTS (SELECT {{Living(database)}} AND s.{sessions.id} = $1::{id} AND s.{sessions.userId} = $3::{id})
        """);

    /// <summary>A sign-in; it affects no row when the account is no longer as it was found.</summary>
    /// <param name="passwordHash">That the password was held against.</param>
    /// <param name="trustedDevice">The hash of what a browser has that need not show the second factor; null for none.</param>
    /// <param name="parent">The browser's session that it is born of, which has shown what there was to show; null for none.</param>
    public NpgsqlBatchCommand Beginning(
        string sessionId, string userId, string? passwordHash, string refreshHash, DateTime expires, string? device, Client client, string? fingerprint, DateTime now, Assurance assurance, string? trustedDevice, string? parent) =>
        AuthDatabase.InBatch(insert, sessionId, userId, refreshHash, expires, device ?? client.Agent, client.Ip, now, passwordHash, assurance.Level, assurance.Methods, fingerprint, client.Country, trustedDevice, parent);

    public NpgsqlBatchCommand SignedIn(string userId, DateTime now) => AuthDatabase.InBatch(signedIn, userId, now);

    /// <summary>Replaces all of the tokens that are in force and that nobody else is about to replace, in one round trip.</summary>
    /// <param name="between">How old what a session says of its last use may be.</param>
    /// <returns>By the hash of the token.</returns>
    public async Task<Dictionary<string, Family>> RotateTogetherAsync(IReadOnlyList<Rotation> rotations, DateTime now, TimeSpan idle, TimeSpan between, CancellationToken cancellation)
    {
        await using var command = database.Command(
            rotateTogether, rotations.Select(r => r.Hash).ToArray(), rotations.Select(r => r.SuccessorHash).ToArray(), rotations.Select(r => r.Salt).ToArray(),
            now, now - idle, now - between, rotations.Select(r => r.Fingerprint).ToArray());
        await using var rotated = await command.ExecuteReaderAsync(cancellation);
        var byHash = rotations.ToDictionary(r => r.Hash, StringComparer.Ordinal);
        var families = new Dictionary<string, Family>(StringComparer.Ordinal);
        while (await rotated.ReadAsync(cancellation))
        {
            var rotation = byHash[rotated.GetString(11)];
            families.Add(rotation.Hash, FamilyOf(rotated, rotation, now));
        }

        return families;
    }

    /// <summary>Replaces one token, after whoever is about to; if it is not in force then, says what has become of it.</summary>
    /// <returns>Null for a token of no living session.</returns>
    public async Task<Family?> RotateAsync(Rotation rotation, DateTime now, TimeSpan idle, TimeSpan between, CancellationToken cancellation)
    {
        await using (var rotating = database.Command(rotate, rotation.Hash, rotation.SuccessorHash, rotation.Salt, now, now - idle, rotation.Fingerprint, now - between))
        await using (var rotated = await rotating.ExecuteReaderAsync(cancellation))
        {
            if (await rotated.ReadAsync(cancellation))
            {
                return FamilyOf(rotated, rotation, now);
            }
        }

        await using var looking = database.Command(family, rotation.Hash, now, now - idle);
        await using var reader = await looking.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Family(reader.GetString(0), reader.Utc(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3), reader.Utc(4), reader.GetBoolean(5), UserOf(reader, 6), new Assurance(reader.GetString(12), reader.GetString(13)), reader.TextOrNull(14))
            : null;
    }

    private static Family FamilyOf(DbDataReader rotated, Rotation rotation, DateTime now) =>
        new(rotated.GetString(0), rotated.Utc(1), rotation.SuccessorHash, rotation.Salt, now, true, UserOf(rotated, 4), new Assurance(rotated.GetString(2), rotated.GetString(3)), rotated.TextOrNull(10)) { Successor = rotation.Successor };

    public async Task<List<SessionView>> ListAsync(string userId, string current, CancellationToken cancellation)
    {
        await using var command = database.Command(list, userId, database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sessions = new List<SessionView>();
        while (await reader.ReadAsync(cancellation))
        {
            var id = reader.GetString(0);
            sessions.Add(new SessionView(id, reader.TextOrNull(1), reader.TextOrNull(2), reader.Utc(3), reader.Utc(4), reader.Utc(5), id == current, reader.TextOrNull(6)));
        }

        return sessions;
    }

    /// <summary>Divides by zero where there is no such session.</summary>
    public NpgsqlBatchCommand Requiring(string id) => AuthDatabase.InBatch(require, id);

    /// <summary>Affects no row where the session has that one already.</summary>
    public NpgsqlBatchCommand KeepingFingerprint(string sessionId, string fingerprint) => AuthDatabase.InBatch(keepFingerprint, sessionId, fingerprint);

    /// <summary>Whose a refresh token is, or was before it had a successor.</summary>
    /// <param name="hashes">By which it may be known: in the hands of each client it is another's.</param>
    /// <param name="own">That of the client that asks.</param>
    public async Task<(string Session, string User, bool IsOwn)?> OwnerOfAsync(string[] hashes, string own, CancellationToken cancellation)
    {
        await using var command = database.Command(ownerOf, hashes, own);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)) : null;
    }

    /// <returns>The session that a refresh token would go on with now; null for none.</returns>
    public async Task<LivingSession?> InForceAsync(string refreshHash, TimeSpan idle, CancellationToken cancellation)
    {
        await using var command = database.Command(inForce, refreshHash, database.Now, database.Now - idle);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new LivingSession(reader.GetString(0), reader.GetString(1), reader.Utc(2), reader.Utc(3)) : null;
    }

    /// <summary>Whether the session of an access token goes on, and its owner may.</summary>
    public async Task<bool> IsAliveAsync(string sessionId, string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(isAlive, sessionId, database.Now, userId);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>The statement that ends sessions of a user, and their access tokens everywhere.</summary>
    /// <param name="isListed">Whether it writes the denylist as well.</param>
    public NpgsqlBatchCommand Ending(Ending ending, DateTime tokensExpire, bool isListed) =>
        AuthDatabase.InBatch(isListed ? end : endUnlisted, database.Now, tokensExpire, ending.Reason, ending.By, ending.UserId, ending.Only, ending.Except, ending.AndWeaker, ending.AndBornOf, ending.Client);

    /// <summary>A sign-in with another provider that waits to be exchanged is a session that is still to begin.</summary>
    public NpgsqlBatchCommand VoidingCodes(string userId) => AuthDatabase.InBatch(voidCodes, userId);

    /// <summary>The same for all who may not sign in any more.</summary>
    /// <param name="entry">Only those whose address it means, of the allow-list; null for everybody.</param>
    public NpgsqlBatchCommand EndingOfDenied(string? entry, string reason, string? by, DateTime tokensExpire, bool isListed) =>
        AuthDatabase.InBatch(isListed ? endDenied : endDeniedUnlisted, database.Now, tokensExpire, reason, by, entry);

    /// <summary>What <see cref="UserOf"/> reads.</summary>
    /// <param name="alias">Of the table of users.</param>
    public static string OwnerAs(string alias) =>
        $"{alias}.{{users.id}}::text, {alias}.{{users.email}}, {alias}.{{users.username}}, {alias}.{{users.name}}, {RoleSql.Held(alias)}, {alias}.{{users.emailVerified>}} IS NOT NULL";

    public static UserView UserOf(DbDataReader reader, int at)
    {
        var roles = HeldRoles.Read(reader.GetFieldValue<string?[]>(at + 4));
        return new(reader.GetString(at), reader.GetString(at + 1), reader.TextOrNull(at + 2), reader.TextOrNull(at + 3), roles.Role, reader.GetBoolean(at + 5)) { Roles = roles };
    }
}

/// <summary>A refresh token that has a successor, its session and its owner.</summary>
/// <param name="InForce">Hash of the token that the session has now.</param>
internal sealed record Family(string SessionId, DateTimeOffset Expires, string InForce, byte[] SuccessorSalt, DateTimeOffset SupersededAt, bool OwnerMay, UserView Owner, Assurance Assurance, string? Fingerprint)
{
    /// <summary>What has just taken its place; null where it had a successor before.</summary>
    public string? Successor { get; init; }
}

/// <summary>Which sessions of a user end, and why.</summary>
/// <param name="Only">One of them; null for all.</param>
/// <param name="Except">One that goes on.</param>
/// <param name="By">Who wants it; null for the service itself.</param>
internal sealed record Ending(string UserId, string? Only, string? Except, string Reason, string? By)
{
    /// <summary>With the one, also those that are below aal2.</summary>
    public bool AndWeaker { get; init; }

    /// <summary>With the one, a browser's, also those that clients got by it.</summary>
    public bool AndBornOf { get; init; }

    /// <summary>Only those of this client.</summary>
    public string? Client { get; init; }

    /// <summary>For a sign-in with another provider: what it begins itself is not void.</summary>
    public bool ForSignIn { get; init; }

    /// <summary>Whether it means to shut out whoever is not here now.</summary>
    public bool IsOfAll => Only is null && Client is null && !ForSignIn;
}

/// <summary>A session that goes on.</summary>
internal sealed record LivingSession(string Id, string UserId, DateTimeOffset LastUsed, DateTimeOffset Expires);
