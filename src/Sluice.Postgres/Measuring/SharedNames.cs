using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Shadow.Cache;

namespace Sluice.Postgres.Measuring;

/// <summary>What all databases of a server share, so that a scratch database does not take it along when it goes.</summary>
internal sealed record SharedNames(ImmutableHashSet<string> All)
{
    public static async Task<SharedNames> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT 'role ' || pg_catalog.quote_ident(rolname) FROM pg_catalog.pg_roles
            UNION ALL SELECT 'tablespace ' || pg_catalog.quote_ident(spcname) FROM pg_catalog.pg_tablespace
            UNION ALL SELECT 'database ' || pg_catalog.quote_ident(datname) FROM pg_catalog.pg_database
              WHERE NOT pg_catalog.starts_with(datname::text, $1) AND NOT pg_catalog.starts_with(datname::text, $2)
            UNION ALL SELECT 'membership of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(member)) || ' in ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(roleid)) FROM pg_catalog.pg_auth_members
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = LeftoverShadows.Prefix });
        command.Parameters.Add(new NpgsqlParameter { Value = ShadowTemplates.Prefix });
        var names = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return new SharedNames(names.ToImmutable());
    }

    /// <summary>What came and what went since, `role app was made`; empty where nothing did.</summary>
    public string Since(SharedNames before) => string.Join(", ", (string[])
    [
        .. All.Except(before.All).Order(StringComparer.Ordinal).Select(n => n + " was made"),
        .. before.All.Except(All).Order(StringComparer.Ordinal).Select(n => n + " was dropped"),
    ]);
}
