using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Maintaining;

/// <summary>The partitions of tables that are partitioned by month, in UTC: which are missing, and which nobody keeps.</summary>
internal static class Months
{
    /// <summary>From how many rows on the estimate has to do.</summary>
    private const long Countable = 1_000_000;

    private const int LongestName = 55; // and eight more for the month

    private const string Parent =
        """
        SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname::text, c.relname::text,
               c.relkind = 'p' AND p.partstrat = 'r' AND p.partnatts = 1 AND a.atttypid IN ('date'::regtype::oid, 'timestamp'::regtype::oid, 'timestamptz'::regtype::oid)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
        WHERE c.oid = pg_catalog.to_regclass($1)::oid
        """;

    private const string Partitions =
        """
        SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), b.bound = 'DEFAULT',
               (pg_catalog.regexp_match(b.bound, 'FROM \(''([^'']+)''\)'))[1]::timestamp, (pg_catalog.regexp_match(b.bound, 'TO \(''([^'']+)''\)$'))[1]::timestamp,
               greatest(0, CASE WHEN c.relkind = 'p' THEN (SELECT pg_catalog.sum(greatest(0, l.reltuples)) FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_catalog.pg_class l ON l.oid = t.relid WHERE t.isleaf) ELSE c.reltuples END)::bigint
        FROM pg_catalog.pg_inherits i
        JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound) AS b
        WHERE i.inhparent = pg_catalog.to_regclass($1)::oid
        ORDER BY 3 NULLS FIRST, 1
        """;

    /// <param name="connection">Its time zone is UTC: bounds are shown in it.</param>
    /// <exception cref="ProblemException">SL5701: there is no such table, or it is not partitioned by time.</exception>
    public static async Task<(ImmutableArray<MaintenanceTask> Added, ImmutableArray<MaintenanceTask> Dropped)> FindAsync(
        NpgsqlConnection connection, PartitionPolicy policy, DateTimeOffset now, CancellationToken cancellation)
    {
        var (table, schema, name) = await ParentAsync(connection, policy, cancellation);
        var partitions = new List<(string Name, bool IsDefault, DateTime? From, DateTime? To, long Rows)>();
        await using (var read = new NpgsqlCommand(Partitions, connection) { Parameters = { new NpgsqlParameter { Value = policy.Table } } })
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                partitions.Add((reader.GetString(0), reader.GetBoolean(1), Time(reader, 2), Time(reader, 3), reader.GetInt64(4)));
            }
        }

        var month = new DateTime(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, DateTimeKind.Unspecified);
        var ranges = partitions.Where(p => !p.IsDefault).ToList();
        var missing = Enumerable.Range(0, policy.Ahead + 1).Select(i => month.AddMonths(i))
            .Where(m => !ranges.Any(p => (p.From ?? DateTime.MinValue) < m.AddMonths(1) && m < (p.To ?? DateTime.MaxValue)));
        var added = ImmutableArray.CreateBuilder<MaintenanceTask>();
        foreach (var m in missing)
        {
            var bare = string.Create(CultureInfo.InvariantCulture, $"{(name.Length <= LongestName ? name : name[..LongestName])}_{m:yyyy_MM}");
            added.Add(new MaintenanceTask.AddPartition(table, await QuotedAsync(connection, schema, bare, cancellation), DateOnly.FromDateTime(m)));
        }

        var oldest = policy.Keep is { } keep ? month.AddMonths(-keep) : DateTime.MinValue;
        var dropped = ImmutableArray.CreateBuilder<MaintenanceTask>();
        foreach (var partition in ranges.Where(p => p.To <= oldest))
        {
            var isEstimate = partition.Rows >= Countable;
            dropped.Add(new MaintenanceTask.DropPartition(table, partition.Name, oldest, isEstimate ? partition.Rows : await CountAsync(connection, partition.Name, cancellation), isEstimate));
        }

        return (added.ToImmutable(), dropped.ToImmutable());
    }

    private static async Task<string> QuotedAsync(NpgsqlConnection connection, string schema, string name, CancellationToken cancellation)
    {
        await using var quote = new NpgsqlCommand("SELECT pg_catalog.format('%I.%I', $1, $2)", connection) { Parameters = { new NpgsqlParameter { Value = schema }, new NpgsqlParameter { Value = name } } };
        return (string)(await quote.ExecuteScalarAsync(cancellation))!;
    }

    // What goes is counted: the statistics of a month that nobody writes to any more may be of when it was empty.
    private static async Task<long> CountAsync(NpgsqlConnection connection, string partition, CancellationToken cancellation)
    {
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {partition}", connection);
        return (long)(await count.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<(string Table, string Schema, string Name)> ParentAsync(NpgsqlConnection connection, PartitionPolicy policy, CancellationToken cancellation)
    {
        await using var parent = new NpgsqlCommand(Parent, connection) { Parameters = { new NpgsqlParameter { Value = policy.Table } } };
        await using var reader = await parent.ExecuteReaderAsync(cancellation);
        var isThere = await reader.ReadAsync(cancellation);
        return isThere && !reader.IsDBNull(3) && reader.GetBoolean(3)
            ? (reader.GetString(0), reader.GetString(1), reader.GetString(2))
            : throw new ProblemException(new Problem(
                "SL5701", $"`maintain.partitions` names the table {policy.Table}, {(isThere ? "which is not partitioned by range over one date or timestamp" : "of which there is none")}.")
            {
                Remedies = [isThere ? "Partition it: CREATE TABLE … PARTITION BY RANGE (created_at)" : "Correct its name in sluice.json; write one of another schema as `schema.table`."],
            });
    }

    private static DateTime? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDateTime(column);
}
