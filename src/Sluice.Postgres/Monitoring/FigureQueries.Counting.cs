namespace Sluice.Postgres.Monitoring;

internal static partial class FigureQueries
{
    /// <summary>Up to here rows are counted one by one; of a larger table as many, where an index has them in order.</summary>
    private const int Countable = 200_000;

    // What anybody may have written for a type of theirs is not run by whoever watches: neither casts nor operators.
    private const string Texts = "'text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype";

    /// <summary>The commands of which migrations come.</summary>
    private const string Migrating = "'up', 'down', 'migrate deploy', 'migrate dev', 'migrate reset', 'db push'";

    /// <summary>Those that are counted together, and left together where that takes too long.</summary>
    private static readonly string[][] Kinds = [["sessions", "user_sessions"], ["token_blacklist", "revoked_tokens"], ["auth_attempts", "users"], ["audit_logs"], ["_prisma_migrations", "schema_migrations"]];

    // A migration's session has the lock.
    private const string IsRunning =
        """
        EXISTS (
            SELECT FROM pg_catalog.pg_locks l
            WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = 72707369 AND l.objsubid = 1
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
        """;

    // Whoever watches may cancel as well, and is obeyed.
    private const string UnlessLate = $"IF clock_timestamp() - statement_timestamp() < interval '{EachCount}' THEN RAISE; END IF;";

    // Which tables there are is known on the server alone: it finds them, counts, and lays each answer where the next queries find it.
    private static readonly string Found =
        $$"""
        DO $found$
        BEGIN
          PERFORM set_config('sluice.found', (
            WITH held AS MATERIALIZED (SELECT DISTINCT relation FROM pg_catalog.pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL),
            columns AS (
              SELECT a.attrelid, a.attnum, a.attname, a.atttypid,
                     a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype) AS is_time,
                     a.atttypid IN ({{Texts}}) OR (y.typtype = 'e' AND NOT EXISTS (SELECT FROM pg_catalog.pg_cast k WHERE k.castsource = y.oid)) AS is_text,
                     a.atttypid IN ({{Texts}}, 'uuid'::regtype, 'int4'::regtype, 'int8'::regtype) AS is_key,
                     a.atttypid IN ('int4'::regtype, 'int8'::regtype, 'numeric'::regtype) AS is_number
              FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid WHERE a.attnum > 0 AND NOT a.attisdropped),
            found AS (
              SELECT c.oid, format('%I.%I', s.nspname, c.relname) AS name, c.relname,
                     (SELECT coalesce(sum(CASE WHEN l.reltuples >= 0 THEN l.reltuples WHEN l.oid IN (TABLE held) THEN l.relpages * 82 ELSE coalesce(pg_catalog.pg_relation_size(l.oid), 0) / 100 END), 0)
                      FROM (SELECT c.oid WHERE c.relkind = 'r' UNION ALL SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) p WHERE p.isleaf AND c.relkind = 'p') AS leaf (oid)
                      JOIN pg_catalog.pg_class l ON l.oid = leaf.oid)::bigint AS rows,
                     (SELECT max(x.attname) FROM columns x WHERE x.attrelid = c.oid AND x.is_time AND x.attname IN ('expiresAt', 'expires_at')) AS expires,
                     (SELECT max(x.attname) FROM columns x WHERE x.attrelid = c.oid AND x.is_time AND x.attname IN ('lastUsedAt', 'last_used_at', 'last_activity_at')) AS used,
                     (SELECT max(x.attname) FROM columns x WHERE x.attrelid = c.oid AND x.is_time AND x.attname IN ('createdAt', 'created_at')) AS created,
                     (SELECT max(x.attname) FROM columns x WHERE x.attrelid = c.oid AND x.is_time AND x.attname IN ('lockedUntil', 'locked_until', 'accountLockedUntil', 'account_locked_until')) AS locks,
                     (SELECT min(x.attname) FROM columns x WHERE x.attrelid = c.oid AND x.is_key AND x.attname IN ('userId', 'user_id')) AS person,
                     EXISTS (SELECT FROM columns x WHERE x.attrelid = c.oid AND x.is_text AND x.attname = 'status') AS has_status,
                     EXISTS (SELECT FROM columns x WHERE x.attrelid = c.oid AND x.is_text AND x.attname = 'action') AS has_action,
                     EXISTS (SELECT FROM columns x WHERE x.attrelid = c.oid AND x.atttypid IN ({{Texts}}) AND x.attname = 'action') AS has_plain_action,
                     (SELECT count(*) = 4 FROM columns x WHERE x.attrelid = c.oid AND ((x.attname IN ('started_at', 'finished_at', 'rolled_back_at') AND x.is_time) OR (x.attname = 'migration_name' AND x.is_text))) AS is_prisma,
                     (SELECT count(*) = 3 FROM columns x WHERE x.attrelid = c.oid AND ((x.attname = 'applied_at' AND x.is_time) OR (x.attname = 'execution_time_ms' AND x.is_number) OR (x.attname = 'filename' AND x.is_text))) AS is_versioned,
                     c.oid IN (TABLE held) AS is_held
              FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p')
                AND c.relname IN ('sessions', 'user_sessions', 'token_blacklist', 'revoked_tokens', 'auth_attempts', 'users', 'audit_logs', '_prisma_migrations', 'schema_migrations')
                AND s.nspname !~ '^pg_' AND has_schema_privilege(s.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
            SELECT coalesce(jsonb_agg(to_jsonb(f) || jsonb_build_object('is_ordered',
                   -- Whether an index has the rows in the order of the column that is asked for.
                   EXISTS (
                     SELECT FROM pg_catalog.pg_index i JOIN columns x ON x.attrelid = f.oid AND x.attnum = i.indkey[0]
                     WHERE i.indrelid = f.oid AND i.indisvalid AND x.attname = CASE WHEN f.relname = 'audit_logs' THEN f.created WHEN f.relname IN ('users', 'auth_attempts') THEN f.locks ELSE f.expires END
                       AND (i.indpred IS NULL OR f.relname IN ('users', 'auth_attempts'))), 'is_ordered_by_action',
                   EXISTS (
                     SELECT FROM pg_catalog.pg_index i JOIN columns x ON x.attrelid = f.oid AND x.attnum = i.indkey[0] JOIN columns z ON z.attrelid = f.oid AND z.attnum = i.indkey[1]
                     WHERE i.indrelid = f.oid AND i.indisvalid AND i.indpred IS NULL AND x.attname = 'action' AND z.attname = f.created)) ORDER BY f.name), '[]')::text
            FROM found f), true);
        END $found$
        """;

    /// <summary>The tables of some names, counted one after the other; what takes longer than a count may is left, and said to be.</summary>
    private static string CountOf(int part, params string[] kinds)
    {
        var names = string.Join(", ", kinds.Select(k => $"'{k}'"));
        return $$"""
        DO $count$
        DECLARE
          t record;
          n record;
          tables jsonb := '[]';
          events jsonb := '[]';
          uncounted jsonb := '[]';
          locked bigint;
          operation jsonb := '{}';
          is_live text;
          is_running boolean := {{IsRunning}};
        BEGIN
          BEGIN
            FOR t IN
              SELECT * FROM jsonb_to_recordset(current_setting('sluice.found')::jsonb) AS f (
                oid oid, name text, relname text, rows bigint, expires text, used text, created text, locks text, person text, has_status boolean, has_action boolean, has_plain_action boolean,
                is_prisma boolean, is_versioned boolean, is_held boolean, is_ordered boolean, is_ordered_by_action boolean)
              WHERE f.relname IN ({{names}}) ORDER BY f.name
            LOOP
              CONTINUE WHEN CASE WHEN t.relname IN ('auth_attempts', 'users') THEN t.locks IS NULL
                                 WHEN t.relname = 'audit_logs' THEN t.created IS NULL OR NOT t.has_action
                                 WHEN t.relname = '_prisma_migrations' THEN NOT t.is_prisma
                                 WHEN t.relname = 'schema_migrations' THEN NOT t.is_versioned
                                 ELSE t.expires IS NULL END;
              -- A policy is code of the table's owner, and would hide rows besides.
              IF t.is_held OR pg_catalog.row_security_active(t.oid) THEN
                uncounted := uncounted || jsonb_build_object('name', t.name, 'kind', t.relname);
                CONTINUE;
              END IF;

              BEGIN
                IF t.relname IN ('auth_attempts', 'users') THEN
                  IF t.rows > {{Countable}} AND NOT t.is_ordered THEN
                    uncounted := uncounted || jsonb_build_object('name', t.name, 'kind', t.relname);
                  ELSE
                    EXECUTE format('SELECT count(*) AS locked FROM (SELECT FROM %s WHERE %I > now() LIMIT {{Countable}}) AS l', t.oid::regclass, t.locks) INTO n;
                    locked := coalesce(locked, 0) + n.locked;
                  END IF;
                ELSIF t.relname = 'audit_logs' THEN
                  IF t.rows <= {{Countable}} OR t.is_ordered THEN
                    EXECUTE format(
                      'SELECT coalesce(jsonb_agg(jsonb_build_object(''action'', action, ''count'', count)), ''[]'') AS seen
                       FROM (SELECT left(lower(action::text), 60) AS action, count(*) AS count FROM (SELECT action FROM %s WHERE %I > now() - interval ''1 hour'' LIMIT {{Countable}}) AS e GROUP BY 1) AS a',
                      t.oid::regclass, t.created) INTO n;
                    events := events || jsonb_build_array('[]'::jsonb) || n.seen;
                  ELSIF t.is_ordered_by_action AND t.has_plain_action THEN
                    -- Of the others there is no telling without reading all.
                    EXECUTE format(
                      'SELECT jsonb_build_object(''action'', ''login_failed'', ''count'', count(*)) AS seen
                       FROM (SELECT FROM %s WHERE action IN (''login_failed'', ''failed_login'', ''LOGIN_FAILED'', ''FAILED_LOGIN'') AND %I > now() - interval ''1 hour'' LIMIT {{Countable}}) AS e',
                      t.oid::regclass, t.created) INTO n;
                    events := events || n.seen;
                  ELSE
                    uncounted := uncounted || jsonb_build_object('name', t.name, 'kind', t.relname);
                  END IF;
                ELSIF t.relname IN ('_prisma_migrations', 'schema_migrations') THEN
                  -- What has no end is at work while somebody holds the lock of migrations, and was left otherwise.
                  EXECUTE format(
                    CASE WHEN t.relname = 'schema_migrations'
                    THEN 'SELECT filename::text AS name, execution_time_ms / 1000.0 AS seconds FROM (SELECT * FROM %s WHERE applied_at > now() - interval ''1 day'' ORDER BY applied_at DESC LIMIT 10) AS m ORDER BY 2 DESC LIMIT 1'
                    ELSE 'SELECT migration_name::text AS name, extract(epoch FROM coalesce(finished_at, CASE WHEN $1 THEN clock_timestamp() ELSE started_at END) - started_at) AS seconds
                          FROM (SELECT * FROM %s WHERE started_at > now() - interval ''1 day'' AND rolled_back_at IS NULL ORDER BY started_at DESC LIMIT 10) AS m ORDER BY 2 DESC LIMIT 1' END,
                    t.oid::regclass) INTO n USING is_running;
                  IF n.seconds > coalesce((operation ->> 'seconds')::numeric, -1) THEN
                    operation := operation || jsonb_build_object('seconds', n.seconds, 'migration', n.name);
                  END IF;
                ELSE
                  is_live := CASE WHEN t.has_status THEN 'lower(status::text) = ''active''' ELSE 'true' END;
                  IF t.rows <= {{Countable}} THEN
                    EXECUTE format(
                      'SELECT count(*) AS total, count(*) FILTER (WHERE %1$I > now() AND %4$s) AS active, count(*) FILTER (WHERE NOT (%1$I > now() AND %4$s)) AS expired, %2$s AS recent, %5$s AS users FROM %3$s',
                      t.expires, CASE WHEN t.used IS NULL THEN 'NULL::bigint' ELSE format('count(*) FILTER (WHERE %I > now() - interval ''7 days'')', t.used) END, t.oid::regclass, is_live,
                      CASE WHEN t.person IS NULL THEN 'NULL::bigint' ELSE format('count(DISTINCT %I) FILTER (WHERE %I > now() AND %s)', t.person, t.expires, is_live) END) INTO n;
                  ELSIF t.is_ordered THEN
                    -- As far as is counted; past that, what is left over of the estimate.
                    EXECUTE format(
                      'SELECT $1 AS total, live AS active, CASE WHEN dead < {{Countable}} THEN dead ELSE greatest(dead, $1 - ahead) END AS expired, NULL::bigint AS recent, NULL::bigint AS users
                       FROM (SELECT count(*) AS ahead, count(*) FILTER (WHERE %3$s) AS live FROM (SELECT * FROM %2$s WHERE %1$I > now() LIMIT {{Countable}}) AS e) AS l,
                            (SELECT count(*) AS dead FROM (SELECT FROM %2$s WHERE %1$I <= now() LIMIT {{Countable}}) AS e) AS d',
                      t.expires, t.oid::regclass, is_live) INTO n USING t.rows;
                  ELSE
                    SELECT t.rows AS total, NULL::bigint AS active, NULL::bigint AS expired, NULL::bigint AS recent, NULL::bigint AS users INTO n;
                  END IF;
                  tables := tables || jsonb_build_object(
                    'name', t.name, 'isSessions', t.relname IN ('sessions', 'user_sessions'), 'total', n.total, 'active', n.active, 'expired', n.expired, 'recent', n.recent, 'users', n.users,
                    'bytes', coalesce(pg_catalog.pg_total_relation_size(t.oid), 0));
                END IF;
              EXCEPTION WHEN undefined_table OR undefined_column OR insufficient_privilege OR lock_not_available THEN
                -- Dropped, changed or taken since it was found.
                uncounted := uncounted || jsonb_build_object('name', t.name, 'kind', t.relname);
              END;
            END LOOP;
          EXCEPTION WHEN query_canceled THEN
            {{UnlessLate}}
            tables := '[]';
            events := '[]';
            locked := NULL;
            operation := '{}';
            SELECT coalesce(jsonb_agg(jsonb_build_object('name', f ->> 'name', 'kind', f ->> 'relname', 'isLate', true)), '[]') INTO uncounted
            FROM jsonb_array_elements(current_setting('sluice.found')::jsonb) AS f WHERE f ->> 'relname' IN ({{names}});
          END;
          PERFORM set_config('sluice.part{{part}}', jsonb_build_object('tables', tables, 'events', events, 'uncounted', uncounted, 'locked', locked, 'operation', operation)::text, true);
        END $count$
        """;
    }

    // Of the journal, what runs did; of pg_stat_statements, what is slow.
    private static readonly string JournalPart =
        $$"""
        DO $count$
        DECLARE
          n record;
          operation jsonb := '{}';
          is_running boolean := {{IsRunning}};
        BEGIN
          BEGIN
            IF (SELECT count(*) = 2 AND bool_and(has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
                FROM pg_catalog.pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'sluice') AND c.relname IN ('runs', 'statements'))
               AND (SELECT count(*) = 8 FROM pg_catalog.pg_attribute a
                    WHERE (a.attrelid = pg_catalog.to_regclass('sluice.runs')
                           AND ((a.attname = 'id' AND a.atttypid = 'int8'::regtype) OR (a.attname IN ('command', 'outcome', 'backup') AND a.atttypid = 'text'::regtype)
                             OR (a.attname IN ('started', 'finished') AND a.atttypid = 'timestamptz'::regtype)))
                       OR (a.attrelid = pg_catalog.to_regclass('sluice.statements') AND ((a.attname = 'run' AND a.atttypid = 'int8'::regtype) OR (a.attname = 'note' AND a.atttypid = 'text'::regtype))))
               AND NOT pg_catalog.row_security_active(pg_catalog.to_regclass('sluice.runs')::oid) AND NOT pg_catalog.row_security_active(pg_catalog.to_regclass('sluice.statements')::oid) THEN
              EXECUTE $journal$
                WITH good AS (SELECT id, finished FROM sluice.runs WHERE (command = 'backup' AND outcome = 'ok') OR (backup IS NOT NULL AND finished IS NOT NULL) ORDER BY id DESC LIMIT 1),
                ended AS (SELECT outcome, outcome IS NULL AND $1 AND id = (SELECT max(id) FROM sluice.runs) AS is_running, started FROM sluice.runs WHERE command IN ({{Migrating}}) AND started > now() - interval '30 days')
                SELECT jsonb_build_object(
                  'runs', (SELECT count(*) FROM ended WHERE NOT is_running AND outcome IS DISTINCT FROM 'cancelled'),
                  'failed', (SELECT count(*) FROM ended WHERE NOT is_running AND outcome IS DISTINCT FROM 'cancelled' AND outcome IS DISTINCT FROM 'ok'),
                  'running', (SELECT extract(epoch FROM clock_timestamp() - started) FROM ended WHERE is_running),
                  'backupFailures', (SELECT count(*) FROM sluice.runs WHERE command = 'backup' AND outcome = 'failed' AND id > coalesce((SELECT id FROM good), 0)),
                  'backupAt', (SELECT finished FROM good),
                  'backupBytes', (SELECT substring(note FROM '^backed up (\d+) bytes')::bigint FROM sluice.statements WHERE run = (SELECT id FROM good) ORDER BY id DESC LIMIT 1)) AS journal
                $journal$ INTO n USING is_running;
              operation := n.journal;
            END IF;
          EXCEPTION WHEN query_canceled THEN
            {{UnlessLate}}
            operation := '{"isLate": true}';
          END;
          PERFORM set_config('sluice.journal', operation::text, true);
        END $count$
        """;

    private static readonly string StatementPart =
        $$"""
        DO $count$
        DECLARE
          t record;
          statements jsonb;
        BEGIN
          BEGIN
            FOR t IN
              SELECT format('%I.pg_stat_statements', s.nspname) AS name,
                     CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attname = 'mean_exec_time') THEN 'mean_exec_time' ELSE 'mean_time' END AS mean
              FROM pg_catalog.pg_extension e
              JOIN pg_catalog.pg_namespace s ON s.oid = e.extnamespace
              JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = 'pg_stat_statements'
              WHERE e.extname = 'pg_stat_statements' AND has_schema_privilege(s.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
            LOOP
              BEGIN
                EXECUTE format(
                  'SELECT coalesce(jsonb_agg(jsonb_build_object(''id'', id, ''text'', text, ''calls'', calls, ''mean'', mean)), ''[]'')
                   FROM (SELECT queryid::text AS id, left(query, 4000) AS text, calls, %1$I / 1000 AS mean FROM %2$s
                         WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) AND queryid IS NOT NULL ORDER BY %1$I DESC LIMIT 10) AS s',
                  t.mean, t.name) INTO statements;
              EXCEPTION WHEN object_not_in_prerequisite_state THEN
                -- Made in the database, and not loaded by the server.
                statements := NULL;
              END;
            END LOOP;
          EXCEPTION WHEN query_canceled THEN
            {{UnlessLate}}
            statements := '{"isLate": true}';
          END;
          PERFORM set_config('sluice.statements', coalesce(statements, 'null')::text, true);
        END $count$
        """;

    // One answer of all. The migration that took longest may be the run at work, which the journal knows.
    private static readonly string Merge =
        $$"""
        DO $merge$
        DECLARE
          part jsonb;
          whole jsonb := '{"tables": [], "events": [], "uncounted": [], "locked": null, "operation": {} }';
          journal jsonb := current_setting('sluice.journal')::jsonb;
          statements jsonb := current_setting('sluice.statements')::jsonb;
        BEGIN
          FOR i IN 1..{{Kinds.Length}} LOOP
            part := current_setting('sluice.part' || i)::jsonb;
            whole := whole || jsonb_build_object(
              'tables', (whole -> 'tables') || (part -> 'tables'), 'events', (whole -> 'events') || (part -> 'events'), 'uncounted', (whole -> 'uncounted') || (part -> 'uncounted'),
              'locked', CASE WHEN part ->> 'locked' IS NULL THEN whole -> 'locked' ELSE part -> 'locked' END, 'operation', (whole -> 'operation') || (part -> 'operation'));
          END LOOP;
          IF (journal ->> 'running')::numeric > coalesce((whole #>> '{operation,seconds}')::numeric, -1) THEN
            journal := journal || jsonb_build_object('seconds', journal -> 'running', 'migration', 'the run at work');
          END IF;
          PERFORM set_config('sluice.monitor', (whole || jsonb_build_object(
            'operation', (whole -> 'operation') || journal, 'statements', statements, 'uncounted', (whole -> 'uncounted')
            || CASE WHEN journal ? 'isLate' THEN '[{"name": "sluice.runs", "kind": "runs", "isLate": true}]' ELSE '[]'::jsonb END
            || CASE WHEN statements ? 'isLate' THEN '[{"name": "pg_stat_statements", "kind": "pg_stat_statements", "isLate": true}]' ELSE '[]'::jsonb END))::text, true);
        END $merge$
        """;

    /// <summary>All that is counted, each within a time of its own.</summary>
    private static IEnumerable<string> Counts =>
    [
        Found, $"SET LOCAL statement_timeout = '{EachCount}'", .. Kinds.Select((k, i) => CountOf(i + 1, k)), JournalPart, StatementPart, $"SET LOCAL statement_timeout = '{Whole}'", Merge,
    ];

    private const string Counted =
        """
        SELECT t ->> 'name', (t ->> 'isSessions')::boolean, (t ->> 'total')::bigint, (t ->> 'active')::bigint, (t ->> 'expired')::bigint, (t ->> 'recent')::bigint, (t ->> 'users')::bigint, (t ->> 'bytes')::bigint
        FROM jsonb_array_elements(current_setting('sluice.monitor')::jsonb -> 'tables') AS t ORDER BY 1
        """;

    // An audit log without any event of the hour is an empty list in the list, so that nought is told from nobody knows.
    private const string Attempts =
        """
        SELECT CASE WHEN jsonb_array_length(s -> 'events') > 0
               THEN (SELECT coalesce(sum((e ->> 'count')::bigint), 0)::bigint FROM jsonb_array_elements(s -> 'events') AS e WHERE e ->> 'action' IN ('login_failed', 'failed_login')) END,
               (s ->> 'locked')::bigint
        FROM (SELECT current_setting('sluice.monitor')::jsonb) AS s (s)
        """;

    private const string Events =
        """
        SELECT e ->> 'action', sum((e ->> 'count')::bigint)::bigint
        FROM jsonb_array_elements(current_setting('sluice.monitor')::jsonb -> 'events') AS e WHERE e ? 'action' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50
        """;

    private const string Uncounted =
        """
        SELECT u ->> 'name', u ->> 'kind', coalesce((u ->> 'isLate')::boolean, false) FROM jsonb_array_elements(current_setting('sluice.monitor')::jsonb -> 'uncounted') AS u ORDER BY 1
        """;

    private const string Operation =
        """
        SELECT (o ->> 'seconds')::float8, o ->> 'migration', (o ->> 'runs')::bigint, (o ->> 'failed')::bigint,
               (o ->> 'backupFailures')::bigint, (o ->> 'backupAt')::timestamptz, (o ->> 'backupBytes')::bigint
        FROM (SELECT current_setting('sluice.monitor')::jsonb -> 'operation') AS s (o)
        """;

    private const string Statements =
        """
        SELECT jsonb_typeof(s) = 'array', e ->> 'id', e ->> 'text', (e ->> 'calls')::bigint, (e ->> 'mean')::float8
        FROM (SELECT current_setting('sluice.monitor')::jsonb -> 'statements') AS q (s)
        LEFT JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(s) WHEN 'array' THEN s ELSE '[]' END) AS e ON true
        """;
}
