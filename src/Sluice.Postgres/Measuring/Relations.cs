using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Lint.Measuring;
using Sluice.Lint.Predicting;
using Sluice.Plan;
using Sluice.Postgres.Reading;
using Sluice.Text;

namespace Sluice.Postgres.Measuring;

/// <summary>A table, view or index as the server shows it at one moment.</summary>
/// <param name="Key">Its name as predictions have it; an index's is bare.</param>
/// <param name="IsTable">A table or partitioned table: what LOCK TABLE takes.</param>
/// <param name="File">Another number means that it was written anew.</param>
/// <param name="Table">The table of an index; 0 for what is none.</param>
/// <param name="Scans">How often it was read to its end so far; null where the server does not say.</param>
/// <param name="Read">The rows that were read so.</param>
internal sealed record SeenRelation(string Key, bool IsTable, uint File, uint Table, long? Scans, long? Read);

/// <summary>All of them, with the locks that a session holds: what a statement did is the difference of two.</summary>
internal sealed record Relations(ImmutableDictionary<uint, SeenRelation> ById, ImmutableArray<(uint Id, LockLevel Level)> Locks, long Wal)
{
    /// <summary>Within the transaction of the session: its own counts, which nobody else sees before it ends.</summary>
    public static Task<Relations> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation) =>
        ReadAsync(connection, schema, "pg_catalog.pg_stat_get_xact_numscans(c.oid), pg_catalog.pg_stat_get_xact_tuples_returned(c.oid)", cancellation);

    /// <summary>Outside of one: what the server has been told. It is told at once from version 15 on only.</summary>
    public static async Task<Relations> ReadSharedAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        if (connection.PostgreSqlVersion.Major < 15)
        {
            return await ReadAsync(connection, schema, "NULL::bigint, NULL::bigint", cancellation);
        }

        await using var tell = new NpgsqlCommand("SELECT pg_catalog.pg_stat_force_next_flush()", connection);
        await tell.ExecuteNonQueryAsync(cancellation);
        return await ReadAsync(connection, schema, "pg_catalog.pg_stat_get_numscans(c.oid), pg_catalog.pg_stat_get_tuples_returned(c.oid)", cancellation);
    }

    /// <summary>What happened since <paramref name="before"/>.</summary>
    /// <param name="old">The relations that were there before the script.</param>
    /// <param name="seen">Locks that others saw meanwhile, where the session itself can show none.</param>
    public Measurement Since(Relations before, IReadOnlySet<uint> old, TimeSpan duration, IEnumerable<(uint Id, LockLevel Level)>? seen = null)
    {
        // An index that goes with a column's type comes again under another number, with its file where that will do.
        var made = ById.Values.Where(n => n.Table != 0).ToLookup(n => (n.Table, n.Key), n => n.File);
        var rewritten = before.ById.Where(b => ById.TryGetValue(b.Key, out var now) ? now.File != b.Value.File : made[(b.Value.Table, b.Value.Key)].Any(f => f != b.Value.File)).ToList();
        var scanned = before.ById.Where(b => b.Value.Table == 0 && old.Contains(b.Key) && ById.TryGetValue(b.Key, out var now) && now.Scans > b.Value.Scans
            && (now.File == b.Value.File || now.Read > b.Value.Read)).Select(b => b.Value.Key);
        var held = Strongest(seen ?? Locks);
        var earlier = Strongest(before.Locks);
        return new Measurement(
            Named(held),
            Named(held.Where(h => h.Value > earlier.GetValueOrDefault(h.Key))),
            [.. rewritten.Where(r => r.Value.Table == 0 && old.Contains(r.Key)).Select(r => r.Value.Key).Order(StringComparer.Ordinal)],
            before.ById.Values.Any(r => r.Scans is null) ? null : [.. scanned.Order(StringComparer.Ordinal)],
            [.. rewritten.Where(r => r.Value.Table != 0 && old.Contains(r.Value.Table)).Select(r => r.Value.Key).Order(StringComparer.Ordinal)],
            Wal - before.Wal,
            duration);

        // A table that the statement dropped, or gave another name, is known by the one that it had.
        EquatableArray<TableLock> Named(IEnumerable<KeyValuePair<uint, LockLevel>> locks) =>
        [
            .. locks.Where(l => old.Contains(l.Key) && before.ById.TryGetValue(l.Key, out var relation) && relation.Table == 0)
                .Select(l => new TableLock(before.ById[l.Key].Key, l.Value)).OrderBy(l => l.Table, StringComparer.Ordinal),
        ];
    }

    private static Dictionary<uint, LockLevel> Strongest(IEnumerable<(uint Id, LockLevel Level)> locks) =>
        locks.GroupBy(l => l.Id).ToDictionary(g => g.Key, g => g.Max(l => l.Level));

    private static async Task<Relations> ReadAsync(NpgsqlConnection connection, string schema, string counts, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new($"""
                    SELECT c.oid, CASE WHEN n.nspname IN ($1, 'public') OR c.relkind = 'i' THEN '' ELSE n.nspname END, c.relname::text,
                      COALESCE(pg_catalog.pg_relation_filenode(c.oid), 0), COALESCE(i.indrelid, 0), c.relkind IN ('r', 'p'), {counts}
                    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
                    WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f', 'i') AND n.nspname::text !~ '^(pg_|information_schema$)'
                    """) { Parameters = { new NpgsqlParameter { Value = schema } } },
                new(LocksQuery) { Parameters = { new NpgsqlParameter { Value = connection.ProcessID } } },
                new("SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::bigint"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var relations = ImmutableDictionary.CreateBuilder<uint, SeenRelation>();
        while (await reader.ReadAsync(cancellation))
        {
            var (id, table) = (reader.GetFieldValue<uint>(0), reader.GetFieldValue<uint>(4));
            var key = table != 0 ? reader.GetString(2) : TableLock.NameOf(new ObjectName(reader.GetString(1), reader.GetString(2)));
            relations.Add(id, new SeenRelation(key, reader.GetBoolean(5), reader.GetFieldValue<uint>(3), table, reader.IsDBNull(6) ? null : reader.GetInt64(6), reader.IsDBNull(7) ? null : reader.GetInt64(7)));
        }

        await reader.NextResultAsync(cancellation);
        var locks = await ReadLocksAsync(reader, cancellation);
        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Relations(relations.ToImmutable(), locks, reader.GetInt64(0));
    }

    public static async Task<ImmutableArray<(uint Id, LockLevel Level)>> ReadLocksAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var locks = ImmutableArray.CreateBuilder<(uint, LockLevel)>();
        while (await reader.ReadAsync(cancellation))
        {
            if (Enum.TryParse<LockLevel>(reader.GetString(1)[..^"Lock".Length], out var level))
            {
                locks.Add((reader.GetFieldValue<uint>(0), level));
            }
        }

        return locks.ToImmutable();
    }

    /// <summary>Of the session with the number $1, on relations of this database; those it waits for too.</summary>
    public const string LocksQuery = """
        SELECT l.relation, l.mode
        FROM pg_catalog.pg_locks l
        WHERE l.locktype = 'relation' AND l.pid = $1 AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
        """;
}
