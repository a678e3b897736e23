namespace Sluice.Postgres.Doctor;

/// <summary>One query a result that <see cref="ServerHealth"/> reads, in its order. None needs a right that a user may lack, on any server from 13 on.</summary>
internal static class HealthQueries
{
    // What a session begins with, whatever this one has set since. What the command line says no file can change, though the server takes it for pending.
    private const string Settings =
        """
        SELECT name, coalesce(reset_val, ''), coalesce(boot_val, ''), pending_restart AND source <> 'command line' FROM pg_catalog.pg_settings
        WHERE pending_restart OR name IN (
          'fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'track_counts', 'wal_level', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout',
          'shared_buffers', 'password_encryption', 'ssl', 'listen_addresses', 'archive_mode', 'archive_command', 'archive_library', 'synchronous_standby_names', 'data_checksums')
        """;

    private const string Roles =
        """
        SELECT r.rolname::text, r.rolname = current_user, r.rolsuper, r.rolcreaterole, r.rolbypassrls, r.rolreplication,
               coalesce((SELECT string_agg(p.rolname::text, ', ' ORDER BY 1) FROM pg_catalog.pg_roles p
                         WHERE p.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
                           AND NOT r.rolsuper AND pg_catalog.pg_has_role(r.oid, p.oid, 'USAGE')), '')
        FROM pg_catalog.pg_roles r
        WHERE r.rolname = current_user OR r.oid IN (
          SELECT a.usesysid FROM pg_catalog.pg_stat_activity a WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid())
        ORDER BY 1
        """;

    private const string Everybody =
        """
        SELECT format('CREATE on schema %I', n.nspname)
        FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) x
        WHERE x.grantee = 0 AND x.privilege_type = 'CREATE' AND n.nspname !~ '^pg_'
        UNION ALL
        SELECT format('%s on %I.%I', string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type), n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, pg_catalog.aclexplode(c.relacl) x
        WHERE x.grantee = 0 AND x.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') AND c.relkind IN ('r', 'p', 'v') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        GROUP BY n.nspname, c.relname
        ORDER BY 1
        """;

    // By the locks, which everybody may see. `waitstart` is there from PostgreSQL 14 on.
    private const string Waits =
        """
        WITH waiting AS MATERIALIZED (
          SELECT l.pid, pg_catalog.pg_blocking_pids(l.pid) AS blockers, min((to_jsonb(l) ->> 'waitstart')::timestamptz) AS since
          FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
          WHERE NOT l.granted AND a.datname = pg_catalog.current_database()
          GROUP BY l.pid)
        SELECT a.pid, coalesce(a.usename::text, ''), coalesce(a.application_name, ''), coalesce(a.state, ''),
               extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
               CASE WHEN w.pid IS NOT NULL THEN coalesce(extract(epoch FROM clock_timestamp() - coalesce(w.since, a.query_start)), 0)::float8 END,
               coalesce(a.query, ''), coalesce(array_to_string(w.blockers, ','), '')
        FROM pg_catalog.pg_stat_activity a LEFT JOIN waiting w ON w.pid = a.pid
        WHERE cardinality(w.blockers) > 0 OR a.pid IN (SELECT unnest(blockers) FROM waiting)
        ORDER BY a.xact_start NULLS LAST, a.pid
        """;

    private const string Archiver =
        """
        SELECT archived_count, coalesce(last_archived_wal, ''), extract(epoch FROM clock_timestamp() - last_archived_time)::float8,
               failed_count, coalesce(last_failed_wal, ''), extract(epoch FROM clock_timestamp() - last_failed_time)::float8
        FROM pg_catalog.pg_stat_archiver
        """;

    private const string Replicas =
        """
        SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')), count(*) FILTER (WHERE state IS NULL), count(*) FILTER (WHERE application_name LIKE '%receivewal%'),
               coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()), false),
               pg_catalog.inet_client_addr() IS NULL OR pg_catalog.inet_client_addr() << inet '127.0.0.0/8' OR pg_catalog.inet_client_addr() = inet '::1'
        FROM pg_catalog.pg_stat_replication
        """;

    private const string Checksums =
        """
        SELECT coalesce(datname::text, 'what all databases share'), checksum_failures, extract(epoch FROM clock_timestamp() - checksum_last_failure)::float8
        FROM pg_catalog.pg_stat_database WHERE checksum_failures > 0 ORDER BY 2 DESC
        """;

    private const string Ages =
        """
        SELECT datname::text, age(datfrozenxid)::bigint, mxid_age(datminmxid)::bigint FROM pg_catalog.pg_database ORDER BY greatest(age(datfrozenxid), mxid_age(datminmxid)) DESC
        """;

    private const string OldestTables =
        """
        SELECT format('%I.%I', n.nspname, c.relname), greatest(age(c.relfrozenxid), age(t.relfrozenxid), mxid_age(c.relminmxid), mxid_age(t.relminmxid))::bigint
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
        WHERE c.relkind IN ('r', 'm') ORDER BY 2 DESC, 1 LIMIT 3
        """;

    private const string Extensions =
        """
        SELECT e.extname::text, e.extversion, a.default_version
        FROM pg_catalog.pg_extension e LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname ORDER BY 1
        """;

    private const string Unanalyzed =
        """
        SELECT format('%I.%I', s.schemaname, s.relname), s.n_live_tup FROM pg_catalog.pg_stat_user_tables s JOIN pg_catalog.pg_class c ON c.oid = s.relid
        WHERE s.last_analyze IS NULL AND s.last_autoanalyze IS NULL AND c.relpersistence <> 't' AND s.n_live_tup > 0 ORDER BY 2 DESC, 1
        """;

    private const string WithoutAutovacuum =
        """
        SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE EXISTS (SELECT FROM unnest(c.reloptions) o WHERE o ~ '^autovacuum_enabled=(false|off|no|0)') ORDER BY 1
        """;

    public static readonly string[] All =
        [Settings, Roles, Everybody, Waits, Archiver, Replicas, Checksums, Ages, OldestTables, Extensions, Unanalyzed, WithoutAutovacuum];
}
