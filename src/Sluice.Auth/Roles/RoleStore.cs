using Npgsql;
using NpgsqlTypes;
using Sluice.Auth.Admission;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Roles;

/// <summary>Roles in the database.</summary>
internal sealed class RoleStore(AuthDatabase database)
{
    // Of all transactions that take the administrators' role from somebody one goes after the other: two could each find the other's account.
    // Without a row to read: what ends sessions reads the rows of its own.
    private const string TakeTurns = "DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('sluice auth administrators')); END $$";

    // What an account is that has a role everywhere, for good: $2 the role.
    private static string HasForGood(string alias) => $$"""
        ({{alias}}.{users.role}::text = $2 OR EXISTS (SELECT FROM {role_grants} g WHERE g.{role_grants.userId} = {{alias}}.{users.id} AND g.{role_grants.role} = $2
          AND g.{role_grants.scopeKind} = '' AND g.{role_grants.expiresAt} IS NULL))
        """;

    // Another than $1 that has it and may sign in at $3.
    private static string Another(AuthDatabase database) => $$"""
        EXISTS (SELECT FROM {users} o WHERE o.{users.id} <> $1::{id} AND o.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "o")}} AND {{LockSql.None("o", "$3")}} AND {{HasForGood("o")}})
        """;

    // Holds the account, so that of two changes of its roles the second counts on.
    private readonly string count = database.Names.Sql("""
        INSERT INTO {role_versions} ({role_versions.userId}, {role_versions.version}, {role_versions.changedAt})
        SELECT {users.id}, 1, $2 FROM {users} WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL FOR UPDATE
        ON CONFLICT ({role_versions.userId}) DO UPDATE SET {role_versions.version} = {role_versions}.{role_versions.version} + 1, {role_versions.changedAt} = excluded.{role_versions.changedAt}
        RETURNING {role_versions.version}
        """);

    private readonly string held = database.Names.Sql($"SELECT {RoleSql.Held("u")} FROM {{users}} u WHERE u.{{users.id}} = $1::{{id}}");

    private readonly string grant = database.Names.Sql("""
        INSERT INTO {role_grants} ({role_grants.userId}, {role_grants.role}, {role_grants.scopeKind}, {role_grants.scopeId}, {role_grants.grantedBy}, {role_grants.grantedAt}, {role_grants.expiresAt})
        SELECT $1::{id}, $2, $3, $4, $5::{id}, $6, $7 WHERE EXISTS (SELECT FROM {users} WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL)
        ON CONFLICT ({role_grants.userId}, {role_grants.scopeKind}, {role_grants.scopeId}, {role_grants.role})
        DO UPDATE SET {role_grants.grantedBy} = excluded.{role_grants.grantedBy}, {role_grants.grantedAt} = excluded.{role_grants.grantedAt}, {role_grants.expiresAt} = excluded.{role_grants.expiresAt}
        WHERE {role_grants}.{role_grants.expiresAt} IS DISTINCT FROM excluded.{role_grants.expiresAt}
        """);

    private readonly string revoke = database.Names.Sql("""
        DELETE FROM {role_grants} WHERE {role_grants.userId} = $1::{id} AND {role_grants.role} = $2 AND {role_grants.scopeKind} = $3 AND {role_grants.scopeId} = $4
        """);

    private readonly string revokeOthers = database.Names.Sql("""
        DELETE FROM {role_grants} WHERE {role_grants.userId} = $1::{id} AND {role_grants.role} <> ALL ($2::text[]) AND {role_grants.scopeKind} = $3 AND {role_grants.scopeId} = $4
        """);

    // Its type is the application's, often an enum: of a parameter without one the server finds it out.
    private readonly string setOwn = database.Names.Has("users.role")
        ? database.Names.Sql("UPDATE {users} SET {users.role} = $2, {users.updatedAt} = $4 WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL AND {users.role}::text IS DISTINCT FROM $3")
        : "SELECT";

    private readonly string resetOwn = database.Names.Has("users.role")
        ? database.Names.Sql("UPDATE {users} SET {users.role} = DEFAULT, {users.updatedAt} = $3 WHERE {users.id} = $1::{id} AND {users.role}::text = $2")
        : "SELECT";

    private readonly string anyForGood = database.Names.Sql($$"""
        SELECT {{Another(database)}}
        """);

    private readonly string keep = database.Names.Sql($$"""
        UPDATE {users} u SET {users.updatedAt} = u.{users.updatedAt} WHERE u.{users.id} = $1::{id} AND (NOT {{HasForGood("u")}} OR {{Another(database)}})
        """);

    private readonly string holdAll = database.Names.Sql($$"""
        UPDATE {users} u SET {users.updatedAt} = u.{users.updatedAt} WHERE u.{users.deletedAt} IS NULL AND {{HasForGood("u")}}
        """);

    private readonly string anyAdmitted = database.Names.Sql($$"""
        UPDATE {users} SET {users.updatedAt} = {users.updatedAt}
        WHERE {users.id} = (SELECT u.{users.id} FROM {users} u WHERE u.{users.deletedAt} IS NULL AND {{AdmissionSql.Account(database, "u")}} AND {{LockSql.None("u", "$1")}} AND {{HasForGood("u")}} LIMIT 1)
        """);

    private readonly string list = database.Names.Sql("""
        SELECT g.{role_grants.role}, g.{role_grants.scopeKind}, g.{role_grants.scopeId}, g.{role_grants.expiresAt}, g.{role_grants.grantedBy}::text, g.{role_grants.grantedAt}
        FROM {role_grants} g WHERE g.{role_grants.userId} = $1::{id} AND (g.{role_grants.expiresAt} IS NULL OR g.{role_grants.expiresAt} > $2)
        ORDER BY g.{role_grants.scopeKind}, g.{role_grants.scopeId}, g.{role_grants.role} LIMIT 1000
        """);

    private readonly string own = database.Names.Sql("SELECT {users.role}::text FROM {users} WHERE {users.id} = $1::{id} AND {users.deletedAt} IS NULL");

    private readonly string has = database.Names.Sql("""
        SELECT EXISTS (SELECT FROM {role_grants} g WHERE g.{role_grants.userId} = $1::{id} AND g.{role_grants.role} = ANY($2)
          AND (g.{role_grants.scopeKind} = '' OR (g.{role_grants.scopeKind} = $3 AND g.{role_grants.scopeId} = $4)) AND (g.{role_grants.expiresAt} IS NULL OR g.{role_grants.expiresAt} > $5))
        """);

    /// <summary>First in what may take the last administrator away.</summary>
    public static NpgsqlBatchCommand TakingTurns() => new(TakeTurns);

    /// <summary>Affects no row where the account is the last administrator; after what switches it off or deletes it.</summary>
    public NpgsqlBatchCommand KeepingAnAdministrator(string userId, string role) => AuthDatabase.InBatch(keep, userId, role, database.Now);

    /// <summary>Holds whoever has a role everywhere, for good, and affects their rows: before what may shut one of them out, as sign-ins hold theirs.</summary>
    public NpgsqlBatchCommand HoldingAll(string role) => AuthDatabase.InBatch(holdAll, null, role);

    /// <summary>Affects a row where one of them may sign in: after it.</summary>
    public NpgsqlBatchCommand LookingForAdmitted(string role) => AuthDatabase.InBatch(anyAdmitted, database.Now, role);

    /// <summary>Gives the new version; no row where there is no such account.</summary>
    public NpgsqlBatchCommand Counting(string userId) => AuthDatabase.InBatch(count, userId, database.Now);

    public NpgsqlBatchCommand Reading(string userId) => AuthDatabase.InBatch(held, userId);

    /// <summary>Affects no row where it is so already.</summary>
    public NpgsqlBatchCommand Granting(string userId, string role, RoleScope? scope, string? by, DateTimeOffset? until)
    {
        var granting = AuthDatabase.InBatch(grant, userId, role, scope?.Kind ?? "", scope?.Id ?? "", by, database.Now);
        granting.Parameters.Add(new NpgsqlParameter { Value = (object?)until?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return granting;
    }

    public NpgsqlBatchCommand Revoking(string userId, string role, RoleScope? scope) => AuthDatabase.InBatch(revoke, userId, role, scope?.Kind ?? "", scope?.Id ?? "");

    /// <summary>All that are not among these.</summary>
    public NpgsqlBatchCommand RevokingOthers(string userId, string[] roles, RoleScope? scope) => AuthDatabase.InBatch(revokeOthers, userId, roles, scope?.Kind ?? "", scope?.Id ?? "");

    public NpgsqlBatchCommand SettingOwn(string userId, string role)
    {
        var setting = AuthDatabase.InBatch(setOwn, userId);
        setting.Parameters.Add(new NpgsqlParameter { Value = role, NpgsqlDbType = NpgsqlDbType.Unknown });
        setting.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role, NpgsqlDbType = NpgsqlDbType.Text });
        setting.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = database.Now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return setting;
    }

    /// <summary>As a new account has it.</summary>
    public NpgsqlBatchCommand ResettingOwn(string userId, string role) => AuthDatabase.InBatch(resetOwn, userId, role, database.Now);

    /// <summary>Whether anybody else has a role everywhere, for good.</summary>
    public NpgsqlBatchCommand AskingForOthers(string userId, string role) => AuthDatabase.InBatch(anyForGood, userId, role, database.Now);

    /// <returns>Null where there is no such account.</returns>
    public async Task<IReadOnlyList<HeldRole>?> ListAsync(string userId, CancellationToken cancellation)
    {
        await using var batch = database.Source.CreateBatch();
        batch.BatchCommands.Add(AuthDatabase.InBatch(own, userId));
        batch.BatchCommands.Add(AuthDatabase.InBatch(list, userId, database.Now));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            return null;
        }

        List<HeldRole> roles = reader.IsDBNull(0) ? [] : [new HeldRole(reader.GetString(0), null, null, null, null)];
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var scope = reader.GetString(1).Length == 0 ? null : new RoleScope(reader.GetString(1), reader.GetString(2));
            roles.Add(new HeldRole(reader.GetString(0), scope, reader.UtcOrNull(3), reader.TextOrNull(4), reader.Utc(5)));
        }

        return roles;
    }

    /// <summary>Whether somebody was given one of the roles, in one thing or everywhere.</summary>
    public async Task<bool> HasAsync(string userId, string[] roles, RoleScope scope, CancellationToken cancellation)
    {
        await using var command = database.Command(has, userId, roles, scope.Kind, scope.Id, database.Now);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
