using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Identities;

/// <summary>Who somebody is at which provider.</summary>
internal sealed class IdentityStore(AuthDatabase database)
{
    private const string Key = "i.{user_identities.provider} = $1 AND i.{user_identities.issuer} = $2 AND i.{user_identities.subject} = $3";

    private readonly string find = database.Names.Sql($$"""
        SELECT i.{user_identities.userId}::text FROM {user_identities} i JOIN {users} u ON u.{users.id} = i.{user_identities.userId}
        WHERE {{Key}} AND u.{users.deletedAt} IS NULL
        """);

    // Whose account is deleted may have another.
    private readonly string free = database.Names.Sql($$"""
        DELETE FROM {user_identities} i USING {users} u WHERE u.{users.id} = i.{user_identities.userId} AND u.{users.deletedAt} IS NOT NULL AND {{Key}}
        """);

    private readonly string add = database.Names.Sql(Add(database, ""));
    private readonly string addByAddress = database.Names.Sql(Add(database, "AND u.{users.email} = {users.email<$8} AND u.{users.emailVerified>} IS NOT NULL"));

    private readonly string use = database.Names.Sql($$"""
        UPDATE {user_identities} i SET {user_identities.lastUsedAt} = $4, {user_identities.email} = $5 WHERE {{Key}} AND i.{user_identities.userId} = $6::{id}
        """);

    private readonly string list = database.Names.Sql("""
        SELECT {user_identities.provider}, {user_identities.email}, {user_identities.createdAt}, {user_identities.lastUsedAt}
        FROM {user_identities} WHERE {user_identities.userId} = $1::{id} ORDER BY {user_identities.createdAt}, {user_identities.provider}
        """);

    private readonly string remove = database.Names.Sql("""
        DELETE FROM {user_identities} i USING {users} u
        WHERE u.{users.id} = $1::{id} AND i.{user_identities.userId} = u.{users.id} AND i.{user_identities.provider} = $2
          AND (u.{users.passwordHash} IS NOT NULL
            OR EXISTS (SELECT FROM {user_identities} o WHERE o.{user_identities.userId} = u.{users.id} AND o.{user_identities.provider} <> $2 AND o.{user_identities.provider} = ANY ($3)))
        """);

    private readonly string removeAll = database.Names.Sql("DELETE FROM {user_identities} WHERE {user_identities.userId} = $1::{id}");

    private readonly string confirm = database.Names.Sql(
        "UPDATE {users} SET {users.updatedAt} = $2::timestamptz{users.emailVerified?, {users.emailVerified} = {users.emailVerified<$2}?} WHERE {users.id} = $1::{id}");

    // Somebody registered another's address and could not confirm it; its owner now has.
    private readonly string takeOver = database.Names.Sql($$"""
        UPDATE {users} u SET {users.passwordHash} = NULL, {users.updatedAt} = $3::timestamptz{users.emailVerified?, {users.emailVerified} = {users.emailVerified<$3}?}
        WHERE u.{users.id} = $1::{id} AND u.{users.email} = {users.email<$2} AND u.{users.emailVerified>} IS NULL AND u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}}
          AND NOT EXISTS (SELECT FROM {mfa_factors} f WHERE f.{mfa_factors.userId} = u.{users.id} AND f.{mfa_factors.activatedAt} IS NOT NULL)
        """);

    /// <returns>Whose it is; null for nobody's.</returns>
    public async Task<string?> FindAsync(ProviderAccount who, CancellationToken cancellation)
    {
        await using var command = database.Command(find, who.Provider, who.Issuer, who.Subject);
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>Frees it of an account that is deleted, and gives it to one. No row where it is another's, or the account has one of this provider.</summary>
    public NpgsqlBatchCommand Freeing(ProviderAccount who) => AuthDatabase.InBatch(free, who.Provider, who.Issuer, who.Subject);

    public NpgsqlBatchCommand Adding(string userId, ProviderAccount who) =>
        AuthDatabase.InBatch(add, database.NewId(), userId, who.Provider, who.Issuer, who.Subject, who.Email, database.Now);

    /// <summary>The same because of an address: no row, too, where it is not the account's own and confirmed any more.</summary>
    public NpgsqlBatchCommand AddingBy(string email, string userId, ProviderAccount who) =>
        AuthDatabase.InBatch(addByAddress, database.NewId(), userId, who.Provider, who.Issuer, who.Subject, who.Email, database.Now, email);

    public NpgsqlBatchCommand Using(string userId, ProviderAccount who) =>
        AuthDatabase.InBatch(use, who.Provider, who.Issuer, who.Subject, database.Now, who.Email, userId);

    public async Task<List<IdentityView>> ListAsync(string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(list, userId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var identities = new List<IdentityView>();
        while (await reader.ReadAsync(cancellation))
        {
            identities.Add(new IdentityView(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), Time(2), reader.IsDBNull(3) ? null : Time(3)));
        }

        return identities;

        DateTimeOffset Time(int at) => new(DateTime.SpecifyKind(reader.GetDateTime(at), DateTimeKind.Utc));
    }

    /// <summary>No row where it is not there, or is the last way in.</summary>
    /// <param name="usable">The providers that there are.</param>
    public NpgsqlBatchCommand Removing(string userId, string provider, string[] usable) => AuthDatabase.InBatch(remove, userId, provider, usable);

    public NpgsqlBatchCommand RemovingAll(string userId) => AuthDatabase.InBatch(removeAll, userId);

    /// <summary>The address of a new account is confirmed, by the provider's word.</summary>
    public NpgsqlBatchCommand Confirming(string userId) => AuthDatabase.InBatch(confirm, userId, database.Now);

    /// <summary>No row where the address was confirmed meanwhile, or there is a second factor.</summary>
    public NpgsqlBatchCommand TakingOver(string userId, string email) => AuthDatabase.InBatch(takeOver, userId, email, database.Now);

    private static string Add(AuthDatabase database, string also) => $$"""
        INSERT INTO {user_identities} ({user_identities.id}, {user_identities.userId}, {user_identities.provider}, {user_identities.issuer}, {user_identities.subject},
          {user_identities.email}, {user_identities.createdAt}, {user_identities.lastUsedAt})
        SELECT $1::{id}, u.{users.id}, $3, $4, $5, $6, $7, $7 FROM {users} u WHERE u.{users.id} = $2::{id} AND u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}} {{also}}
        ON CONFLICT DO NOTHING
        """;
}
