using System.Text.Json;
using Npgsql;
using Sluice.Auth.Accounts;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Administration;

/// <param name="Search">How an address or a name begins, or a whole id.</param>
/// <param name="State">`locked`, `disabled`, `unverified`, `deleted`, `any`; null for all that are not deleted.</param>
internal sealed record UserFilter(string? Search, string? State, string? Role)
{
    public static readonly string[] States = ["locked", "disabled", "unverified", "deleted", "any"];

    /// <summary>What its cursors are bound to.</summary>
    public string List => $"users\n{Search}\n{State}\n{Role}";
}

/// <summary>Accounts for administrators, the newest first. What somebody searches for is compared, never a pattern.</summary>
internal sealed class UserListing(AuthDatabase database)
{
    private const string Locked = "(l.{account_locks.endsAt} IS NULL OR l.{account_locks.endsAt} > $1)";

    private static readonly string Columns = $$"""
        SELECT {{SessionStore.OwnerAs("u")}}, u.{users.isActive}, u.{users.passwordHash} IS NOT NULL,
          {{SessionStore.HasFactor}}, {{SessionStore.MustChange}},
          l.{account_locks.lockedAt}, l.{account_locks.endsAt}, l.{account_locks.reason}, l.{account_locks.lockedBy},
          (SELECT max(a.{auth_attempts.lockedUntil}) FROM {auth_attempts} a WHERE a.{auth_attempts.email} = u.{users.email} AND a.{auth_attempts.lockedUntil} > $1),
          u.{users.lastLoginAt}, u.{users.createdAt}, u.{users.updatedAt}, u.{users.deletedAt}
        """;

    private const string From = " FROM {users} u LEFT JOIN {account_locks} l ON l.{account_locks.userId} = u.{users.id} AND " + Locked;

    // In the order of bytes, which the index has: no letter of a pattern means anything here, nor does the collation.
    private const string Search = """
         AND ((u.{users.email>} ~>=~ $4 AND u.{users.email>} ~<~ $5) OR (u.{users.username>} ~>=~ $4 AND u.{users.username>} ~<~ $5) OR u.{users.id} = $6::{id})
        """;

    private const string HasRole = """
         AND (u.{users.role}::text = $7 OR EXISTS (SELECT FROM {role_grants} g WHERE g.{role_grants.userId} = u.{users.id} AND g.{role_grants.role} = $7 AND g.{role_grants.scopeKind} = ''
          AND (g.{role_grants.expiresAt} IS NULL OR g.{role_grants.expiresAt} > $1)))
        """;

    private const string IdsLocked = """
         AND u.{users.id} = ANY (ARRAY(
          SELECT l.{account_locks.userId} FROM {account_locks} l WHERE (l.{account_locks.endsAt} IS NULL OR l.{account_locks.endsAt} > $1)
          UNION SELECT x.{users.id} FROM {auth_attempts} a JOIN {users} x ON x.{users.email} = a.{auth_attempts.email} WHERE a.{auth_attempts.lockedUntil} > $1))
        """;

    private readonly string one = database.Names.Sql($$"""
        {{Columns}}, u.{users.metadata}::text, (SELECT count(*) FROM {sessions} s WHERE s.{sessions.userId} = u.{users.id} AND s.{sessions.expiresAt} > $1)
        {{From}} WHERE u.{users.id} = $2::{id}
        """);

    /// <summary>Also one that is deleted.</summary>
    public async Task<AccountView?> GetAsync(string id, CancellationToken cancellation)
    {
        await using var command = database.Command(one, database.Now, id);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? Of(reader) with { Details = new AccountDetails(reader.TextOrNull(19) is { } metadata ? JsonElement.Parse(metadata) : null, reader.GetInt64(20)) }
            : null;
    }

    /// <returns>So many, and one more where there are more.</returns>
    public async Task<List<AccountView>> ListAsync(UserFilter filter, Place? after, int limit, CancellationToken cancellation)
    {
        var search = filter.Search is null ? null : Identifiers.Normal(filter.Search);
        await using var command = database.Command(
            database.Names.Sql(Sql(filter, after is not null)),
            database.Now, (object?)after?.At ?? "", after?.Id, search, search + "\U0010FFFF", search is not null && database.IsId(search) ? search : null, filter.Role, limit + 1);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var users = new List<AccountView>(limit + 1);
        while (await reader.ReadAsync(cancellation))
        {
            users.Add(Of(reader));
        }

        return users;
    }

    /// <summary>The statement of a list, with the names of the schema.</summary>
    public static string Sql(UserFilter filter, bool goesOn) => Columns + From + (filter.State switch
    {
        "any" => " WHERE true",
        "deleted" => " WHERE u.{users.deletedAt} IS NOT NULL",
        "disabled" => " WHERE u.{users.deletedAt} IS NULL AND NOT u.{users.isActive}",
        "unverified" => " WHERE u.{users.deletedAt} IS NULL AND u.{users.emailVerified>} IS NULL",
        "locked" => " WHERE u.{users.deletedAt} IS NULL" + IdsLocked,
        _ => " WHERE u.{users.deletedAt} IS NULL",
    })
    + (filter.Search is null ? "" : Search)
    + (filter.Role is null ? "" : HasRole)
    + (goesOn ? " AND (u.{users.createdAt}, u.{users.id}) < ($2, $3::{id})" : "")
    + " ORDER BY u.{users.createdAt} DESC, u.{users.id} DESC LIMIT $8";

    private static AccountView Of(NpgsqlDataReader reader)
    {
        var user = SessionStore.UserOf(reader, 0);
        return new AccountView(
            user.Id, user.Email, user.Username, user.DisplayName, user.Role, [.. user.Roles.Everywhere], user.EmailVerified, reader.GetBoolean(6), reader.GetBoolean(7), reader.GetBoolean(8), reader.GetBoolean(9),
            reader.UtcOrNull(10) is { } at ? new LockView(reader.UtcOrNull(11), reader.TextOrNull(12), reader.TextOrNull(13), at) : null,
            reader.UtcOrNull(14), reader.UtcOrNull(15), reader.Utc(16), reader.Utc(17), reader.UtcOrNull(18));
    }
}
