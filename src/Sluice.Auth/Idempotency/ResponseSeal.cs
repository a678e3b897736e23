using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Idempotency;

/// <summary>
/// Seals answers that carry tokens, so that a reader of the table has none: `sealed:KEYID:…`. Bound to the record's
/// key and route: moved to another row it does not open.
/// </summary>
internal sealed class ResponseSeal(AuthDatabase database, IOptions<SluiceAuthOptions> options)
{
    private const string Mark = "sealed";

    private readonly SealingKeys keys = new(options.Value, "sluice idempotency response");
    private readonly string old = database.Names.Sql($$"""
        SELECT {idempotency_records.id}::text, {idempotency_records.key}, {idempotency_records.route}, {idempotency_records.responseBodyJson} FROM {idempotency_records}
        WHERE split_part({idempotency_records.responseBodyJson}, ':', 1) = '{{Mark}}' AND split_part({idempotency_records.responseBodyJson}, ':', 2) = ANY ($1) LIMIT $2
        """);

    // Nothing happens where the key is used anew meanwhile.
    private readonly string reseal = database.Names.Sql("""
        UPDATE {idempotency_records} SET {idempotency_records.responseBodyJson} = $3 WHERE {idempotency_records.id} = $1::{id} AND {idempotency_records.responseBodyJson} = $2
        """);

    private readonly string strange = database.Names.Sql($$"""
        SELECT count(*) FROM {idempotency_records}
        WHERE split_part({idempotency_records.responseBodyJson}, ':', 1) = '{{Mark}}' AND NOT split_part({idempotency_records.responseBodyJson}, ':', 2) = ANY ($1)
        """);

    public Resealing Resealing => new("idempotency_records", BatchAsync, StrangeAsync);

    public string Close(string text, RequestKey request) => Seal(Encoding.UTF8.GetBytes(text), Bound(request.Key, request.Route));

    /// <returns>The text; as it is where it was not sealed; null where none of the secrets opens it, or it is another row's.</returns>
    public string? Open(string text, RequestKey request) => text.Split(':', 3) is not [Mark, _, var rest] ? text
        : keys.Open(Bound(request.Key, request.Route), Convert.FromBase64String(rest)) is { } open ? Encoding.UTF8.GetString(open)
        : null;

    private async Task<int> BatchAsync(int most, CancellationToken cancellation)
    {
        var rows = new List<(string Id, string Bound, string Text)>();
        await using (var command = database.Command(old, keys.Previous, most))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add((reader.GetString(0), Bound(reader.GetString(1), reader.GetString(2)), reader.GetString(3)));
            }
        }

        await using var batch = database.Source.CreateBatch();
        foreach (var (id, bound, text) in rows)
        {
            // One that does not open is nobody's answer any more.
            var now = keys.Open(bound, Convert.FromBase64String(text.Split(':', 3)[2])) is { } open ? Seal(open, bound) : Seal([], "");
            batch.BatchCommands.Add(AuthDatabase.InBatch(reseal, id, text, now));
        }

        if (rows.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellation);
        }

        return rows.Count;
    }

    private async Task<long> StrangeAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(strange, (object)keys.Previous.Append(keys.KeyId).ToArray());
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private string Seal(byte[] open, string bound) => $"{Mark}:{keys.KeyId}:{Convert.ToBase64String(keys.Seal(bound, open))}";

    private static string Bound(string key, string route) => $"{key}\n{route}";
}
