using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Importing;

/// <summary>Accounts that come in masses: one statement each, many in one round trip.</summary>
internal sealed class ImportStore(AuthDatabase database)
{
    private static readonly (string Column, string Member, Func<ImportedAccount, bool> IsGiven)[] Optional =
    [
        ("users.username", "username", a => a.Username is not null), ("users.name", "displayName", a => a.DisplayName is not null), ("users.role", "role", a => a.Role is not null),
        ("users.metadata", "metadata", a => a.Metadata is not null), ("users.isActive", "isActive", a => a.IsActive is not null), ("users.emailVerified", "emailVerified", a => a.IsVerified is not null), ("users.lastLoginAt", "lastLoginAt", a => a.LastLoginAt is not null),
    ];

    private readonly string existing = database.Names.Sql($$"""
        SELECT {users.id}::text, lower({users.email>}), {users.username>}, {users.name>}, {users.role}::text, {users.passwordHash}, {users.isActive}, {users.emailVerified>} IS NOT NULL, {users.createdAt}, {users.lastLoginAt}, {users.metadata}::text, {{Administrates("{users}", "$2")}}
        FROM {users} WHERE {users.email} = ANY ($1::{{database.Names.TypeOf("users.email") ?? "text"}}[]) AND {users.deletedAt} IS NULL
        """);

    private readonly string roleType = database.Names.Sql(
        "SELECT format_type(a.atttypid, NULL) FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::regclass AND a.attname = $2");

    private readonly ConcurrentDictionary<string, string> resolved = new(StringComparer.Ordinal);

    /// <summary>A role may be a label of an enum of the application's: its type is written into the statement.</summary>
    public async Task<string> RoleTypeAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(roleType, database.Names.Sql("{users}"), database.Names.Bare("users.role"));
        return (string?)await command.ExecuteScalarAsync(cancellation) ?? "text";
    }

    /// <returns>What the line gives and the application's table has not; null when it has all.</returns>
    public string? Lacking(ImportedAccount account) =>
        Optional.FirstOrDefault(o => o.IsGiven(account) && !database.Names.Has(o.Column)) is { Member: { } member, Column: var column } ? $"has {member}, and Tables.Absent says that there is no `{column}`: leave it out" : null;

    /// <summary>Adds it, unless its address, its name or its id is another's.</summary>
    public NpgsqlBatchCommand Adding(ImportedAccount account, string roleType, DateTime now)
    {
        List<(string Column, NpgsqlParameter Value)> values =
        [
            ("users.id", Text(account.Id ?? database.NewId())), ("users.email", Text(account.Email)), .. Given(account, now),
            ("users.createdAt", Time(account.CreatedAt ?? now)), ("users.updatedAt", Time(now)),
        ];
        if (account.LastLoginAt is { } last)
        {
            values.Add(("users.lastLoginAt", Time(last)));
        }

        var columns = string.Join(", ", values.Select(v => $"{{{v.Column}}}"));
        return Command($"INSERT INTO {{users}} ({columns}) VALUES ({string.Join(", ", values.Select((v, i) => Value(v.Column, i + 1, roleType)))}) ON CONFLICT DO NOTHING", values.Select(v => v.Value));
    }

    /// <summary>Makes the account that is there what the line says, unless its owner signs in meanwhile, or has: no session goes on under what it was not begun with.</summary>
    public NpgsqlBatchCommand Updating(string id, ImportedAccount account, string roleType, string administrator, DateTime now)
    {
        List<(string Column, NpgsqlParameter Value)> values = [.. Given(account, now), ("users.updatedAt", Time(now))];
        if (account.CreatedAt is { } created)
        {
            values.Add(("users.createdAt", Time(created)));
        }

        var settings = string.Join(", ", values.Select((v, i) => $"{{{v.Column}}} = {Value(v.Column, i + 1, roleType)}"));
        return Command(
            $$"""
            UPDATE {users} SET {{settings}} WHERE {users.id} = ${{values.Count + 1}}::{id} AND {users.deletedAt} IS NULL
            AND ({users.lastLoginAt} IS NULL OR {users.lastLoginAt} <= ${{values.Count + 2}})
            AND NOT EXISTS (SELECT FROM {sessions} s WHERE s.{sessions.userId} = {users}.{users.id} AND s.{sessions.expiresAt} > ${{values.Count + 3}})
            {{(account.ChangesAccess ? $"AND NOT {Administrates("{users}", $"${values.Count + 4}")}" : "")}}
            """,
            [.. values.Select(v => v.Value), Text(id), Time(account.LastLoginAt), Time(now), .. account.ChangesAccess ? [Text(administrator)] : Array.Empty<NpgsqlParameter>()]);
    }

    public async Task<Dictionary<string, ExistingAccount>> FindAsync(NpgsqlConnection connection, string[] emails, string administrator, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(existing, connection) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = emails }, Text(administrator) } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new Dictionary<string, ExistingAccount>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            var there = new ExistingAccount(
                reader.GetString(0), reader.GetString(1), reader.TextOrNull(2), reader.TextOrNull(3), reader.GetString(4), reader.TextOrNull(5), reader.GetBoolean(6), reader.GetBoolean(7), reader.Utc(8), reader.UtcOrNull(9), reader.TextOrNull(10), reader.GetBoolean(11));
            found[there.Email] = there;
        }

        return found;
    }

    // Everywhere, for good or for a time.
    private static string Administrates(string alias, string role) => $$"""
        ({{alias}}.{users.role}::text = {{role}} OR EXISTS (SELECT FROM {role_grants} g WHERE g.{role_grants.userId} = {{alias}}.{users.id} AND g.{role_grants.role} = {{role}} AND g.{role_grants.scopeKind} = ''))
        """;

    // What both statements write of a line.
    private static IEnumerable<(string Column, NpgsqlParameter Value)> Given(ImportedAccount account, DateTime now)
    {
        foreach (var (column, text) in new[] { ("users.username", account.Username), ("users.name", account.DisplayName), ("users.role", account.Role), ("users.passwordHash", account.PasswordHash), ("users.metadata", account.Metadata) })
        {
            if (text is not null)
            {
                yield return (column, Text(text));
            }
        }

        if (account.IsActive is { } active)
        {
            yield return ("users.isActive", new NpgsqlParameter<bool> { TypedValue = active });
        }

        if (account.IsVerified is { } verified)
        {
            yield return ("users.emailVerified", Time(verified ? account.VerifiedAt ?? account.CreatedAt ?? now : null));
        }
    }

    private static string Value(string column, int position, string roleType) => column switch
    {
        "users.id" => $"${position}::{{id}}",
        "users.role" => $"${position}::{roleType}",
        "users.metadata" => $"${position}::jsonb",
        _ => $"{{{column}<${position}}}",
    };

    // Lines that give the same columns share a statement.
    private NpgsqlBatchCommand Command(string template, IEnumerable<NpgsqlParameter> values)
    {
        var command = new NpgsqlBatchCommand(resolved.GetOrAdd(template, database.Names.Sql));
        foreach (var value in values)
        {
            command.Parameters.Add(value);
        }

        return command;
    }

    private static NpgsqlParameter<string> Text(string text) => new() { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTime? time) => new() { Value = (object?)time ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
