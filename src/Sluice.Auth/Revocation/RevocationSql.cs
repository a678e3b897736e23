using Sluice.Auth.Storage;

namespace Sluice.Auth.Revocation;

/// <summary>Writes what ends into the table and tells every node, in the statement that ends it.</summary>
internal static class RevocationSql
{
    /// <summary>
    /// Two parts of a WITH, for the sessions that a part called `ended` (id, user_id) deleted: $1 now, $2 when the last access token
    /// has expired, $3 reason, $4 by whom. Asked for its count, the part `told` notifies.
    /// </summary>
    public static string ListEnded(Names names) => names.Sql($$"""
        listed AS (
            INSERT INTO {token_blacklist} ({token_blacklist.id}, {token_blacklist.tokenHash}, {token_blacklist.expiresAt}, {token_blacklist.userId},
                {token_blacklist.revokedAt}{token_blacklist.reason?, {token_blacklist.reason}?}{token_blacklist.revokedBy?, {token_blacklist.revokedBy}?})
            SELECT gen_random_uuid()::{id}, encode(sha256(convert_to('session:' || id::text, 'UTF8')), 'hex'), $2, user_id, $1{token_blacklist.reason?, $3?}{token_blacklist.revokedBy?, $4?} FROM ended
            ON CONFLICT ({token_blacklist.tokenHash}) DO NOTHING
            RETURNING {token_blacklist.tokenHash} AS hash, {token_blacklist.expiresAt} AS expires),
        told AS (SELECT pg_notify('{{RevocationFeed.Channel}}', hash || ' ' || ceil(extract(epoch FROM expires))::bigint) FROM listed)
        """);
}
