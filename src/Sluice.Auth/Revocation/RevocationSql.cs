using Sluice.Auth.Storage;

namespace Sluice.Auth.Revocation;

/// <summary>Writes what ends into the table and tells every node, in the statement that ends it.</summary>
internal static class RevocationSql
{
    /// <summary>
    /// Two parts of a WITH, for the sessions that a part called `ended` (id, user_id) deleted: $1 now, $2 when the last access token
    /// has expired, $3 reason, $4 by whom. Asked for its count, the part `told` notifies.
    /// </summary>
    public static string ListEnded(Names names) => List(names, $"encode(sha256(convert_to('{RevocationList.OfSession("")}' || id::text, 'UTF8')), 'hex')", "user_id", "ended");

    /// <summary>A statement for hashes ($5) of a user ($6); the others as in <see cref="ListEnded"/>.</summary>
    public static string ListHashes(Names names) => $"WITH {List(names, "hash", "$6::{id}", "unnest($5::text[]) hash")} SELECT count(*) FROM told";

    private static string List(Names names, string hash, string user, string from) => names.Sql($$"""
        listed AS (
            INSERT INTO {token_blacklist} ({token_blacklist.id}, {token_blacklist.tokenHash}, {token_blacklist.expiresAt}, {token_blacklist.userId},
                {token_blacklist.revokedAt}{token_blacklist.reason?, {token_blacklist.reason}?}{token_blacklist.revokedBy?, {token_blacklist.revokedBy}?})
            SELECT gen_random_uuid()::{id}, {{hash}}, $2, {{user}}, $1{token_blacklist.reason?, $3?}{token_blacklist.revokedBy?, $4?} FROM {{from}}
            ON CONFLICT ({token_blacklist.tokenHash}) DO NOTHING
            RETURNING {token_blacklist.tokenHash} AS hash, {token_blacklist.expiresAt} AS expires),
        told AS (SELECT pg_notify('{{RevocationFeed.Channel}}', hash || ' ' || ceil(extract(epoch FROM expires))::bigint) FROM listed)
        """);
}
