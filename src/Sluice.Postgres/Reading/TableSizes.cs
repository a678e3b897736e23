using Npgsql;
using NpgsqlTypes;

namespace Sluice.Postgres.Reading;

/// <summary>How large the tables are with their indexes: what a rewrite or a scan goes through.</summary>
public sealed record TableSizes(IReadOnlyDictionary<string, long> Bytes)
{
    public static TableSizes None { get; } = new(new Dictionary<string, long>());

    /// <param name="table">A name alone, or with its schema.</param>
    public long Of(string table) => Bytes.TryGetValue(table, out var bytes) ? bytes : 0;

    /// <param name="schemas">The first one is where a name alone lives.</param>
    public static async Task<TableSizes> ReadAsync(NpgsqlConnection connection, IReadOnlyList<string> schemas, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text, pg_catalog.pg_total_relation_size(c.oid)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname = ANY($1)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = schemas.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            var (schema, table, bytes) = (reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
            sizes[$"{schema}.{table}"] = bytes;
            if (schema == schemas[0])
            {
                sizes[table] = bytes;
            }
        }

        return new TableSizes(sizes);
    }
}
