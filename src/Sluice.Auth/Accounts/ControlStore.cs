using Npgsql;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>What is done to another's account, as SQL.</summary>
internal sealed class ControlStore(AuthDatabase database)
{
    private static readonly string Profile = $$"""
        SELECT {{SessionStore.OwnerAs("u")}}, u.{users.metadata}::text, u.{users.createdAt}, u.{users.updatedAt} FROM {users} u WHERE u.{users.id} = $1::{id} AND u.{users.deletedAt} IS NULL
        """;

    private readonly string profile = database.Names.Sql(Profile);
    private readonly string holdProfile = database.Names.Sql(Profile + " FOR UPDATE OF u");

    // What is deleted keeps no password; its owner sets another by mail. An address that is another's now is given up for one that is free.
    private readonly string restore = database.Names.Sql($$"""
        UPDATE {users} SET {users.deletedAt} = NULL, {users.updatedAt} = $2{users.emailVerified?, {users.emailVerified} = {{StillVerified(database.Names)}}?},
          {users.email} = COALESCE({users.email<$3}, {users.email}){users.username?, {users.username} = COALESCE({users.username<$4}, {users.username})?}
        WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NOT NULL
        RETURNING {users.email>}, {users.username>}
        """);

    private readonly string lockOut = database.Names.Sql("""
        INSERT INTO {account_locks} ({account_locks.userId}, {account_locks.endsAt}, {account_locks.reason}, {account_locks.lockedBy}, {account_locks.lockedAt})
        SELECT {users.id}, $2, $3, $4, $5 FROM {users} WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL
        ON CONFLICT ({account_locks.userId}) DO UPDATE SET {account_locks.endsAt} = excluded.{account_locks.endsAt}, {account_locks.reason} = excluded.{account_locks.reason},
          {account_locks.lockedBy} = excluded.{account_locks.lockedBy}, {account_locks.lockedAt} = excluded.{account_locks.lockedAt}
        """);

    private readonly string lockOutForGood = database.Names.Sql("""
        INSERT INTO {account_locks} ({account_locks.userId}, {account_locks.endsAt}, {account_locks.reason}, {account_locks.lockedBy}, {account_locks.lockedAt})
        SELECT {users.id}, NULL, $2, $3, $4 FROM {users} WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL
        ON CONFLICT ({account_locks.userId}) DO UPDATE SET {account_locks.endsAt} = NULL, {account_locks.reason} = excluded.{account_locks.reason},
          {account_locks.lockedBy} = excluded.{account_locks.lockedBy}, {account_locks.lockedAt} = excluded.{account_locks.lockedAt}
        """);

    private readonly string endLock = database.Names.Sql("DELETE FROM {account_locks} WHERE {account_locks.userId} = $1::{id}");

    /// <summary>Also of an account that may not sign in.</summary>
    public async Task<Profile?> GetProfileAsync(string id, CancellationToken cancellation)
    {
        await using var command = database.Command(profile, id);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await AccountStore.ProfileOfAsync(reader, cancellation);
    }

    /// <summary>Gives the same, which nobody else changes until the transaction ends.</summary>
    public NpgsqlBatchCommand HoldingProfile(string id) => AuthDatabase.InBatch(holdProfile, id);

    /// <summary>Gives its address and name; no row where it is not deleted. Violates a key where one of them is another's.</summary>
    public NpgsqlBatchCommand Restoring(string id, string? email, string? username) => AuthDatabase.InBatch(restore, id, database.Now, email, username);

    /// <summary>Affects no row where there is no such account. Takes the place of a lock that was there.</summary>
    /// <param name="until">Null until somebody ends it.</param>
    public NpgsqlBatchCommand Locking(string id, DateTime? until, string? reason, string? by) => until is { } end
        ? AuthDatabase.InBatch(lockOut, id, end, reason, by, database.Now)
        : AuthDatabase.InBatch(lockOutForGood, id, reason, by, database.Now);

    public NpgsqlBatchCommand EndingLock(string id) => AuthDatabase.InBatch(endLock, id);

    // Another address is nobody's word yet.
    private static string StillVerified(Names names) => names.TypeOf("users.emailVerified") == "boolean"
        ? "{users.emailVerified} AND $3::text IS NULL"
        : "CASE WHEN $3::text IS NULL THEN {users.emailVerified} END";
}
