using System.Text.Json;
using Npgsql;
using Sluice.Auth.Admission;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>Accounts in the database.</summary>
internal sealed class AccountStore(AuthDatabase database)
{
    private readonly string byEmail = Find(database, "u.{users.email} = {users.email<$1}");
    private readonly string byUsername = Find(database, "u.{users.username} = {users.username<$1}");
    private readonly string byId = Find(database, "u.{users.id} = $1::{id}");

    // Whichever key is taken, the address's or the name's, and where the address is not allowed: no row, and no error that says which.
    private readonly string insert = database.Names.Sql($$"""
        INSERT INTO {users} ({users.id}, {users.email}{users.username?, {users.username}?}{users.name?, {users.name}?}{users.metadata?, {users.metadata}?}, {users.passwordHash}, {users.createdAt}, {users.updatedAt})
        SELECT $1::{id}, {users.email<$2}{users.username?, {users.username<$3}?}{users.name?, $4?}{users.metadata?, $7::jsonb?}, $5, $6, $6
        WHERE {{AdmissionSql.Address(database, "$2")}} ON CONFLICT DO NOTHING RETURNING {users.role}::text
        """);

    private readonly string profile = database.Names.Sql($"SELECT {Profile(database)}");
    private readonly string holdProfile = database.Names.Sql($"SELECT {Profile(database)} FOR UPDATE OF u");
    private readonly string changeProfile = database.Names.Sql("""
        UPDATE {users} SET {users.updatedAt} = $2{users.username?, {users.username} = {users.username<$3}?}{users.name?, {users.name} = $4?}{users.metadata?, {users.metadata} = $5::jsonb?}
        WHERE {users.id} = $1::{id}
        """);

    private readonly string confirm = database.Names.Has("users.emailVerified") ? database.Names.Sql("UPDATE {users} SET {users.emailVerified} = {users.emailVerified<$2} WHERE {users.id} = $1::{id}") : "";

    private readonly string replaceHash = database.Names.Sql(
        "UPDATE {users} SET {users.passwordHash} = $3, {users.updatedAt} = $4 WHERE {users.id} = $1::{id} AND {users.passwordHash} = $2");

    private readonly string demand = database.Names.Sql("""
        INSERT INTO {password_demands} ({password_demands.userId}, {password_demands.reason}, {password_demands.demandedAt}) VALUES ($1::{id}, $2, $3)
        ON CONFLICT ({password_demands.userId}) DO UPDATE SET {password_demands.reason} = excluded.{password_demands.reason}, {password_demands.demandedAt} = excluded.{password_demands.demandedAt}
        """);

    private readonly string removeConsents = database.Names.Sql("DELETE FROM {client_consents} WHERE {client_consents.userId} = $1::{id}");

    private readonly string meetDemand = database.Names.Sql("DELETE FROM {password_demands} WHERE {password_demands.userId} = $1::{id}");

    private readonly string delete = database.Names.Sql(
        "UPDATE {users} SET {users.deletedAt} = $2, {users.updatedAt} = $2, {users.passwordHash} = NULL WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL");

    private readonly string switchActive = database.Names.Has("users.isActive")
        ? database.Names.Sql("UPDATE {users} SET {users.isActive} = $2, {users.updatedAt} = $3 WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL AND {users.isActive} IS DISTINCT FROM $2")
        : "SELECT";

    /// <param name="identifier">An address or a user name: a name has no @.</param>
    public Task<Account?> FindAsync(string identifier, CancellationToken cancellation) =>
        ReadAsync(identifier.Contains('@', StringComparison.Ordinal) ? byEmail : byUsername, identifier, cancellation);

    public Task<Account?> GetAsync(string id, CancellationToken cancellation) => ReadAsync(byId, id, cancellation);

    /// <summary>Gives its role; no row when the address or the name is taken.</summary>
    public NpgsqlBatchCommand Adding(UserView user, string? passwordHash, string? metadata = null) =>
        AuthDatabase.InBatch(insert, user.Id, user.Email, user.Username, user.DisplayName, passwordHash, database.Now, metadata);

    /// <summary>The address is the owner's. None where the table of users has no column for it.</summary>
    public NpgsqlBatchCommand[] Confirming(string id) => confirm.Length == 0 ? [] : [AuthDatabase.InBatch(confirm, id, database.Now)];

    public async Task<Profile?> GetProfileAsync(string id, CancellationToken cancellation)
    {
        await using var command = database.Command(profile, id);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await ProfileOfAsync(reader, cancellation);
    }

    /// <summary>Gives the profile, which nobody else changes until the transaction ends.</summary>
    public NpgsqlBatchCommand HoldingProfile(string id) => AuthDatabase.InBatch(holdProfile, id);

    public NpgsqlBatchCommand ChangingProfile(Profile to) =>
        AuthDatabase.InBatch(changeProfile, to.Id, database.Now, to.Username, to.DisplayName, to.Metadata?.GetRawText());

    public static async Task<Profile?> ProfileOfAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        if (!await reader.ReadAsync(cancellation))
        {
            return null;
        }

        var user = SessionStore.UserOf(reader, 0);
        JsonElement? metadata = reader.TextOrNull(6) is { } json ? JsonElement.Parse(json) : null;
        return new Profile(user.Id, user.Email, user.Username, user.DisplayName, user.Role, user.EmailVerified, metadata, reader.Utc(7), reader.Utc(8));
    }

    /// <summary>Nothing happens where the hash is another by now.</summary>
    public NpgsqlBatchCommand ReplacingHash(string id, string old, string fresh) => AuthDatabase.InBatch(replaceHash, id, old, fresh, database.Now);

    /// <summary>The next sign-in must bring another password.</summary>
    public NpgsqlBatchCommand DemandingPassword(string id, string? reason) => AuthDatabase.InBatch(demand, id, reason, database.Now);

    public NpgsqlBatchCommand MeetingDemand(string id) => AuthDatabase.InBatch(meetDemand, id);

    /// <summary>What clients were allowed in the name of the account.</summary>
    public NpgsqlBatchCommand RemovingConsents(string id) => AuthDatabase.InBatch(removeConsents, id);

    /// <summary>Affects no row where it is so already.</summary>
    public NpgsqlBatchCommand Switching(string id, bool isActive) => AuthDatabase.InBatch(switchActive, id, isActive, database.Now);

    public NpgsqlBatchCommand Deleting(string id) => AuthDatabase.InBatch(delete, id, database.Now);

    private static string Find(AuthDatabase database, string key) => database.Names.Sql($$"""
        SELECT {{SessionStore.OwnerAs("u")}}, u.{users.passwordHash}, {{AdmissionSql.Account(database, "u")}} AND {{LockSql.None("u", "$2")}}, {{SessionStore.HasFactor}}, {{SessionStore.MustChange}}
        FROM {users} u WHERE {{key}} AND u.{users.deletedAt} IS NULL
        """);

    private static string Profile(AuthDatabase database) => $$"""
        {{SessionStore.OwnerAs("u")}}, u.{users.metadata}::text, u.{users.createdAt}, u.{users.updatedAt}
        FROM {users} u WHERE u.{users.id} = $1::{id} AND {{AdmissionSql.Account(database, "u")}} AND u.{users.deletedAt} IS NULL
        """;

    private async Task<Account?> ReadAsync(string sql, string key, CancellationToken cancellation)
    {
        await using var command = database.Command(sql, key, database.Now);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Account(SessionStore.UserOf(reader, 0), reader.TextOrNull(6), reader.GetBoolean(7), reader.GetBoolean(8), reader.GetBoolean(9))
            : null;
    }
}

/// <param name="PasswordHash">Null for those who sign in another way.</param>
/// <param name="IsActive">Whether it may sign in: switched on, not locked by an administrator, and, where the allow-list is on, allowed.</param>
/// <param name="HasFactor">Whether a second factor is active.</param>
/// <param name="MustChange">The password may be known to others: it opens nothing but the way to another.</param>
internal sealed record Account(UserView User, string? PasswordHash, bool IsActive, bool HasFactor, bool MustChange);
