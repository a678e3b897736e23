using System.Text;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>Databases made like another one: the same encoding and order of text, later the same owner, settings and rights.</summary>
internal static class NewDatabase
{
    public static async Task<DatabaseTraits> TraitsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (provider, locale) = connection.PostgreSqlVersion.Major switch
        {
            >= 17 => ("datlocprovider::text", "datlocale"),
            >= 15 => ("datlocprovider::text", "daticulocale"),
            _ => ("'c'", "NULL::text"),
        };
        await using var command = new NpgsqlCommand(
            $"SELECT pg_catalog.pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text, {provider}, {locale}::text FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new DatabaseTraits(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4));
    }

    /// <summary>What a server was called when it was made; a name or an address can be another one's tomorrow.</summary>
    public static async Task<string> SystemAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT system_identifier::text FROM pg_catalog.pg_control_system()", connection);
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>A connection that waits while pg_restore works, however long that is.</summary>
    public static async Task<NpgsqlConnection> OpenServerAsync(DatabaseAddress address, CancellationToken cancellation)
    {
        var server = await ServerConnection.OpenMaintenanceAsync(address, cancellation);
        await using var patient = new NpgsqlCommand("SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'idle_session_timeout'", server);
        await patient.ExecuteNonQueryAsync(cancellation);
        return server;
    }

    /// <exception cref="ProblemException">SL5103: it cannot be created.</exception>
    public static async Task CreateAsync(NpgsqlConnection server, string name, DatabaseTraits traits, CancellationToken cancellation)
    {
        var sql = new StringBuilder($"CREATE DATABASE {ServerConnection.Quote(name)} TEMPLATE template0 ENCODING {Literal(traits.Encoding)} LC_COLLATE {Literal(traits.Collate)} LC_CTYPE {Literal(traits.Ctype)}");
        if (traits is { Provider: "i", Locale: { } icu })
        {
            sql.Append(" LOCALE_PROVIDER icu ICU_LOCALE ").Append(Literal(icu));
        }
        else if (traits is { Provider: "b", Locale: { } builtin })
        {
            sql.Append(" LOCALE_PROVIDER builtin BUILTIN_LOCALE ").Append(Literal(builtin));
        }

        try
        {
            await using var create = new NpgsqlCommand(sql.ToString(), server);
            await create.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException refused)
        {
            throw new ProblemException(
                new Problem("SL5109", $"The database to restore into could not be created: {refused.SqlState} {refused.MessageText}")
                {
                    Remedies = ["A backup counts once it was restored and compared; for that the user needs a right: ALTER ROLE <user> CREATEDB;"],
                },
                refused);
        }
    }

    public static async Task DropAsync(NpgsqlConnection server, string name)
    {
        var force = server.PostgreSqlVersion.Major >= 13 ? " WITH (FORCE)" : "";
        await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {ServerConnection.Quote(name)}{force}", server);
        await drop.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>What belongs to a database itself is in no dump of it: owner, settings, rights, limit and comment.</summary>
    public static async Task<string> LikenAsync(NpgsqlConnection server, string from, string to, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH d AS (SELECT * FROM pg_catalog.pg_database WHERE datname = $1)
            SELECT pg_catalog.string_agg(line, '; ') FROM (
              SELECT 1, pg_catalog.format('ALTER DATABASE %I OWNER TO %I', $2, pg_catalog.pg_get_userbyid(datdba)) AS line FROM d
              UNION ALL SELECT 2, pg_catalog.format('ALTER DATABASE %I CONNECTION LIMIT %s', $2, datconnlimit) FROM d
              UNION ALL SELECT 3, pg_catalog.format('COMMENT ON DATABASE %I IS %L', $2, pg_catalog.shobj_description(oid, 'pg_database')) FROM d
              UNION ALL SELECT 4, pg_catalog.format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2) FROM d WHERE datacl IS NOT NULL
              UNION ALL SELECT 5, pg_catalog.format('GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, $2,
                  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                FROM d, pg_catalog.aclexplode(d.datacl) a
              UNION ALL SELECT 6, CASE s.setrole WHEN 0 THEN pg_catalog.format('ALTER DATABASE %I', $2) ELSE pg_catalog.format('ALTER ROLE %I IN DATABASE %I', pg_catalog.pg_get_userbyid(s.setrole), $2) END
                  || pg_catalog.format(' SET %I = %s', pg_catalog.split_part(v, '=', 1), pg_catalog.substr(v, pg_catalog.strpos(v, '=') + 1)::text)
                FROM d JOIN pg_catalog.pg_db_role_setting s ON s.setdatabase = d.oid, pg_catalog.unnest(s.setconfig) v
                WHERE pg_catalog.split_part(v, '=', 1) IN ('search_path', 'session_preload_libraries', 'local_preload_libraries', 'temp_tablespaces', 'unix_socket_directories', 'shared_preload_libraries')
              UNION ALL SELECT 6, CASE s.setrole WHEN 0 THEN pg_catalog.format('ALTER DATABASE %I', $2) ELSE pg_catalog.format('ALTER ROLE %I IN DATABASE %I', pg_catalog.pg_get_userbyid(s.setrole), $2) END
                  || pg_catalog.format(' SET %I = %L', pg_catalog.split_part(v, '=', 1), pg_catalog.substr(v, pg_catalog.strpos(v, '=') + 1))
                FROM d JOIN pg_catalog.pg_db_role_setting s ON s.setdatabase = d.oid, pg_catalog.unnest(s.setconfig) v
                WHERE pg_catalog.split_part(v, '=', 1) NOT IN ('search_path', 'session_preload_libraries', 'local_preload_libraries', 'temp_tablespaces', 'unix_socket_directories', 'shared_preload_libraries')
              ORDER BY 1, 2) AS lines
            """,
            server);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = to });
        return await command.ExecuteScalarAsync(cancellation) as string ?? "SELECT";
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
