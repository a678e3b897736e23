using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Reading;

namespace Sluice.Postgres.Maintaining;

/// <summary>
/// How much of an index is empty: by its rows and the width of its columns, as the statistics have them, and where that is much
/// by reading it, where pgstattuple is at hand. Equal keys that share an entry make it look fuller than it is, never emptier.
/// </summary>
internal static class Bloat
{
    // Of each entry: its header, its pointer, its columns in steps of eight bytes; of each page: its header and its end.
    private const string Estimate =
        """
        SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname::text, c.relname::text, pg_catalog.pg_relation_size(c.oid),
               1 - (1 + pg_catalog.ceil(c.reltuples * (12 + 8 * pg_catalog.ceil(w.width / 8.0)) / ((8192 - 40) * f.fill))) * 8192 / greatest(1, pg_catalog.pg_relation_size(c.oid)), f.fill
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'btree'
        CROSS JOIN LATERAL (SELECT coalesce((SELECT option_value::float8 FROM pg_catalog.pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), 90) / 100 AS fill) AS f
        CROSS JOIN LATERAL (
          SELECT pg_catalog.sum(s.avg_width) AS width, count(*) = pg_catalog.count(s.avg_width) AS is_known
          FROM pg_catalog.pg_attribute a
          LEFT JOIN pg_catalog.pg_attribute k ON k.attrelid = t.oid AND k.attnum = i.indkey[a.attnum - 1] AND k.attnum > 0
          LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND NOT s.inherited
            AND ((k.attnum IS NOT NULL AND s.tablename = t.relname AND s.attname = k.attname) OR (k.attnum IS NULL AND s.tablename = c.relname AND s.attname = a.attname))
          WHERE a.attrelid = c.oid AND a.attnum > 0) AS w
        WHERE c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisvalid AND i.indisready AND i.indislive AND NOT i.indisexclusion AND c.reltuples >= 0 AND w.is_known
          AND n.nspname::text !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sluice') AND pg_catalog.pg_has_role(t.relowner, 'USAGE')
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.relation IN (c.oid, t.oid) AND l.mode = 'AccessExclusiveLock')
          AND pg_catalog.pg_relation_size(c.oid) >= $1
        ORDER BY 4 DESC
        """;

    private const string Extension =
        """
        SELECT pg_catalog.format('%I.pgstatindex', n.nspname)
        FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid AND p.proname = 'pgstatindex' AND p.proargtypes[0] = 'regclass'::regtype::oid
        WHERE e.extname = 'pgstattuple' AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        """;

    public static async Task<ImmutableArray<MaintenanceTask.Reindex>> FindAsync(NpgsqlConnection connection, ReindexPolicy policy, CancellationToken cancellation)
    {
        var found = new List<(MaintenanceTask.Reindex Task, double Fill)>();
        await using (var estimate = new NpgsqlBatch(connection) { BatchCommands = { new(ObjectQueries.Path), new(Estimate) { Parameters = { new NpgsqlParameter { Value = policy.MinBytes } } } } })
        await using (var reader = await estimate.ExecuteReaderAsync(cancellation))
        {
            await reader.NextResultAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                found.Add((new MaintenanceTask.Reindex(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetDouble(4), IsMeasured: false), reader.GetDouble(5)));
            }
        }

        found.RemoveAll(f => f.Task.Bloat < policy.Bloat);
        await using var extension = new NpgsqlCommand(Extension, connection);
        if (found.Count == 0 || await extension.ExecuteScalarAsync(cancellation) is not string measure)
        {
            return [.. found.Select(f => f.Task)];
        }

        var tasks = ImmutableArray.CreateBuilder<MaintenanceTask.Reindex>();
        foreach (var (task, fill) in found)
        {
            await using var density = new NpgsqlCommand($"SELECT avg_leaf_density FROM {measure}($1::text::regclass)", connection) { Parameters = { new NpgsqlParameter { Value = task.Index } } };
            // An empty index has no density.
            var bloat = await density.ExecuteScalarAsync(cancellation) is double percent && !double.IsNaN(percent) ? Math.Max(0, 1 - (percent / 100 / fill)) : task.Bloat;
            tasks.Add(new MaintenanceTask.Reindex(task.Index, task.Schema, task.BareName, task.Bytes, bloat, IsMeasured: true));
        }

        return [.. tasks.Where(t => t.Bloat >= policy.Bloat)];
    }
}
