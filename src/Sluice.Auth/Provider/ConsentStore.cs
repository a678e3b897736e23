using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Provider;

/// <summary>What users let clients do.</summary>
internal sealed class ConsentStore(AuthDatabase database)
{
    private readonly string find = database.Names.Sql("""
        SELECT {client_consents.scope} FROM {client_consents} WHERE {client_consents.userId} = $1::{id} AND {client_consents.clientId} = $2
        """);

    // What was allowed before stays allowed, also what another window allows at this moment.
    private readonly string keep = database.Names.Sql("""
        INSERT INTO {client_consents} AS c ({client_consents.userId}, {client_consents.clientId}, {client_consents.scope}, {client_consents.grantedAt}) VALUES ($1::{id}, $2, $3, $4)
        ON CONFLICT ({client_consents.userId}, {client_consents.clientId}) DO UPDATE SET {client_consents.grantedAt} = excluded.{client_consents.grantedAt},
          {client_consents.scope} = (SELECT string_agg(DISTINCT s COLLATE "C", ' ' ORDER BY s COLLATE "C") FROM string_to_table(c.{client_consents.scope} || ' ' || excluded.{client_consents.scope}, ' ') s)
        """);

    private readonly string list = database.Names.Sql("""
        SELECT {client_consents.clientId}, {client_consents.scope}, {client_consents.grantedAt} FROM {client_consents} WHERE {client_consents.userId} = $1::{id} ORDER BY {client_consents.clientId}
        """);

    private readonly string withdraw = database.Names.Sql("DELETE FROM {client_consents} WHERE {client_consents.userId} = $1::{id} AND {client_consents.clientId} = $2");

    private readonly string forget = database.Names.Sql("""
        DELETE FROM {authorization_codes} WHERE {authorization_codes.clientId} = $2 AND {authorization_codes.usedAt} IS NULL
          AND {authorization_codes.sessionId} IN (SELECT s.{sessions.id} FROM {sessions} s WHERE s.{sessions.userId} = $1::{id})
        """);

    /// <returns>The scopes that were allowed; none where nobody was asked.</returns>
    public async Task<string[]> FindAsync(string userId, string clientId, CancellationToken cancellation)
    {
        await using var command = database.Command(find, userId, clientId);
        return (await command.ExecuteScalarAsync(cancellation) as string ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    public NpgsqlBatchCommand Keeping(string userId, string clientId, IEnumerable<string> scopes) =>
        AuthDatabase.InBatch(keep, userId, clientId, string.Join(' ', scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)), database.Now);

    public async Task<List<(string ClientId, string Scope, DateTimeOffset GrantedAt)>> ListAsync(string userId, CancellationToken cancellation)
    {
        await using var command = database.Command(list, userId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var all = new List<(string, string, DateTimeOffset)>();
        while (await reader.ReadAsync(cancellation))
        {
            all.Add((reader.GetString(0), reader.GetString(1), new DateTimeOffset(reader.Utc(2))));
        }

        return all;
    }

    /// <summary>The codes that are out: what was taken back is not redeemed.</summary>
    public NpgsqlBatchCommand Forgetting(string userId, string clientId) => AuthDatabase.InBatch(forget, userId, clientId);

    /// <summary>Affects no row where there is none.</summary>
    public NpgsqlBatchCommand Withdrawing(string userId, string clientId) => AuthDatabase.InBatch(withdraw, userId, clientId);
}
