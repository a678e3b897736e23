using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Shadow.Cache;

/// <summary>
/// Everything besides the scripts that decides what a replay makes, as one hash: this build of the tool, the server's
/// version and settings, the user, the extensions it could install, what an empty shadow database begins with.
/// </summary>
internal static class Ground
{
    private const string Server =
        """
        SELECT pg_catalog.version(), session_user::text, d.oid::text, pg_catalog.pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text,
          (SELECT pg_catalog.string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_catalog.pg_settings
            WHERE source <> 'default' AND name NOT IN ('application_name', 'synchronous_commit', 'in_hot_standby')),
          (SELECT pg_catalog.string_agg(s.setconfig::text, ' ' ORDER BY s.setrole) FROM pg_catalog.pg_db_role_setting s
            LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = 0 AND (s.setrole = 0 OR r.rolname = session_user)),
          (SELECT pg_catalog.string_agg(name || ' ' || default_version, ',' ORDER BY name) FROM pg_catalog.pg_available_extensions)
        FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
        """;

    // The rows' own transaction numbers: whatever is made, altered or dropped changes number or sum.
    // The server's own objects count where rights may have been changed on them.
    private const string AllContents =
        """
        SELECT pg_catalog.string_agg(t || ' ' || n || ' ' || x, ',' ORDER BY t) FROM (
          SELECT 'class' AS t, count(*) AS n, sum(xmin::text::bigint) AS x FROM pg_catalog.pg_class
          UNION ALL SELECT 'attribute', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_attribute WHERE attrelid >= 16384
          UNION ALL SELECT 'default', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_attrdef
          UNION ALL SELECT 'constraint', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_constraint
          UNION ALL SELECT 'index', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_index WHERE indexrelid >= 16384
          UNION ALL SELECT 'type', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_type
          UNION ALL SELECT 'enum', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_enum
          UNION ALL SELECT 'proc', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_proc
          UNION ALL SELECT 'namespace', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_namespace
          UNION ALL SELECT 'extension', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_extension
          UNION ALL SELECT 'language', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_language
          UNION ALL SELECT 'cast', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_cast
          UNION ALL SELECT 'operator', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_operator
          UNION ALL SELECT 'opclass', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_opclass
          UNION ALL SELECT 'collation', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_collation
          UNION ALL SELECT 'rewrite', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_rewrite
          UNION ALL SELECT 'trigger', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_trigger
          UNION ALL SELECT 'policy', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_policy
          UNION ALL SELECT 'event trigger', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_event_trigger
          UNION ALL SELECT 'default acl', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_default_acl
          UNION ALL SELECT 'server', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_foreign_server
          UNION ALL SELECT 'statistics', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_statistic_ext
          UNION ALL SELECT 'description', count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_description WHERE objoid >= 16384 OR classoid = 'pg_catalog.pg_namespace'::regclass) c
        """;

    // A configured one is wiped before it is used; these outlive that.
    private const string WhatAWipeLeaves =
        """
        SELECT pg_catalog.string_agg(t || ' ' || n || ' ' || x, ',' ORDER BY t) FROM (
          SELECT 'class' AS t, count(*)::text AS n, sum(xmin::text::bigint)::text AS x FROM pg_catalog.pg_class WHERE relnamespace = 'pg_catalog'::regnamespace
          UNION ALL SELECT 'type', count(*)::text, sum(xmin::text::bigint)::text FROM pg_catalog.pg_type WHERE typnamespace = 'pg_catalog'::regnamespace
          UNION ALL SELECT 'proc', count(*)::text, sum(xmin::text::bigint)::text FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
          UNION ALL SELECT 'extension ' || extname, extversion, oid::text FROM pg_catalog.pg_extension WHERE extnamespace = 'pg_catalog'::regnamespace
          UNION ALL SELECT 'default acl', oid::text, defaclacl::text FROM pg_catalog.pg_default_acl WHERE defaclnamespace = 0) c
        """;

    /// <summary>Null where the database that a new one is copied from cannot be looked into: then nothing can be said of it.</summary>
    public static async Task<string?> ReadAsync(RunSettings settings, CancellationToken cancellation)
    {
        var schema = settings.Address.Schema;
        var (address, contents) = settings.ShadowAddress is { } configured
            ? (configured with { Schema = schema }, WhatAWipeLeaves)
            : (settings.Address with { Database = "template1" }, AllContents);
        try
        {
            // A second in template1 keeps nobody from copying it: CREATE DATABASE waits five for sessions to leave.
            await using var connection = await ServerConnection.OpenAsync(address with { Retry = new RetryPolicy(0, TimeSpan.Zero) }, cancellation);
            return await HashAsync(connection, contents, settings, cancellation);
        }
        catch (ProblemException closed) when (closed.Problem.Code is "P1000" or "P1003" or "P1010")
        {
            return null;
        }
    }

    private static async Task<string> HashAsync(NpgsqlConnection connection, string contents, RunSettings settings, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        void Line(string? fact) => text.Append(CultureInfo.InvariantCulture, $"{fact?.Length ?? -1} {fact}\n");

        Line(typeof(Database).Module.ModuleVersionId.ToString());
        Line(typeof(Ground).Module.ModuleVersionId.ToString());
        Line(settings.Address.Schema);
        Line(string.Join('\n', settings.DeclaredSchemas));
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(ObjectQueries.Path), new NpgsqlBatchCommand(Server), new NpgsqlBatchCommand(contents) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        do
        {
            while (await reader.ReadAsync(cancellation))
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    Line(reader.IsDBNull(i) ? null : reader.GetString(i));
                }
            }
        }
        while (await reader.NextResultAsync(cancellation));

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
