namespace Sluice.Auth.Storage;

/// <summary>A table whose rows have secrets, and the id of the key that sealed them.</summary>
/// <param name="key">The column that is its primary key.</param>
/// <param name="type">The type of that, as the statements have it.</param>
/// <param name="owner">The column that its secrets are bound to.</param>
/// <param name="secrets">Each column with a secret, and the name that it is bound to.</param>
internal sealed class SealedRows(AuthDatabase database, SealingKeys keys, string table, string key, string type, string owner, params (string Column, Func<string, string> Name)[] secrets)
{
    private readonly string old = database.Names.Sql($"SELECT {{{table}.{key}}}::text, {{{table}.{owner}}}::text, {{{table}.keyId}}, {string.Join(", ", secrets.Select(s => $"{{{table}.{s.Column}}}"))} FROM {{{table}}} WHERE {{{table}.keyId}} = ANY ($1) LIMIT $2");

    // Nothing happens where another has written it meanwhile.
    private readonly string reseal = database.Names.Sql(
        $"UPDATE {{{table}}} SET {{{table}.keyId}} = $3, {string.Join(", ", secrets.Select((s, i) => $"{{{table}.{s.Column}}} = ${i + 4}::bytea"))} WHERE {{{table}.{key}}} = $1::{type} AND {{{table}.keyId}} = $2 AND "
        + string.Join(" AND ", secrets.Select((s, i) => $"{{{table}.{s.Column}}} IS NOT DISTINCT FROM ${i + 4 + secrets.Length}::bytea")));

    private readonly string strange = database.Names.Sql($"SELECT count(*) FROM {{{table}}} WHERE {string.Join(" OR ", secrets.Select(s => $"({{{table}.{s.Column}}} IS NOT NULL AND NOT {{{table}.keyId}} = ANY ($1))"))}");

    public Resealing Resealing => new(table, BatchAsync, StrangeAsync);

    private async Task<int> BatchAsync(int most, CancellationToken cancellation)
    {
        var rows = new List<(string Key, string Owner, string KeyId, byte[]?[] Sealed)>();
        await using (var command = database.Command(old, keys.Previous, most))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), [.. secrets.Select((_, i) => reader.IsDBNull(i + 3) ? null : reader.GetFieldValue<byte[]>(i + 3))]));
            }
        }

        if (rows.Count == 0)
        {
            return 0;
        }

        await using var batch = database.Source.CreateBatch();
        foreach (var (id, bound, keyId, before) in rows)
        {
            var after = secrets.Select((s, i) => before[i] is { } text ? keys.Seal(s.Name(bound), keys.Open(s.Name(bound), keyId, text)!) : null);
            batch.BatchCommands.Add(AuthDatabase.InBatch(reseal, [id, keyId, keys.KeyId, .. after, .. before]));
        }

        await batch.ExecuteNonQueryAsync(cancellation);
        return rows.Count;
    }

    private async Task<long> StrangeAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(strange, (object)keys.Previous.Append(keys.KeyId).ToArray());
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
