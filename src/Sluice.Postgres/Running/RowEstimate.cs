using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>What schemas hold, soon told: the planner's numbers where it has any, a count where it has none.</summary>
/// <param name="Uncounted">Tables that the planner knows nothing of were hidden from this user.</param>
internal sealed record RowEstimate(int Tables, long Rows, bool Uncounted, long OtherClients)
{
    /// <param name="enough">No table is counted further than this.</param>
    public static async Task<RowEstimate> ReadAsync(NpgsqlConnection connection, ImmutableArray<string> schemas, long enough, CancellationToken cancellation)
    {
        var (tables, rows, clients) = (0, 0.0, 0L);
        var unknown = new List<string>();
        await using (var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text, c.relkind = 'r' AND c.reltuples < 1::float4 AND pg_catalog.pg_relation_size(c.oid) > 0,
                   CASE c.relkind WHEN 'r' THEN greatest(c.reltuples, 0) ELSE 0 END::float8,
                   (SELECT count(*) FROM pg_catalog.pg_stat_activity a
                    WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend')
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p')
            """,
            connection))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = schemas.ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                tables++;
                rows += reader.GetDouble(3);
                clients = reader.GetInt64(4);
                if (reader.GetBoolean(2))
                {
                    unknown.Add($"{ServerConnection.Quote(reader.GetString(0))}.{ServerConnection.Quote(reader.GetString(1))}");
                }
            }
        }

        var counted = await CountAsync(connection, unknown, enough, cancellation);
        return new RowEstimate(tables, (long)rows + (counted ?? 0), counted is null, clients);
    }

    private static async Task<long?> CountAsync(NpgsqlConnection connection, List<string> tables, long enough, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET row_security = off"));
        foreach (var table in tables)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM (SELECT FROM ONLY {table} LIMIT {enough}) AS t")));
        }

        try
        {
            var rows = 0L;
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            do
            {
                while (await reader.ReadAsync(cancellation))
                {
                    rows += reader.GetInt64(0);
                }
            }
            while (await reader.NextResultAsync(cancellation));

            return rows;
        }
        catch (PostgresException hidden) when (hidden.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }
}
