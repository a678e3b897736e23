using System.Text;
using Npgsql;
using Sluice.Catalog;
using Sluice.Lint.Predicting;
using Sluice.Lint.Rules;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>What a linter wants to know of a live database.</summary>
/// <param name="Script">The statements that would make what is there, as far as rules ask: they are read like any history.</param>
public sealed record LiveSchema(LintFacts Facts, string Script)
{
    public static LiveSchema Nothing { get; } = new(LintFacts.None, "");

    /// <summary>Nothing where there is no database yet.</summary>
    public static Task<LiveSchema> ReadAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            try
            {
                await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
                return await ReadAsync(connection, settings.Address.Schema, cancellation);
            }
            catch (ProblemException missing) when (missing.Problem.Code == "P1003")
            {
                return Nothing;
            }
        });

    /// <summary>Over the session of a run that is about to begin.</summary>
    public static Task<LiveSchema> ReadAsync(RunAhead ahead, CancellationToken cancellation = default) =>
        Operation.RunAsync(ahead.Settings, () => ReadAsync(ahead.Connection, ahead.Settings.Address.Schema, cancellation));

    // Definitions are spelled out under a lock on what they are of. Who holds it may do so for long, and a linter holds up nobody;
    // nor does it stop a run for want of time or rights. Not knowing, it takes tables to be large.
    internal static async Task<LiveSchema> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            return await QueryAsync(connection, schema, cancellation);
        }
        catch (PostgresException kept) when (kept.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.InsufficientPrivilege
            || (kept.SqlState is PostgresErrorCodes.QueryCanceled && !cancellation.IsCancellationRequested))
        {
            return Nothing;
        }
    }

    private static async Task<LiveSchema> QueryAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL lock_timeout = '500ms'"));
        foreach (var query in new[] { FactsQuery, SizesQuery, ScriptQuery })
        {
            var command = new NpgsqlBatchCommand(query);
            if (query != FactsQuery)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = schema });
            }

            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var facts = LintFacts.None;
        if (await reader.ReadAsync(cancellation))
        {
            facts = new LintFacts { ServerVersion = reader.GetInt32(0), IsUtc = reader.GetBoolean(1), OldTransaction = reader.IsDBNull(2) ? null : reader.GetString(2) };
        }

        await reader.NextResultAsync(cancellation);
        var sizes = new Dictionary<string, TableSize>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            sizes[TableLock.NameOf(new ObjectName(reader.GetString(0), reader.GetString(1)))] = new TableSize(reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
        }

        await reader.NextResultAsync(cancellation);
        var script = new StringBuilder();
        while (await reader.ReadAsync(cancellation))
        {
            script.Append(reader.GetString(0)).Append(";\n");
        }

        return new LiveSchema(facts with { Sizes = sizes }, script.ToString());
    }

    private const string FactsQuery = """
        SELECT pg_catalog.current_setting('server_version_num')::int,
          pg_catalog.upper(pg_catalog.current_setting('TimeZone')) IN ('UTC', 'ETC/UTC', 'GMT', 'ZULU'),
          (SELECT pg_catalog.format('pid %s (%s), open for %s s', a.pid, a.application_name, extract(epoch FROM pg_catalog.now() - a.xact_start)::bigint)
           FROM pg_catalog.pg_stat_activity a
           WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend' AND a.xact_start < pg_catalog.now() - interval '1 min'
           ORDER BY a.xact_start LIMIT 1)
        """;

    // Names as scripts write them: without the schema that is searched first.
    private const string SizesQuery = """
        SELECT CASE WHEN n.nspname IN ($1, 'public') THEN '' ELSE n.nspname END, c.relname::text,
          pg_catalog.pg_total_relation_size(c.oid), c.reltuples::bigint,
          pg_catalog.pg_stat_get_numscans(c.oid) + COALESCE((SELECT pg_catalog.sum(pg_catalog.pg_stat_get_numscans(i.indexrelid)) FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid), 0)::bigint
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm') AND n.nspname::text !~ '^(pg_|information_schema$)'
        """;

    private const string ScriptQuery = """
        WITH spaces AS (
          SELECT oid, CASE WHEN nspname = $1 THEN '' ELSE pg_catalog.quote_ident(nspname) || '.' END AS prefix, nspname
          FROM pg_catalog.pg_namespace WHERE nspname::text !~ '^(pg_|information_schema$)'),
        relations AS (
          SELECT c.oid, c.relkind, c.relispartition, n.prefix || pg_catalog.quote_ident(c.relname) AS name, n.nspname
          FROM pg_catalog.pg_class c JOIN spaces n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass::oid AND d.objid = c.oid AND d.deptype = 'e')),
        lines AS (
          SELECT 1 AS place, t.oid, 'CREATE TYPE ' || n.prefix || pg_catalog.quote_ident(t.typname) || ' AS ENUM ('
            || COALESCE((SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), '') || ')' AS line
          FROM pg_catalog.pg_type t JOIN spaces n ON n.oid = t.typnamespace WHERE t.typtype = 'e'
          UNION ALL
          SELECT 2, t.oid, 'CREATE DOMAIN ' || n.prefix || pg_catalog.quote_ident(t.typname) || ' AS ' || pg_catalog.format_type(t.typbasetype, t.typtypmod)
            || CASE WHEN t.typnotnull THEN ' NOT NULL' WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid) THEN ' CHECK (true)' ELSE '' END
          FROM pg_catalog.pg_type t JOIN spaces n ON n.oid = t.typnamespace WHERE t.typtype = 'd'
          UNION ALL
          SELECT 3, r.oid, 'CREATE TABLE ' || r.name || ' (' || COALESCE((
              SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
                || CASE WHEN a.attgenerated <> '' THEN ' GENERATED ALWAYS AS (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ') STORED'
                     WHEN a.attidentity <> '' THEN ' GENERATED BY DEFAULT AS IDENTITY'
                     WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) ELSE '' END
                || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ', ' ORDER BY a.attnum)
              FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
              WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'
            || CASE WHEN r.relkind = 'p' THEN ' PARTITION BY ' || pg_catalog.pg_get_partkeydef(r.oid) ELSE '' END
          FROM relations r WHERE r.relkind IN ('r', 'p')
          UNION ALL
          SELECT 4, r.oid, CASE WHEN r.relispartition THEN 'ALTER TABLE ' || p.name || ' ATTACH PARTITION ' || r.name || ' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid) ELSE 'ALTER TABLE ' || r.name || ' INHERIT ' || p.name END
          FROM relations r JOIN pg_catalog.pg_class c ON c.oid = r.oid JOIN pg_catalog.pg_inherits i ON i.inhrelid = r.oid JOIN relations p ON p.oid = i.inhparent
          UNION ALL
          SELECT 5, k.oid, 'ALTER TABLE ' || r.name || ' ADD CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
          FROM pg_catalog.pg_constraint k JOIN relations r ON r.oid = k.conrelid WHERE k.contype IN ('p', 'u', 'c', 'f', 'x')
          UNION ALL
          SELECT 6, i.indexrelid, CASE WHEN r.nspname = $1 THEN pg_catalog.replace(pg_catalog.pg_get_indexdef(i.indexrelid), ' ' || pg_catalog.quote_ident(r.nspname) || '.', ' ') ELSE pg_catalog.pg_get_indexdef(i.indexrelid) END
          FROM pg_catalog.pg_index i JOIN relations r ON r.oid = i.indrelid
          WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
          UNION ALL
          SELECT 5, r.oid, 'CREATE ' || CASE r.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END || 'VIEW ' || r.name || ' AS ' || pg_catalog.rtrim(pg_catalog.pg_get_viewdef(r.oid), ' ;')
          FROM relations r WHERE r.relkind IN ('v', 'm')
          UNION ALL
          SELECT 7, i.indexrelid, 'ALTER TABLE ' || r.name || ' REPLICA IDENTITY USING INDEX ' || pg_catalog.quote_ident(c.relname)
          FROM pg_catalog.pg_index i JOIN relations r ON r.oid = i.indrelid JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indisreplident
          UNION ALL
          SELECT 8, p.oid, 'CREATE POLICY ' || pg_catalog.quote_ident(p.polname) || ' ON ' || r.name FROM pg_catalog.pg_policy p JOIN relations r ON r.oid = p.polrelid
          UNION ALL
          SELECT 9, f.oid, 'CREATE FUNCTION ' || n.prefix || pg_catalog.quote_ident(f.proname) || '() RETURNS int IMMUTABLE'
          FROM pg_catalog.pg_proc f JOIN spaces n ON n.oid = f.pronamespace WHERE f.provolatile <> 'v' AND f.prokind = 'f')
        SELECT line FROM lines ORDER BY place, oid
        """;
}
