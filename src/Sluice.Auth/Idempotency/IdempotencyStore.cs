using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Idempotency;

/// <summary>
/// `idempotency_records`: a row with status 0 is a request in flight, whose `expiresAt` is a lease that its node renews; a killed
/// node renews nothing, so the key is free again when the lease runs out. Times are the database's, which all nodes share.
/// </summary>
internal sealed class IdempotencyStore(AuthDatabase database)
{
    private readonly string claim = database.Names.Sql("""
        WITH claimed AS (
            INSERT INTO {idempotency_records} AS r ({idempotency_records.id}, {idempotency_records.key}, {idempotency_records.route}, {idempotency_records.requestHash},
                {idempotency_records.responseStatus}, {idempotency_records.responseBodyJson}, {idempotency_records.createdAt}, {idempotency_records.expiresAt},
                {idempotency_records.organizationId}, {idempotency_records.ip})
            VALUES ($1::{id}, $2, $3, $4, 0, '', now(), now() + make_interval(secs => $5), $6, $7)
            ON CONFLICT ({idempotency_records.key}, {idempotency_records.route}) DO UPDATE
                SET {idempotency_records.id} = excluded.{idempotency_records.id}, {idempotency_records.requestHash} = excluded.{idempotency_records.requestHash},
                    {idempotency_records.responseStatus} = 0, {idempotency_records.responseBodyJson} = '', {idempotency_records.createdAt} = now(),
                    {idempotency_records.expiresAt} = excluded.{idempotency_records.expiresAt},
                    {idempotency_records.organizationId} = excluded.{idempotency_records.organizationId}, {idempotency_records.ip} = excluded.{idempotency_records.ip}
                WHERE r.{idempotency_records.expiresAt} <= now()
            RETURNING {idempotency_records.id})
        SELECT true, '', 0, '' FROM claimed
        UNION ALL
        SELECT false, {idempotency_records.requestHash}, {idempotency_records.responseStatus}, {idempotency_records.responseBodyJson}
        FROM {idempotency_records} WHERE {idempotency_records.key} = $2 AND {idempotency_records.route} = $3 AND NOT EXISTS (SELECT FROM claimed)
        """);

    private readonly string renew = database.Names.Sql("""
        UPDATE {idempotency_records} SET {idempotency_records.expiresAt} = now() + make_interval(secs => $2)
        WHERE {idempotency_records.id} = $1::{id} AND {idempotency_records.responseStatus} = 0
        """);

    private readonly string complete = database.Names.Sql("""
        UPDATE {idempotency_records} SET {idempotency_records.responseStatus} = $2, {idempotency_records.responseBodyJson} = $3,
            {idempotency_records.expiresAt} = now() + make_interval(secs => $4)
        WHERE {idempotency_records.id} = $1::{id} AND {idempotency_records.responseStatus} = 0
        """);

    private readonly string release = database.Names.Sql(
        "DELETE FROM {idempotency_records} WHERE {idempotency_records.id} = $1::{id} AND {idempotency_records.responseStatus} = 0");

    /// <summary>Takes the key for a request, or says who has it. One round trip; of requests at the same moment one gets it.</summary>
    public async Task<Claim> ClaimAsync(RequestKey request, TimeSpan lease, CancellationToken cancellation)
    {
        var id = database.NewId();
        while (true)
        {
            await using var command = database.Command(claim, id, request.Key, request.Route, request.Hash, lease.TotalSeconds, request.Organization, request.Ip);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            if (await reader.ReadAsync(cancellation))
            {
                return reader.GetBoolean(0) ? new Claim.Taken(id) : new Claim.Held(reader.GetString(1), reader.GetInt32(2), reader.GetString(3));
            }

            // The holder's row went, or came, between the two halves of the statement: ask again.
        }
    }

    /// <returns>False once the claim is another's.</returns>
    public Task<bool> RenewAsync(string id, TimeSpan lease, CancellationToken cancellation) => TouchAsync(database.Command(renew, id, lease.TotalSeconds), cancellation);

    /// <returns>False when the claim had run out and is another's.</returns>
    public Task<bool> CompleteAsync(string id, int status, string response, TimeSpan lifetime, CancellationToken cancellation) =>
        TouchAsync(database.Command(complete, id, status, response, lifetime.TotalSeconds), cancellation);

    public Task ReleaseAsync(string id, CancellationToken cancellation) => TouchAsync(database.Command(release, id), cancellation);

    private static async Task<bool> TouchAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancellation) == 1;
        }
    }
}

/// <summary>What makes a request the same as an earlier one: who sent it where under which key, and the hash of what was sent.</summary>
internal sealed record RequestKey(string Key, string Route, string Hash, string? User, string? Organization, string? Ip);

/// <summary>What came of asking for a key.</summary>
internal abstract record Claim
{
    public sealed record Taken(string Id) : Claim;

    /// <param name="Status">0 while the first request is under way.</param>
    public sealed record Held(string Hash, int Status, string Response) : Claim;
}
