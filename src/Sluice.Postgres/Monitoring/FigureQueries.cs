namespace Sluice.Postgres.Monitoring;

/// <summary>One query a result that <see cref="Monitor"/> reads, in its order; one transaction, which writes nothing and does not wait for long.</summary>
internal static class FigureQueries
{
    /// <summary>Where rows are counted one by one; a larger table has its estimate.</summary>
    private const int Countable = 20_000_000;

    private const string Server =
        """
        SELECT d.datname::text, pg_catalog.pg_database_size(d.oid), (SELECT sum(numbackends)::bigint FROM pg_catalog.pg_stat_database),
               least(
                 pg_catalog.current_setting('max_connections')::int - CASE WHEN me.rolsuper THEN 0 ELSE pg_catalog.current_setting('superuser_reserved_connections')::int END,
                 nullif(me.rolconnlimit, -1), nullif(d.datconnlimit, -1)),
               s.blks_hit, s.blks_read, s.stats_reset
        FROM pg_catalog.pg_database d
        JOIN pg_catalog.pg_roles me ON me.rolname = current_user
        JOIN pg_catalog.pg_stat_database s ON s.datid = d.oid
        WHERE d.datname = pg_catalog.current_database()
        """;

    private const string Transactions =
        """
        SELECT format('pid %s (%s, %s): %s', a.pid, coalesce(nullif(a.application_name, ''), a.usename::text), a.state, left(a.query, 80)), extract(epoch FROM clock_timestamp() - a.xact_start)::float8
        FROM pg_catalog.pg_stat_activity a
        WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.xact_start IS NOT NULL AND a.backend_type = 'client backend'
        ORDER BY a.xact_start LIMIT 20
        """;

    // Measuring opens the table, which would wait for whoever holds it; then the pages counted last have to do.
    private const string Tables =
        """
        WITH held AS MATERIALIZED (SELECT DISTINCT relation FROM pg_catalog.pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL)
        SELECT format('%I.%I', s.schemaname, s.relname), s.n_live_tup, s.n_dead_tup, s.n_mod_since_analyze,
               CASE WHEN is_held THEN c.relpages * 8192::bigint ELSE pg_catalog.pg_total_relation_size(c.oid) END,
               CASE WHEN is_held THEN 0 ELSE pg_catalog.pg_indexes_size(c.oid) END,
               coalesce(s.seq_scan, 0), coalesce(s.idx_scan, 0), greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze),
               pg_catalog.pg_has_role(c.relowner, 'USAGE') OR MAY_MAINTAIN
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
               CASE WHEN c.oid IN (TABLE held) OR s.relid IN (TABLE held) THEN c.relpages * 8192::bigint ELSE pg_catalog.pg_relation_size(c.oid) END,
               i.indisunique OR i.indisexclusion OR i.indisreplident OR NOT i.indisvalid OR EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = c.oid)
        FROM pg_catalog.pg_stat_user_indexes s
        JOIN pg_catalog.pg_class c ON c.oid = s.indexrelid
        JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
        WHERE c.relpersistence <> 't'
        ORDER BY 4 DESC, 1
        """;

    // Which tables there are is known on the server alone: it counts, and lays the answer where the next query finds it.
    private static readonly string Count =
        $$"""
        DO $count$
        DECLARE
          t record;
          n record;
          tables jsonb := '[]';
          failed bigint;
          locked bigint;
        BEGIN
          FOR t IN
            SELECT c.oid, format('%I.%I', s.nspname, c.relname) AS name, c.relname, greatest(c.reltuples, 0)::bigint AS rows,
                   max(a.attname) FILTER (WHERE a.attname IN ('expiresAt', 'expires_at')) AS expires,
                   max(a.attname) FILTER (WHERE a.attname IN ('lastUsedAt', 'last_used_at', 'last_activity_at')) AS used,
                   max(a.attname) FILTER (WHERE a.attname IN ('createdAt', 'created_at')) AS created,
                   max(a.attname) FILTER (WHERE a.attname IN ('lockedUntil', 'locked_until')) AS locks
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype)
            WHERE c.relkind IN ('r', 'p') AND c.relname IN ('sessions', 'user_sessions', 'token_blacklist', 'revoked_tokens', 'auth_attempts', 'audit_logs')
              AND s.nspname !~ '^pg_' AND has_schema_privilege(s.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock')
            GROUP BY 1, 2, 3, 4 ORDER BY 2
          LOOP
            IF t.relname = 'auth_attempts' AND t.locks IS NOT NULL THEN
              EXECUTE format('SELECT count(*) AS locked FROM %s WHERE %I > now()', t.oid::regclass, t.locks) INTO n;
              locked := coalesce(locked, 0) + n.locked;
            ELSIF t.relname = 'audit_logs' AND t.created IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = t.oid AND attname = 'action') THEN
              EXECUTE format('SELECT count(*) AS failed FROM %s WHERE lower(action::text) IN (''login_failed'', ''failed_login'') AND %I > now() - interval ''1 hour''', t.oid::regclass, t.created) INTO n;
              failed := coalesce(failed, 0) + n.failed;
            ELSIF t.expires IS NOT NULL AND t.relname NOT IN ('auth_attempts', 'audit_logs') THEN
              IF t.rows > {{Countable}} THEN
                SELECT t.rows AS total, NULL::bigint AS active, NULL::bigint AS recent INTO n;
              ELSE
                EXECUTE format(
                  'SELECT count(*) AS total, count(*) FILTER (WHERE %1$I > now()) AS active, %2$s AS recent FROM %3$s',
                  t.expires, CASE WHEN t.used IS NULL THEN 'NULL::bigint' ELSE format('count(*) FILTER (WHERE %I > now() - interval ''7 days'')', t.used) END, t.oid::regclass) INTO n;
              END IF;
              tables := tables || jsonb_build_object('name', t.name, 'isSessions', t.relname IN ('sessions', 'user_sessions'), 'total', n.total, 'active', n.active, 'recent', n.recent);
            END IF;
          END LOOP;
          PERFORM set_config('sluice.monitor', jsonb_build_object('tables', tables, 'failed', failed, 'locked', locked)::text, true);
        END $count$
        """;

    private const string Counted =
        """
        SELECT t ->> 'name', (t ->> 'isSessions')::boolean, (t ->> 'total')::bigint, (t ->> 'active')::bigint, (t ->> 'recent')::bigint
        FROM jsonb_array_elements(current_setting('sluice.monitor')::jsonb -> 'tables') AS t ORDER BY 1
        """;

    private const string Attempts = "SELECT (s ->> 'failed')::bigint, (s ->> 'locked')::bigint FROM (SELECT current_setting('sluice.monitor')::jsonb) AS s (s)";

    // A column without a time zone holds UTC.
    private static readonly string[] Begin =
    [
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL statement_timeout = '30s'", "SET LOCAL lock_timeout = '3s'", "SET LOCAL TimeZone = 'UTC'",
        // Who may create functions in a schema of the address's path has none of theirs called by whoever watches.
        "SET LOCAL search_path = pg_catalog",
    ];

    /// <summary>Everything, in order; those that give no rows have no result.</summary>
    /// <param name="hasMaintain">PostgreSQL 17 has a right of its own for it.</param>
    public static IEnumerable<string> All(bool hasMaintain) =>
    [
        .. Begin, Server, Transactions,
        Tables.Replace("MAY_MAINTAIN", hasMaintain ? "pg_catalog.has_table_privilege(c.oid, 'MAINTAIN')" : "false", StringComparison.Ordinal),
        Indexes, Count, Counted, Attempts, "COMMIT",
    ];
}
