namespace Sluice.Postgres.Monitoring;

/// <summary>One query a result that <see cref="Monitor"/> reads, in its order; one transaction, which writes nothing and does not wait for long.</summary>
internal static partial class FigureQueries
{
    // Of the server's limit, this database's and this user's, the one that is nearest: each against those whom it counts.
    private const string Server =
        """
        SELECT d.datname::text, pg_catalog.pg_database_size(d.oid), l.taken, l.most, s.blks_hit, s.blks_read, s.stats_reset, s.deadlocks, pg_catalog.clock_timestamp()
        FROM pg_catalog.pg_database d
        JOIN pg_catalog.pg_roles me ON me.rolname = current_user
        JOIN pg_catalog.pg_stat_database s ON s.datid = d.oid
        CROSS JOIN LATERAL (
          SELECT taken, most FROM (VALUES
            ((SELECT sum(numbackends)::bigint FROM pg_catalog.pg_stat_database),
             pg_catalog.current_setting('max_connections')::int - CASE WHEN me.rolsuper THEN 0 ELSE
               pg_catalog.current_setting('superuser_reserved_connections')::int + coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0) END),
            ((SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.usesysid = me.oid AND a.backend_type = 'client backend'), CASE WHEN NOT me.rolsuper THEN nullif(me.rolconnlimit, -1) END),
            (s.numbackends::bigint, CASE WHEN NOT me.rolsuper THEN nullif(d.datconnlimit, -1) END)) AS v (taken, most)
          WHERE most IS NOT NULL ORDER BY taken::float8 / greatest(1, most) DESC LIMIT 1) AS l
        WHERE d.datname = pg_catalog.current_database()
        """;

    // Those that maintain and save the database take as long as it is large, and are not to be ended.
    private const string Transactions =
        """
        SELECT format('pid %s (%s, %s): %s', a.pid, coalesce(nullif(a.application_name, ''), a.usename::text), a.state, a.query), extract(epoch FROM clock_timestamp() - a.xact_start)::float8
        FROM pg_catalog.pg_stat_activity a
        WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.xact_start IS NOT NULL AND a.backend_type = 'client backend'
          AND a.application_name NOT IN ('pg_dump', 'pg_basebackup')
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum v WHERE v.pid = a.pid) AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index i WHERE i.pid = a.pid)
          AND NOT (a.application_name LIKE 'sluice %' AND EXISTS (SELECT FROM pg_catalog.pg_stat_activity d WHERE d.datid = a.datid AND d.application_name = 'pg_dump'))
        ORDER BY a.xact_start LIMIT 20
        """;

    // What a pool lends out is busy, or in a transaction that is not over. A user who may not see the state is told of none.
    private const string Pools =
        """
        SELECT coalesce(nullif(a.application_name, ''), a.usename::text), coalesce(host(a.client_addr), 'this machine'), count(*), count(*) FILTER (WHERE a.state <> 'idle')
        FROM pg_catalog.pg_stat_activity a
        WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend'
        GROUP BY a.usename, 1, 2 ORDER BY 4 DESC, 3 DESC, 1, 2 LIMIT 20
        """;

    private const string LockWaits =
        """
        SELECT count(*), coalesce(extract(epoch FROM max(clock_timestamp() - WAITS_SINCE)), 0)::float8
        FROM pg_catalog.pg_stat_activity a
        WHERE a.datname = pg_catalog.current_database() AND a.wait_event_type = 'Lock'
        """;

    // Measuring opens the table, which would wait for whoever holds it; then the pages counted last have to do.
    private const string Tables =
        """
        WITH held AS MATERIALIZED (SELECT DISTINCT relation FROM pg_catalog.pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL)
        SELECT format('%I.%I', s.schemaname, s.relname), s.n_live_tup, s.n_dead_tup, s.n_mod_since_analyze,
               CASE WHEN is_held THEN c.relpages * 8192::bigint ELSE coalesce(pg_catalog.pg_total_relation_size(c.oid), 0) END,
               CASE WHEN is_held THEN 0 ELSE coalesce(pg_catalog.pg_indexes_size(c.oid), 0) END,
               coalesce(s.seq_scan, 0), coalesce(s.idx_scan, 0), greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze),
               pg_catalog.pg_has_role(c.relowner, 'USAGE') OR pg_catalog.pg_has_role((SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()), 'USAGE') OR MAY_MAINTAIN
        FROM pg_catalog.pg_stat_user_tables s
        JOIN pg_catalog.pg_class c ON c.oid = s.relid
        CROSS JOIN LATERAL (
          SELECT c.oid IN (TABLE held) OR c.reltoastrelid IN (TABLE held) OR EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indexrelid IN (TABLE held)) AS is_held) h
        WHERE c.relpersistence <> 't'
        ORDER BY 5 DESC, 1
        """;

    private const string Indexes =
        """
        WITH held AS MATERIALIZED (SELECT DISTINCT relation FROM pg_catalog.pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL)
        SELECT format('%I.%I', s.schemaname, s.indexrelname), format('%I.%I', s.schemaname, s.relname), coalesce(s.idx_scan, 0),
               CASE WHEN c.oid IN (TABLE held) OR s.relid IN (TABLE held) THEN c.relpages * 8192::bigint ELSE coalesce(pg_catalog.pg_relation_size(c.oid), 0) END,
               i.indisunique OR i.indisexclusion OR i.indisreplident OR NOT i.indisvalid OR EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = c.oid)
        FROM pg_catalog.pg_stat_user_indexes s
        JOIN pg_catalog.pg_class c ON c.oid = s.indexrelid
        JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
        WHERE c.relpersistence <> 't'
        ORDER BY 4 DESC, 1
        """;

    /// <summary>How long a statement may take.</summary>
    internal const string Whole = "30s";

    /// <summary>How long it may take to count the tables of a kind: one that is late fits into the patience of `--prometheus`, with all others.</summary>
    internal const string EachCount = "5s";

    // A column without a time zone holds UTC.
    private static readonly string[] Begin =
    [
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", $"SET LOCAL statement_timeout = '{Whole}'", "SET LOCAL lock_timeout = '3s'", "SET LOCAL TimeZone = 'UTC'",
        // Who may create functions in a schema of the address's path has none of theirs called by whoever watches.
        "SET LOCAL search_path = pg_catalog", "SET LOCAL row_security = off",
    ];

    /// <summary>Everything, in order; those that give no rows have no result.</summary>
    /// <param name="version">Of the server: 14 says since when somebody waits for a lock.</param>
    public static IEnumerable<string> All(int version) =>
    [
        .. Begin, Server, Transactions, Pools,
        LockWaits.Replace(
            "WAITS_SINCE", version >= 14 ? "coalesce((SELECT min(l.waitstart) FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND NOT l.granted), a.query_start)" : "a.query_start", StringComparison.Ordinal),
        TablesOf(version), Indexes, .. Counts, Counted, Attempts, Events, Uncounted, Operation, Statements, "COMMIT",
    ];

    /// <summary>The tables alone.</summary>
    public static IEnumerable<string> TablesAlone(int version) => [.. Begin, TablesOf(version), "COMMIT"];

    // 17 has a right of its own for VACUUM.
    private static string TablesOf(int version) => Tables.Replace("MAY_MAINTAIN", version >= 17 ? "pg_catalog.has_table_privilege(c.oid, 'MAINTAIN')" : "false", StringComparison.Ordinal);
}
