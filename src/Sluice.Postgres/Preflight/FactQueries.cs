namespace Sluice.Postgres.Preflight;

/// <summary>One query a result that <see cref="ServerFacts"/> reads, in its order. None needs a right that a user may lack.</summary>
internal static class FactQueries
{
    /// <summary>Until the end of its transaction; who may create functions in the address's schema has none of theirs called by whoever looks.</summary>
    public const string NobodysFunctions = "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true), pg_catalog.set_config('jit', 'off', true)";

    // Of the limits of the server, this database and this user the one that is nearest: each against those whom it counts.
    private const string Server =
        """
        SELECT pg_catalog.pg_is_in_recovery(),
               pg_catalog.current_setting('default_transaction_read_only')::boolean,
               me.rolsuper OR me.rolcreatedb,
               coalesce(
                 (SELECT pg_catalog.has_schema_privilege(oid, 'CREATE') FROM pg_catalog.pg_namespace WHERE nspname = $1),
                 pg_catalog.has_database_privilege(d.oid, 'CREATE')),
               (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')),
               (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid AND a.query = '<insufficient privilege>'),
               nearest.most, nearest.taken,
               (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'),
               pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC',
               largest.name, largest.bytes, pg_catalog.pg_database_size(d.oid)
        FROM pg_catalog.pg_database d
        JOIN pg_catalog.pg_roles me ON me.rolname = current_user
        CROSS JOIN LATERAL (
          SELECT taken, most FROM (VALUES
            ((SELECT sum(numbackends)::bigint FROM pg_catalog.pg_stat_database),
             pg_catalog.current_setting('max_connections')::int - CASE WHEN me.rolsuper THEN 0 ELSE
               pg_catalog.current_setting('superuser_reserved_connections')::int + coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0) END),
            ((SELECT numbackends::bigint FROM pg_catalog.pg_stat_database WHERE datid = d.oid), nullif(d.datconnlimit, -1)),
            ((SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.usesysid = me.oid AND a.backend_type = 'client backend'), CASE WHEN NOT me.rolsuper THEN nullif(me.rolconnlimit, -1) END)) AS v (taken, most)
          WHERE most IS NOT NULL ORDER BY taken::float8 / greatest(1, most) DESC LIMIT 1) nearest
        LEFT JOIN LATERAL (
          SELECT format('%I.%I', n.nspname, c.relname) AS name,
                 -- Measuring opens the table, which would wait for whoever holds it; then the pages counted last have to do.
                 CASE WHEN EXISTS (
                     SELECT FROM pg_catalog.pg_locks l WHERE l.database = d.oid AND l.mode = 'AccessExclusiveLock'
                       AND (l.relation IN (c.oid, c.reltoastrelid) OR l.relation IN (SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid)))
                   THEN c.relpages * 8192::bigint ELSE pg_catalog.pg_total_relation_size(c.oid) END AS bytes
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          ORDER BY 2 DESC LIMIT 1) largest ON true
        WHERE d.datname = pg_catalog.current_database()
        """;

    // Those that vacuum and build indexes take as long as the table is large, and are not to be ended.
    private const string Transactions =
        """
        SELECT a.pid, coalesce(a.usename::text, ''), coalesce(a.application_name, ''), coalesce(a.state, ''),
               extract(epoch FROM clock_timestamp() - a.xact_start)::float8, extract(epoch FROM clock_timestamp() - a.state_change)::float8, a.query
        FROM pg_catalog.pg_stat_activity a
        WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
          AND a.xact_start IS NOT NULL AND a.backend_type = 'client backend'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum v WHERE v.pid = a.pid)
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index i WHERE i.pid = a.pid)
        ORDER BY a.xact_start
        """;

    private const string Prepared =
        """
        SELECT gid, extract(epoch FROM clock_timestamp() - prepared)::float8
        FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database() ORDER BY prepared
        """;

    private const string Replicas =
        """
        SELECT count(*), max(CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn) END)::bigint,
               extract(epoch FROM max(replay_lag))::float8
        FROM pg_catalog.pg_stat_replication
        """;

    private const string Slots =
        """
        SELECT slot_name::text, active,
               CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn) END::bigint,
               coalesce(wal_status IN ('lost', 'unreserved'), false)
        FROM pg_catalog.pg_replication_slots WHERE NOT temporary
        """;

    // One that is being built at this moment is not valid yet, and nothing is wrong with it.
    private const string InvalidIndexes =
        """
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname !~ '^pg_toast|^pg_temp'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
        ORDER BY 1
        """;

    // PostgreSQL 18 has constraints that are not enforced, which is not to be mended.
    private const string UnvalidatedConstraints =
        """
        SELECT format('%I of %I.%I', k.conname, n.nspname, c.relname)
        FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT k.convalidated AND coalesce(to_jsonb(k) ->> 'conenforced', 'true') = 'true' ORDER BY 1
        """;

    public static readonly string[] All = [Server, Transactions, Prepared, Replicas, Slots, InvalidIndexes, UnvalidatedConstraints];
}
