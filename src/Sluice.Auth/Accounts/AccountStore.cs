using Npgsql;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>Accounts in the database.</summary>
internal sealed class AccountStore(AuthDatabase database)
{
    private const string Columns = "{users.id}::text, {users.email}, {users.username}, {users.name}, {users.role}::text, {users.emailVerified>} IS NOT NULL, {users.passwordHash}, {users.isActive}, "
        + "EXISTS (SELECT FROM {mfa_factors} f WHERE f.{mfa_factors.userId} = {users}.{users.id} AND f.{mfa_factors.activatedAt} IS NOT NULL)";

    private readonly string byEmail = database.Names.Sql($"SELECT {Columns} FROM {{users}} WHERE {{users.email}} = {{users.email<$1}} AND {{users.deletedAt}} IS NULL");
    private readonly string byUsername = database.Names.Sql($"SELECT {Columns} FROM {{users}} WHERE {{users.username}} = {{users.username<$1}} AND {{users.deletedAt}} IS NULL");
    private readonly string byId = database.Names.Sql($"SELECT {Columns} FROM {{users}} WHERE {{users.id}} = $1::{{id}} AND {{users.deletedAt}} IS NULL");

    // Whichever key is taken, the address's or the name's: no row, and no error that says which.
    private readonly string insert = database.Names.Sql("""
        INSERT INTO {users} ({users.id}, {users.email}{users.username?, {users.username}?}{users.name?, {users.name}?}, {users.passwordHash}, {users.createdAt}, {users.updatedAt})
        VALUES ($1::{id}, {users.email<$2}{users.username?, {users.username<$3}?}{users.name?, $4?}, $5, $6, $6) ON CONFLICT DO NOTHING RETURNING {users.role}::text
        """);

    private readonly string replaceHash = database.Names.Sql(
        "UPDATE {users} SET {users.passwordHash} = $3, {users.updatedAt} = $4 WHERE {users.id} = $1::{id} AND {users.passwordHash} = $2");

    private readonly string delete = database.Names.Sql(
        "UPDATE {users} SET {users.deletedAt} = $2, {users.updatedAt} = $2, {users.passwordHash} = NULL WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL");

    /// <param name="identifier">An address or a user name: a name has no @.</param>
    public Task<Account?> FindAsync(string identifier, CancellationToken cancellation) =>
        ReadAsync(identifier.Contains('@', StringComparison.Ordinal) ? byEmail : byUsername, identifier, cancellation);

    public Task<Account?> GetAsync(string id, CancellationToken cancellation) => ReadAsync(byId, id, cancellation);

    /// <summary>Gives its role; no row when the address or the name is taken.</summary>
    public NpgsqlBatchCommand Adding(UserView user, string passwordHash) =>
        AuthDatabase.InBatch(insert, user.Id, user.Email, user.Username, user.DisplayName, passwordHash, database.Now);

    /// <summary>Nothing happens where the hash is another by now.</summary>
    public NpgsqlBatchCommand ReplacingHash(string id, string old, string fresh) => AuthDatabase.InBatch(replaceHash, id, old, fresh, database.Now);

    public NpgsqlBatchCommand Deleting(string id) => AuthDatabase.InBatch(delete, id, database.Now);

    private async Task<Account?> ReadAsync(string sql, string key, CancellationToken cancellation)
    {
        await using var command = database.Command(sql, key);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Account(SessionStore.UserOf(reader, 0), reader.IsDBNull(6) ? null : reader.GetString(6), reader.GetBoolean(7), reader.GetBoolean(8))
            : null;
    }
}

/// <param name="PasswordHash">Null for those who sign in another way.</param>
/// <param name="HasFactor">Whether a second factor is active.</param>
internal sealed record Account(UserView User, string? PasswordHash, bool IsActive, bool HasFactor);
